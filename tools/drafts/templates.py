"""Templates: a kind of document, what it asks for, and its text; and which one people mean by what they call it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tools.drafts import backend
from tools.drafts.backend import FieldType

ANY_LANGUAGE = "body"
COMPUTED = frozenset({"title", "language", "t"})
LINES_COMPUTED = frozenset({"net", "discounted", "taxes", "several", "total"})
"""What a template with lines has besides its fields."""
GIVEN = frozenset({"note_of_draft", "illustration"})
"""What a Word template has besides its fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of document.

    Attributes:
        version: Grows with every change of meaning; the draft's properties name it.
        credit: Whether it gives money back, so that negative quantities are what is given back.
        numbered: Whether second-level headings and the paragraphs below them get clause numbers.
        title: By language.
        called: By language, what people call such a document.
        labels: By language, the words of a body that serves all languages.
        bodies: By language, Jinja in Markdown.
        documents: By language, a Word file with Jinja in it; a template has either bodies or documents.
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
    documents: Mapping[str, bytes] = field(default_factory=dict)
    credit: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which it can be drafted."""
        return tuple(sorted(self.labels if ANY_LANGUAGE in self.bodies else self.documents or self.bodies))

    def called_in(self, language: str) -> str:
        """What people call it in a language, or its title in any."""
        calls = self.called.get(language, ())
        return calls[0] if calls else next(iter(self.title.values()))

    @property
    def usual(self) -> str:
        """The language in which it is drafted where the one that is spoken is not there."""
        return "en" if "en" in self.languages else self.languages[0]

    def told_in(self, language: str) -> "Template":
        """The template with its fields' labels and questions in a language."""
        return replace(self, fields=tuple(each.told_in(language) for each in self.fields))

    def field(self, name: str) -> backend.Field | None:
        """A field by name."""
        return next((field for field in self.fields if field.name == name), None)

    def only(self, kind: FieldType) -> backend.Field | None:
        """The first field of a type."""
        return next((field for field in self.fields if field.type == kind), None)


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
