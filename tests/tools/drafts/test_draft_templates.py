"""Templates: those that come with the product are whole, and what is wrong with one of one's own is told at once."""

from pathlib import Path

import pytest
from pydantic import ConfigDict

from switchboard import ConfigError
from switchboard.settings import Settings, ToolSettings
from switchboard.settings import load as load_settings
from tests.tools.drafts.conftest import TEMPLATES
from tools.drafts.blocks import Paragraph, plain
from tools.drafts.filling import check, fill
from tools.drafts.loading import all_templates, load
from tools.drafts.samples import samples
from tools.drafts.settings import settings_of
from tools.drafts.templates import named, spoken_of

TOML = """
name = "memo"
version = 1
title = { en = "Memo" }

[called]
en = ["memo"]

[fields.reader]
type = "party"
label = "Reader"
required = true
question = "Who is it for?"

[fields.text]
type = "paragraphs"
label = "Text"
"""
BODY = "# {{ title }}\n\nTo {{ reader.name }}\n\n{% for part in text %}\n{{ part }}\n\n{% endfor %}\n"


class OpenTools(ToolSettings):
    """The table of the tools, open for those of components."""

    model_config = ConfigDict(extra="allow", frozen=True)


def table(data: Path, **drafts: object) -> Settings:
    """Settings with a table for drafts."""
    settings = load_settings(None, {"SWITCHBOARD_DATA_DIR": str(data)})
    return settings.model_copy(update={"tools": OpenTools.model_validate({"drafts": drafts})})


def memo(folder: Path, *, toml: str = TOML, body: str = BODY) -> Path:
    """A folder of one template; what it is called is the folder's name."""
    made = folder / "memo"
    made.mkdir(parents=True, exist_ok=True)
    (made / "template.toml").write_text(toml)
    (made / "en.md").write_text(body)
    return made


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_built_in_template_fits_its_fields_in_each_language(name: str) -> None:
    template = TEMPLATES[name]
    check(template)
    assert set(template.languages) == {"de", "en", "es", "fr"}
    assert all(field.question for field in template.fields if field.required)


def test_a_folder_of_ones_own_adds_a_kind(tmp_path: Path) -> None:
    memo(tmp_path)
    found = all_templates(tmp_path)
    template = named(found, "memo")
    assert template is not None
    assert len(found) == len(TEMPLATES) + 1


def test_a_template_of_ones_own_takes_the_place_of_a_built_in_one(tmp_path: Path) -> None:
    memo(tmp_path).rename(tmp_path / "letter")
    file = tmp_path / "letter" / "template.toml"
    file.write_text(file.read_text().replace('"memo"\nversion = 1', '"letter"\nversion = 7'))
    found = named(all_templates(tmp_path), "letter")
    assert found is not None
    assert found.version == 7


def test_no_folder_means_the_built_in_ones(tmp_path: Path) -> None:
    assert len(all_templates(tmp_path / "none")) == len(all_templates(None)) == len(TEMPLATES)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{{ raeder.name }}", "The text uses raeder, which is no field of this template. Did you mean reader?"),
        ("{{ reader.nam }}", "has no attribute 'nam'"),
        ("{{ reader.name", "line 1: This is not valid Jinja"),
        ("{% include 'x' %}", "can't take in other files"),
        ("{% if text %}\n{% endif %}\n{{ raeder }}", "en.md, line 3: The text uses raeder"),
        ("{{ reader.name.upper() }}", "not safely callable"),
        ("{{ reader.__class__ }}", "unsafe"),
        ("{{ 'x' * 10 }}", "does no sums"),
        ("{{ range(3) }}", "The text uses range"),
        ("{{ title | pprint }}", "No filter named 'pprint'"),
        ("```box\nx\n```", "There is no block called 'box'"),
        ("\ue000", "private use"),
    ],
)
def test_a_fault_in_a_body_is_told_with_its_file(tmp_path: Path, body: str, told: str) -> None:
    memo(tmp_path, body=body)
    with pytest.raises(ConfigError) as caught:
        all_templates(tmp_path)
    assert told in str(caught.value)
    assert "en.md" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "memo"', 'name = "note"', "Make it the folder's"),
        ("version = 1", "version = 0", "version is not right"),
        ('type = "party"', 'type = "person"', "fields.reader.type is not right"),
        ("required = true", "required = true\nsize = 3", "There is no fields.reader.size"),
        ('question = "Who is it for?"', "", "no question"),
        ("Who is it for?", "Who is it for.", "question mark"),
        ("[fields.text]", "[fields.total]", "can't be called 'total'"),
        ('type = "paragraphs"', 'type = "choice"', "a choice with options"),
        ('type = "paragraphs"', 'type = "lines"', "Lines need a currency"),
        ("title = {", "title = [", "not valid TOML"),
        ('title = { en = "Memo" }', 'title = { de = "Notiz" }', "no title in 'en'"),
    ],
)
def test_a_fault_in_a_declaration_is_told_with_its_file(tmp_path: Path, old: str, new: str, told: str) -> None:
    memo(tmp_path, toml=TOML.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        all_templates(tmp_path)
    assert told in str(caught.value)
    assert "template.toml" in str(caught.value)


def test_a_tag_on_a_line_of_its_own_leaves_none_behind_and_one_in_a_line_breaks_no_paragraph(tmp_path: Path) -> None:
    memo(tmp_path, body="One{% if text %} and a half{% endif %}\n\nTwo\n\n{% if reader %}\nThree\n{% endif %}\nmore")
    template = named(all_templates(tmp_path), "memo")
    assert template is not None
    blocks = fill(template, "en", next(iter(samples(template, "en"))))
    assert [plain(block.text) for block in blocks if isinstance(block, Paragraph)] == [
        "One and a half",
        "Two",
        "Three more",
    ]


def test_a_template_without_a_body_or_a_declaration_is_told(tmp_path: Path) -> None:
    (memo(tmp_path) / "en.md").unlink()
    with pytest.raises(ConfigError, match=r"no body.*Add en\.md"):
        load(tmp_path / "memo")
    (tmp_path / "memo" / "template.toml").unlink()
    with pytest.raises(ConfigError, match="can't be read"):
        load(tmp_path / "memo")


def test_the_longest_name_of_a_kind_that_comes_first_is_meant() -> None:
    found = spoken_of(tuple(TEMPLATES.values()), "a service agreement, then an invoice")
    assert found is not None
    assert (found[0].name, found[1]) == ("service_agreement", "en")
    assert spoken_of(tuple(TEMPLATES.values()), "nothing of the kind") is None


def test_the_settings_are_read_and_checked(tmp_path: Path) -> None:
    settings = settings_of(table(tmp_path, templates=str(tmp_path), currency="EUR", company={"name": "Me Ltd"}))
    assert settings.templates == tmp_path
    assert settings.company.party is not None
    assert settings_of(table(tmp_path)).templates == tmp_path / "templates"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"currency": "XYZ"}, "no currency 'XYZ'"),
        ({"company": {"iban": "DE00"}}, "not a valid IBAN"),
        ({"templates": "/no/such/folder"}, "no such folder"),
        ({"colour": "red"}, "tools.drafts.colour"),
    ],
)
def test_what_is_wrong_in_the_settings_is_told(tmp_path: Path, given: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        settings_of(table(tmp_path, **given))
