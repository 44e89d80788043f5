"""A bound tool as the embedded model sees it: what it is for, by examples, and what it needs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.models.sentences import sentences

_EXAMPLES = re.compile(r"^\s*Examples:\s*$", re.MULTILINE)
_EXAMPLE = re.compile(r"^\s*- (.+)$", re.MULTILINE)
FREE_TEXT = frozenset(
    {"query", "question", "q", "text", "prompt", "request", "message", "input", "topic", "search_query"}
)
"""Arguments of these names take what the person said."""
DOCUMENT = frozenset({"document", "documents", "file", "filename", "file_name", "document_name", "image", "attachment"})
"""Arguments of these names take a file or a document that the person names."""
GATHERED = frozenset({"facts"})
"""Arguments of these names take what the person said in all messages on the matter, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A tool.

    Attributes:
        examples: What people say when they want it; its own description where it gives none.
        properties: Its arguments by name, each a JSON schema.
        required: The arguments that it can't do without.
    """

    name: str
    about: str
    examples: tuple[str, ...]
    properties: Mapping[str, Mapping[str, Any]]
    required: frozenset[str]
    declared: bool

    @property
    def searches(self) -> bool:
        """Whether it is the tool for questions in general: it looks things up by a question and needs nothing else."""
        return "search" in self.name and bool(FREE_TEXT & self.required) and self.required <= FREE_TEXT

    @property
    def gathers(self) -> bool:
        """Whether it makes something of what is said over several messages."""
        return bool(GATHERED & self.properties.keys())

    @property
    def question(self) -> str:
        """The name of the argument that takes the question; empty if there is none."""
        return next((name for name in self.properties if name in FREE_TEXT), "")


def cards(tools: Sequence[Mapping[str, Any]]) -> list[Card]:
    """The tools of a call, from OpenAI's format."""
    return [_card(tool["function"]) for tool in tools]


def main_search(tools: Sequence[Card]) -> Card | None:
    """Where a question goes that no other tool claims: the search over documents, or the first search there is."""
    searching = [card for card in tools if card.searches]
    return next((card for card in searching if "document" in card.name), searching[0] if searching else None)


def _card(function: Mapping[str, Any]) -> Card:
    name, description = str(function["name"]), str(function.get("description") or "")
    about, *rest = _EXAMPLES.split(description, maxsplit=1)
    declared = tuple(line.strip().strip('"“”') for line in _EXAMPLE.findall(rest[0])) if rest else ()
    words = name.replace("_", " ").replace("-", " ")
    schema = function.get("parameters") or {}
    return Card(
        name=name,
        about=" ".join(about.split()),
        examples=declared or (*sentences(about)[:4], words),
        properties=schema.get("properties") or {},
        required=frozenset(schema.get("required") or ()),
        declared=bool(declared),
    )
