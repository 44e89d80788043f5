"""Templates from files: a folder each with ``template.toml`` and a text for each language, or a Word file by itself.

    nda/
    ├── template.toml    name, version, titles, what people call it, fields
    ├── en.md            the text, Jinja in Markdown; or en.docx, Jinja in Word
    └── de.md            or one body.md for all languages, with words from [labels.LANGUAGE] or labels.toml
    Offer letter.docx    a template by itself: its fields are those that stand in it
    Offer letter.toml    what is to be known of them besides, if anything

What is wrong with a file is found when it is loaded, and told with its name and the fix.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from switchboard import ConfigError
from tools.drafts import backend
from tools.drafts.backend import FieldType
from tools.drafts.templates import ANY_LANGUAGE, COMPUTED, LINES_COMPUTED, Template

BUILT_IN = Path(__file__).parent / "templates"
LARGEST = 200_000
"""Bytes of one text file of a template."""
_NAME = r"^[a-z][a-z0-9_]{0,39}$"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_OTHER_WORD = (".doc", ".docm", ".dot", ".dotm", ".dotx", ".odt", ".rtf")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Field(_Table):
    type: FieldType
    label: dict[str, str] = Field(min_length=1)
    question: dict[str, str] = {}
    required: bool = False
    default: str = Field("", max_length=2_000)
    ours: bool = False
    words: dict[str, tuple[str, ...]] = {}
    options: dict[str, tuple[str, ...]] = {}
    names: dict[str, dict[str, str]] = {}

    @field_validator("label", "question", mode="before")
    @classmethod
    def by_language(cls, given: object) -> object:
        """One text for all languages, or one for each."""
        return {ANY_LANGUAGE: given} if isinstance(given, str) and given else given or {}

    @field_validator("label", "question")
    @classmethod
    def short(cls, given: dict[str, str]) -> dict[str, str]:
        """A label or a question is one line."""
        if any(not 0 < len(text) <= 300 for text in given.values()):
            raise ValueError("it has to have 1 to 300 characters")
        return given


class _File(_Table):
    name: str = Field(pattern=_NAME)
    version: int = Field(ge=1)
    numbered: bool = False
    credit: bool = False
    title: dict[str, str]
    called: dict[str, tuple[str, ...]]
    fields: dict[str, _Field]
    labels: dict[str, dict[str, str]] = {}


@cache
def built_in() -> tuple[Template, ...]:
    """The templates that come with the product, by name."""
    return tuple(load(folder) for folder in sorted(BUILT_IN.iterdir()) if folder.is_dir())


def all_templates(own: Path | None) -> tuple[Template, ...]:
    """The built-in templates and those of a folder of one's own, which go before built-in ones of the same name.

    Raises:
        ConfigError: One of the folder's templates is wrong.
    """
    found = {template.name: template for template in built_in()}
    if own is not None and own.is_dir():
        from tools.drafts import filling, wordfilling

        for template in _own(own):
            (wordfilling if template.documents else filling).check(template)
            found[template.name] = template
    return tuple(found.values())


def _own(folder: Path) -> Iterator[Template]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")):  # a Word file that is open has a hidden one beside it
            continue
        if path.is_dir():
            yield load(path)
        elif path.suffix.lower() == ".docx":
            yield _by_itself(path)
        elif path.suffix.lower() in _OTHER_WORD:
            raise ConfigError("This is no Word document of today.", fix="Save it as .docx.", where=str(path))
        elif path.suffix == ".toml" and not path.with_suffix(".docx").is_file():
            fix = f"Add {path.stem}.docx, or remove it; for a text in Markdown make a folder."
            raise ConfigError("There is no Word file beside it.", fix=fix, where=str(path))


def load(folder: Path) -> Template:
    """Read a template's folder.

    Raises:
        ConfigError: A file is missing or wrong; says which, where and how to mend it.
    """
    from tools.drafts import wordfiles

    file = folder / "template.toml"
    documents = {path.stem: path for path in sorted(folder.glob("*.docx")) if not path.name.startswith("~$")}
    bodies = {path.stem: _text(path) for path in sorted(folder.glob("*.md")) if path.stem != "README"}
    if documents and bodies:
        fix = "Keep one kind; a template is a Word file or a text in Markdown."
        raise ConfigError("There are Word files and texts.", fix=fix, where=str(folder))
    opened = {language: wordfiles.read(path) for language, path in documents.items()}
    declared = _declared(file, _found(opened, folder, folder.name) if opened else {})
    if declared.name != folder.name:
        raise ConfigError(
            f"The name is {declared.name!r}.", fix=f"Make it the folder's: {folder.name!r}.", where=str(file)
        )
    _check_languages({**bodies, **opened}, declared, folder)
    return _made(declared, file, folder, bodies, opened)


def _by_itself(path: Path) -> Template:
    """A Word file that is a template: named, and called, as its file is."""
    from tools.drafts import discovering, wordfiles

    data = wordfiles.read(path)
    language = discovering.language_of(data)
    name = discovering.slug(path.stem)
    side = path.with_suffix(".toml")
    usual = _found({language: data}, path, name) | {
        "title": {language: path.stem},
        "called": {language: [path.stem.replace("_", " ")]},
    }
    declared = _declared(side, usual) if side.is_file() else _checked(usual, path)
    language = language if language in declared.title else next(iter(declared.title))
    return _made(declared, side if side.is_file() else path, path, {}, {language: data})


def _found(documents: Mapping[str, bytes], where: Path, name: str) -> dict[str, Any]:
    """What Word files tell of their template by themselves."""
    from tools.drafts import discovering

    return {"name": name, "version": 1, "fields": discovering.fields(documents, str(where))}


def _made(
    declared: _File, file: Path, place: Path, bodies: Mapping[str, str], documents: Mapping[str, bytes]
) -> Template:
    for name, field in declared.fields.items():
        _check_field(name, field, declared, file)
    return Template(
        name=declared.name,
        version=declared.version,
        numbered=declared.numbered,
        credit=declared.credit,
        title=declared.title,
        called=declared.called,
        fields=tuple(_field(name, field) for name, field in declared.fields.items()),
        labels=declared.labels,
        bodies=bodies,
        documents=documents,
        folder=place,
    )


def _field(name: str, declared: _Field) -> backend.Field:
    given = declared.model_dump(exclude={"label", "question"})
    labels, questions = declared.label, declared.question
    return backend.Field(
        name=name, label=_usual(labels), labels=labels, question=_usual(questions), questions=questions, **given
    )


def _usual(texts: Mapping[str, str]) -> str:
    """The text where there is none of a language."""
    return texts.get(ANY_LANGUAGE) or texts.get("en") or next(iter(texts.values()), "")


def _declared(file: Path, usual: Mapping[str, Any]) -> _File:
    """What a file declares, over what is so without it."""
    if usual and not file.is_file():
        return _checked(usual, file)
    given = _toml(file)
    if (labels := file.with_name("labels.toml")).is_file():
        given.setdefault("labels", _toml(labels))
    found = usual.get("fields", {})
    told = given.get("fields", {})
    if not usual or not isinstance(told, dict):
        return _checked({**usual, **given}, file)
    fields = {name: {**found.get(name, {}), **told.get(name, {})} for name in (*found, *(set(told) - set(found)))}
    return _checked({**usual, **given, "fields": fields}, file)


def _checked(given: Mapping[str, Any], file: Path) -> _File:
    try:
        return _File.model_validate(given)
    except ValidationError as error:
        fault = error.errors()[0]
        name = ".".join(map(str, fault["loc"]))
        if fault["type"] == "extra_forbidden":
            problem, fix = f"There is no {name} in a template.", "Remove it; docs/drafts.md lists what there is."
        else:
            problem, fix = f"{name} is not right: {fault['msg'].lower()}.", "Change it; docs/drafts.md says how."
        raise ConfigError(problem, fix=fix, where=str(file)) from None


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"This is not valid TOML: {error}.", fix="Mend the line.", where=str(file)) from None


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()[: LARGEST + 1]
        if len(data) > LARGEST:
            raise ConfigError(f"It is over {LARGEST:,} bytes.", fix="Shorten it.", where=str(file))
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigError("It can't be read.", fix="It has to be a text file in UTF-8.", where=str(file)) from None


def _check_languages(bodies: Mapping[str, object], declared: _File, folder: Path) -> None:
    if not bodies:
        raise ConfigError("There is no body.", fix="Add en.md or en.docx, or body.md and labels.", where=str(folder))
    if ANY_LANGUAGE in bodies and (len(bodies) > 1 or not declared.labels):
        raise ConfigError(
            "body.md serves all languages by [labels.LANGUAGE].",
            fix="Add labels for each language, and no other body; or rename it to en.md.",
            where=str(folder),
        )
    languages = declared.labels if ANY_LANGUAGE in bodies else bodies
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            raise ConfigError(f"{language!r} is not a language.", fix="Use a code such as en or de.", where=str(folder))
        if language not in declared.title:
            raise ConfigError(
                f"There is no title in {language!r}.", fix="Add one to `title`.", where=str(folder / "template.toml")
            )


def _check_field(name: str, field: _Field, declared: _File, file: Path) -> None:
    where = f"{file}, fields.{name}"
    if not re.match(_NAME, name) or name in COMPUTED | LINES_COMPUTED:
        raise ConfigError(f"A field can't be called {name!r}.", fix="Use another lower-case word.", where=where)
    if field.required and not field.question:
        raise ConfigError("It is required, and has no question.", fix="Add `question`, to ask for it.", where=where)
    if any(not question.rstrip().endswith("?") for question in field.question.values()):
        raise ConfigError("The question doesn't end with a question mark.", fix="Let it end with one.", where=where)
    if (field.type == "choice") != bool(field.options):
        raise ConfigError("Options go with a choice, and a choice with options.", fix="Mend `options`.", where=where)
    if unnamed := sorted(field.names.keys() - field.options.keys()):
        raise ConfigError(f"{unnamed[0]!r} is not among its options.", fix="Mend `names`.", where=where)
    if field.type == "choice" and field.default and field.default not in field.options:
        raise ConfigError(f"{field.default!r} is not among its options.", fix="Use one of them.", where=where)
    if field.type == "lines":
        if sum(other.type == "lines" for other in declared.fields.values()) > 1:
            raise ConfigError("There are two fields of lines.", fix="Keep one of them.", where=where)
        if (money := declared.fields.get("currency")) is None or money.type != "currency" or not money.required:
            fix = "Add a required field `currency` of the type currency."
            raise ConfigError("Lines need a currency.", fix=fix, where=where)
