"""The fields of a Word template, from how they stand in it: what is looped over, what has parts, what it is called."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from switchboard import ConfigError
from tools.drafts.backend import FieldType
from tools.drafts.templates import COMPUTED, GIVEN, LINES_COMPUTED
from tools.drafts.texts import LANGUAGES, Says

if TYPE_CHECKING:
    from jinja2 import nodes

PARTY = frozenset({"name", "address", "email", "tax_id"})
LINE = frozenset({"position", "description", "quantity", "unit", "price", "amount", "tax", "discount"})
TAXES = frozenset({"rate", "base", "amount"})
_NAMED: tuple[tuple[FieldType, str], ...] = (
    ("iban", "iban"),
    ("currency", "currency währung waehrung devise moneda"),
    ("deadline", "due deadline until frist fällig faellig échéance echeance vencimiento"),
    ("date", "date day datum fecha dated"),
    ("duration", "term duration period notice laufzeit dauer durée duree duración duracion plazo"),
    ("discount", "discount rabatt remise descuento"),
    ("percent", "percent rate tax vat share mwst ust tva iva prozent"),
    ("money", "amount price fee rent salary sum deposit betrag preis honorar miete gehalt montant prix loyer importe "
              "precio alquiler"),
    ("paragraphs", "text body message inhalt texte texto"),
    ("clauses", "clauses klauseln cláusulas clausulas"),
)  # fmt: skip
_TEXTS = frozenset({"id", "number", "no", "nr", "name", "place", "subject", "title"})
"""A name that ends so is a text, whatever else is in it, such as ``tax_id``."""
_ASKS: Mapping[str, str] = {
    "party": "party",
    "list": "several",
    "clauses": "several",
    "date": "date",
    "deadline": "deadline",
    "duration": "duration",
    "money": "money",
    "percent": "percent",
    "discount": "percent",
    "currency": "currency",
    "lines": "lines",
}
_TOWARDS = {
    "en": ("for", "to", "with"),
    "de": ("für", "an", "mit"),
    "fr": ("pour", "à", "avec"),
    "es": ("para", "a", "con"),
}
"""What people put before whom a document is for: the first party that stands in it."""
_LIKE_THE_BUILT_IN = {"date": "today", "number": "draft number"}


@dataclass(slots=True, kw_only=True)
class _Use:
    """How a name is used: its parts, those of what it is looped over for, and whether it may be empty."""

    parts: set[str] = field(default_factory=set)
    looped: bool = False
    each: set[str] = field(default_factory=set)
    guarded: bool = True


def fields(documents: Mapping[str, bytes], where: str) -> dict[str, dict[str, Any]]:
    """The fields as ``template.toml`` declares them, in the order in which they stand in the documents.

    Args:
        documents: By language.

    Raises:
        ConfigError: The Jinja in one of them is wrong, or a part of a field is not there.
    """
    from tools.drafts.wordfilling import trees

    uses: dict[str, _Use] = {}
    for data in documents.values():
        for tree in trees(data, where):
            _Reader(uses).read(tree)
    found = {name: _type(name, use, where) for name, use in uses.items() if name not in COMPUTED | GIVEN}
    lengths = {f"{name}_in" for name, kind in found.items() if kind == "deadline"}
    found = {name: kind for name, kind in found.items() if name not in lengths}
    if "lines" in found.values():
        found = {name: kind for name, kind in found.items() if name not in LINES_COMPUTED}
        found.setdefault("currency", "currency")
        if uses.keys() & {"taxes", "total"}:
            found.setdefault("tax", "percent")
    declared = {name: _declared(name, kind, uses.get(name), list(documents)) for name, kind in found.items()}
    if first := next((name for name, kind in found.items() if kind == "party"), None):
        declared[first]["words"] = _TOWARDS
    return declared


def slug(name: str) -> str:
    """A file's name as the name of a template."""
    bare = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:40]
    return bare if bare[:1].isalpha() else f"t_{bare}"[:40]


def language_of(data: bytes) -> str:
    """The language that a Word file says it is in; English where it says none that is known here."""
    import docx

    made = docx.Document(io.BytesIO(data))
    marked = made.styles.element.xpath("w:docDefaults//w:lang/@w:val") or made.element.xpath("//w:lang/@w:val")
    for told in (made.core_properties.language, *map(str, marked)):
        if (told or "")[:2].lower() in LANGUAGES:
            return str(told[:2]).lower()
    return LANGUAGES[0]


def _type(name: str, use: _Use, where: str) -> FieldType:
    """What a field is, by its use, or else by its name."""
    if use.looped:
        if not use.each:
            return "paragraphs" if _by_name(name) == "paragraphs" else "clauses" if name == "clauses" else "list"
        return "list" if name == "taxes" and _known(name, use.each, TAXES, where) else _lines(name, use, where)
    if use.parts:
        _known(name, use.parts, PARTY, where)
        return "party"
    return _by_name(name)


def _lines(name: str, use: _Use, where: str) -> FieldType:
    _known(name, use.each, LINE, where)
    return "lines"


def _known(name: str, parts: set[str], there: frozenset[str], where: str) -> bool:
    import difflib

    if unknown := sorted(parts - there):
        close = difflib.get_close_matches(unknown[0], sorted(there), n=1, cutoff=0.5)
        fix = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(sorted(there))}."
        raise ConfigError(f"{name} has no part {unknown[0]!r}.", fix=fix, where=where)
    return True


def _by_name(name: str) -> FieldType:
    words = name.casefold().split("_")
    if words[-1] in _TEXTS:
        return "text"
    for kind, names in _NAMED:
        if any(word in names.split() for word in words):
            return kind
    return "text"


def _declared(name: str, kind: FieldType, use: _Use | None, languages: list[str]) -> dict[str, Any]:
    label = name.replace("_", " ").capitalize()
    default = _LIKE_THE_BUILT_IN.get(name, "")
    out: dict[str, Any] = {"type": kind, "label": label}
    if default and (name != "date" or kind == "date"):
        return out | {"default": default}
    if use is not None and use.guarded:
        return out
    spoken = {"en", *languages} & set(LANGUAGES)
    asks = {each: Says(each)(f"ask_{_ASKS.get(kind, 'text')}", label=label) for each in spoken}
    return out | {"required": True, "question": asks}


class _Reader:
    """Gathers how names are used in a template."""

    def __init__(self, uses: dict[str, _Use]) -> None:
        self._uses = uses

    def read(
        self, node: "nodes.Node", loops: Mapping[str, str] | None = None, tested: frozenset[str] = frozenset()
    ) -> None:
        """Walk through a template.

        Args:
            loops: By the name of a loop's item, the field that is looped over; empty if it is none.
            tested: What a condition around says is there.
        """
        from jinja2 import nodes

        loops = loops or {}
        match node:
            case nodes.For():
                self._loop(node, loops, tested)
            case nodes.If(test=test) | nodes.CondExpr(test=test):
                self._branches(node, frozenset(_names(test)), loops, tested)
            case nodes.Getattr(node=nodes.Name(name=name), attr=part):
                self._part(name, part, loops, tested)
            case nodes.Name(name=name):
                self._use(name, loops, tested)
            case _:
                for child in node.iter_child_nodes():
                    self.read(child, loops, tested)

    def _loop(self, node: "nodes.For", loops: Mapping[str, str], tested: frozenset[str]) -> None:
        from jinja2 import nodes

        inner = dict(loops)
        target = node.target.name if isinstance(node.target, nodes.Name) else ""
        if isinstance(node.iter, nodes.Name) and node.iter.name not in loops:
            self._use(node.iter.name, loops, tested)
            self._uses[node.iter.name].looped = True
            inner[target] = node.iter.name
        else:
            self.read(node.iter, loops, tested)
            inner[target] = ""
        inner["loop"] = ""
        for child in (*node.body, *node.else_):
            self.read(child, inner, tested)

    def _branches(
        self, node: "nodes.Node", names: frozenset[str], loops: Mapping[str, str], tested: frozenset[str]
    ) -> None:
        for child in node.iter_child_nodes():
            self.read(child, loops, tested | names)

    def _part(self, name: str, part: str, loops: Mapping[str, str], tested: frozenset[str]) -> None:
        if name not in loops:
            self._use(name, loops, tested)
            self._uses[name].parts.add(part)
        elif loops[name]:
            self._uses[loops[name]].each.add(part)

    def _use(self, name: str, loops: Mapping[str, str], tested: frozenset[str]) -> None:
        if name not in loops:
            use = self._uses.setdefault(name, _Use())
            use.guarded = use.guarded and name in tested


def _names(node: "nodes.Node") -> Iterator[str]:
    """The names that stand in a condition."""
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        yield node.name
    for found in node.find_all(nodes.Name):
        yield found.name
