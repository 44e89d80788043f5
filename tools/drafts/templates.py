"""Templates: one folder each, with ``template.toml`` that declares the fields and a Markdown body for each language.

    nda/
    ├── template.toml    name, version, titles, what people call it, fields
    ├── en.md            the text, Jinja in Markdown
    └── de.md            or one body.md for all languages, with words from [labels.LANGUAGE]

What is wrong with a folder is found when it is loaded, and told with its file and the fix.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from switchboard import ConfigError
from tools.drafts import backend
from tools.drafts.backend import FieldType

BUILT_IN = Path(__file__).parent / "templates"
LARGEST = 200_000
"""Bytes of one file of a template."""
ANY_LANGUAGE = "body"
COMPUTED = frozenset({"title", "language", "t"})
LINES_COMPUTED = frozenset({"net", "discounted", "taxes", "total"})
"""What a template with lines has besides its fields."""
_NAME = r"^[a-z][a-z0-9_]{0,39}$"
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Field(_Table):
    type: FieldType
    label: str = Field(min_length=1, max_length=80)
    question: str = Field("", max_length=300)
    required: bool = False
    default: str = Field("", max_length=2_000)
    ours: bool = False
    words: dict[str, tuple[str, ...]] = {}
    options: dict[str, tuple[str, ...]] = {}


class _File(_Table):
    name: str = Field(pattern=_NAME)
    version: int = Field(ge=1)
    numbered: bool = False
    title: dict[str, str]
    called: dict[str, tuple[str, ...]]
    fields: dict[str, _Field]
    labels: dict[str, dict[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of document.

    Attributes:
        version: Grows with every change of meaning; the draft's properties name it.
        numbered: Whether second-level headings and the paragraphs below them get clause numbers.
        title: By language.
        called: By language, what people call such a document.
        labels: By language, the words of a body that serves all languages.
        bodies: By language, Jinja in Markdown.
    """

    name: str
    version: int
    numbered: bool
    title: Mapping[str, str]
    called: Mapping[str, tuple[str, ...]]
    fields: tuple[backend.Field, ...]
    labels: Mapping[str, Mapping[str, str]]
    bodies: Mapping[str, str]
    folder: Path

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which it can be drafted."""
        return tuple(sorted(self.labels if ANY_LANGUAGE in self.bodies else self.bodies))

    def called_in(self, language: str) -> str:
        """What people call it in a language, or its title in any."""
        calls = self.called.get(language, ())
        return calls[0] if calls else next(iter(self.title.values()))

    def field(self, name: str) -> backend.Field | None:
        """A field by name."""
        return next((field for field in self.fields if field.name == name), None)

    def only(self, kind: FieldType) -> backend.Field | None:
        """The first field of a type."""
        return next((field for field in self.fields if field.type == kind), None)


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
        from tools.drafts.filling import check

        for folder in sorted(own.iterdir()):
            if folder.is_dir() and not folder.name.startswith("."):
                template = load(folder)
                check(template)
                found[template.name] = template
    return tuple(found.values())


def load(folder: Path) -> Template:
    """Read a template's folder.

    Raises:
        ConfigError: A file is missing or wrong; says which, where and how to mend it.
    """
    file = folder / "template.toml"
    declared = _declared(file)
    if declared.name != folder.name:
        raise ConfigError(
            f"The name is {declared.name!r}.", fix=f"Make it the folder's: {folder.name!r}.", where=str(file)
        )
    bodies = {path.stem: _text(path) for path in sorted(folder.glob("*.md")) if path.stem != "README"}
    _check_bodies(bodies, declared, folder)
    for name, field in declared.fields.items():
        _check_field(name, field, declared, file)
    return Template(
        name=declared.name,
        version=declared.version,
        numbered=declared.numbered,
        title=declared.title,
        called=declared.called,
        fields=tuple(backend.Field(name=name, **dict(field)) for name, field in declared.fields.items()),
        labels=declared.labels,
        bodies=bodies,
        folder=folder,
    )


def _declared(file: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(_text(file)))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"This is not valid TOML: {error}.", fix="Mend the line.", where=str(file)) from None
    except ValidationError as error:
        fault = error.errors()[0]
        name = ".".join(map(str, fault["loc"]))
        if fault["type"] == "extra_forbidden":
            problem, fix = f"There is no {name} in a template.", "Remove it; docs/drafts.md lists what there is."
        else:
            problem, fix = f"{name} is not right: {fault['msg'].lower()}.", "Change it; docs/drafts.md says how."
        raise ConfigError(problem, fix=fix, where=str(file)) from None


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()[: LARGEST + 1]
        if len(data) > LARGEST:
            raise ConfigError(f"It is over {LARGEST:,} bytes.", fix="Shorten it.", where=str(file))
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigError("It can't be read.", fix="It has to be a text file in UTF-8.", where=str(file)) from None


def _check_bodies(bodies: Mapping[str, str], declared: _File, folder: Path) -> None:
    if not bodies:
        raise ConfigError("There is no body.", fix="Add en.md, or body.md and labels.", where=str(folder))
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
    if field.question and not field.question.endswith("?"):
        raise ConfigError("The question doesn't end with a question mark.", fix="Let it end with one.", where=where)
    if (field.type == "choice") != bool(field.options):
        raise ConfigError("Options go with a choice, and a choice with options.", fix="Mend `options`.", where=where)
    if field.type == "choice" and field.default and field.default not in field.options:
        raise ConfigError(f"{field.default!r} is not among its options.", fix="Use one of them.", where=where)
    if field.type == "lines":
        if sum(other.type == "lines" for other in declared.fields.values()) > 1:
            raise ConfigError("There are two fields of lines.", fix="Keep one of them.", where=where)
        if (money := declared.fields.get("currency")) is None or money.type != "currency" or not money.required:
            fix = "Add a required field `currency` of the type currency."
            raise ConfigError("Lines need a currency.", fix=fix, where=where)


def named(templates: Sequence[Template], kind: str) -> Template | None:
    """The template of a name, or of what people call it in any language."""
    wanted = " ".join(kind.replace("_", " ").casefold().split())
    for template in templates:
        calls = {template.name.replace("_", " "), *(call for calls in template.called.values() for call in calls)}
        if wanted in {call.casefold() for call in calls}:
            return template
    return None


def spoken_of(templates: Sequence[Template], text: str) -> tuple[Template, str] | None:
    """The kind of document that a text names first and at most length, and the language in which it does."""
    folded = text.casefold()
    found = [
        (match.start(), -len(call), template, language)
        for template in templates
        for language, calls in template.called.items()
        for call in calls
        if (match := re.search(rf"(?<!\w){re.escape(call.casefold())}(?!\w)", folded))
    ]
    if not found:
        return None
    _, _, template, language = min(found, key=lambda each: each[:2])
    return template, language
