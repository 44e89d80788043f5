"""What is known about a draft: the things that were said about it, read in order, each time anew.

Nothing is kept between turns but what was said; it stands in the conversation's memory, which outlives a crash and goes
when the conversation is forgotten. The same words always come to the same draft.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tools.drafts import editing, invoicing, languages, understanding
from tools.drafts.backend import Fault, Field, FieldType, Known, Line, Money, Origin, Value
from tools.drafts.faults import first_fault
from tools.drafts.reckoning import exempt, lines_of
from tools.drafts.settings import DraftSettings
from tools.drafts.templates import Template
from tools.drafts.texts import Says, short
from tools.drafts.understanding import Found, Setting

_FREE: tuple[FieldType, ...] = ("party", "text", "paragraphs", "list", "clauses")
"""What may be said in any words: an answer to a question for it is not searched for anything else but labels."""
LONGEST = 60_000
"""Characters of all that is said about one draft."""
_DROP = re.compile(
    r"(?:never ?mind|forget (?:it|about it|the draft)|cancel(?: (?:it|that|the draft))?|stop|drop it|abbrechen|"
    r"vergiss es|annule[rz]?|laisse tomber|olvídalo|cancela(?:r)?)[.!\s]*",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"(?:please |no,? )?(?:show|repeat|make it|change|set|add|remove|delete|replace|correct|ändere|setze|ergänze|"
    r"entferne|change[zr]?|ajoute[zr]?|supprime[zr]?|cambia|añade|quita)\b",
    re.IGNORECASE,
)
_YES = re.compile(r"(?:yes|yep|ok(?:ay)?|sure|no|ja|nein|oui|non|s[ií]|vale)[\s.!]*", re.IGNORECASE)
"""What answers no question for a name or a text."""
_SMALL = re.compile(
    r"(?:(?:the|and|is|it|also|please|send|make|der|die|das|und|bitte|le|la|les|et|el|los|las|y|[.,;:-]+)\s*)*",
    re.IGNORECASE,
)
"""What may be left of a text from which all facts were taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A draft as far as it is known.

    Attributes:
        values: By field; those that nobody said have another origin.
        asked: The field that the next thing said should answer; ``None`` if the draft can be made.
        fault: What is wrong with that field, if it was said.
        wrong: A date of the last thing that was said that is in no calendar.
        note: What of the last thing that was said could not be used.
        version: How often there was something to draft that was new.
        changed: What the last thing that was said changed in a draft that was there before.
        total: A total that was named.
        picture: What an illustration should show.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    asked: Field | None = None
    fault: Fault | None = None
    wrong: Fault | None = None
    note: str = ""
    version: int = 0
    changed: tuple[str, ...] = ()
    total: Money | None = None
    picture: str = ""
    dropped: bool = False


def gather(said: Sequence[str], template: Template, setting: Setting, settings: DraftSettings) -> State:
    """The draft that comes of what was said, oldest first."""
    state = State()
    seed = said[0] if said else ""
    for number, text in enumerate(said, start=1):
        state = _with(state, text, number, template, setting)
        state = settled(state, template, setting, settings, seed)
    return state


def settled(state: State, template: Template, setting: Setting, settings: DraftSettings, seed: str) -> State:
    """The state with what nobody has to say, with what is still to be asked, and with its version.

    Args:
        seed: What makes a placeholder number this draft's own.
    """
    values = {**_unsaid(template, setting, settings, seed), **state.values}
    values |= _given_back(template, values) if template.credit else {}
    fault = state.wrong or first_fault(template, values, Says(setting.language))
    asked = template.field(fault.field) if fault else next(iter(lacking(template, values)), None)
    new = asked is None and (state.version == 0 or bool(state.changed))
    return replace(state, values=values, fault=fault, asked=asked, version=state.version + new)


def _given_back(template: Template, values: Mapping[str, Value]) -> dict[str, Value]:
    """The lines of a document that gives money back: minus three days are three days that are credited."""
    field = template.only("lines")
    value = values.get(field.name) if field else None
    if field is None or value is None or not isinstance(value.value, tuple):
        return {}
    lines = (each for each in value.value if isinstance(each, Line))
    positive = tuple(
        replace(each, quantity=abs(each.quantity), price=replace(each.price, amount=abs(each.price.amount)))
        for each in lines
    )
    return {field.name: replace(value, value=positive)}


def drops(text: str) -> bool:
    """Whether somebody wants no draft any more."""
    return bool(_DROP.fullmatch(text.strip()))


def lacking(template: Template, values: Mapping[str, Value]) -> list[Field]:
    """The required fields of which nothing is known; a rate is not needed where each line has one, or none applies."""
    known = {name: value.value for name, value in values.items()}
    lines = lines_of(template, known)
    rated = exempt(known) or (bool(lines) and all(line.tax is not None for line in lines))
    return [
        each
        for each in template.fields
        if each.required and each.name not in values and not (each.name == "tax" and rated)
    ]


def example(each: Field, says: Says) -> str:
    """How a field's value is written."""
    named = [each.option(option, says.language) for option in each.options]
    return says.either(named) if named else says.like(each.type)


def _with(state: State, text: str, number: int, template: Template, setting: Setting) -> State:
    """The state after one more thing was said."""
    asked = state.asked if number > 1 else None
    if number > 1 and drops(text):
        return replace(state, dropped=True)
    origin = Origin(source="said", message=number)
    before = dict(state.values)
    text, whole = languages.without_wish(text), text
    if number > 1 and text != whole and _SMALL.fullmatch(text.strip()):
        return replace(state, note="", changed=("language",))
    if asked and understanding.declines(text) and not asked.required:
        left = {name: value for name, value in before.items() if name != asked.name}
        return replace(state, values=left, note="", changed=(asked.name,))
    free = asked is not None and asked.type in _FREE and not _REQUEST.match(text)
    fields = tuple(sorted(template.fields, key=lambda each: each is not asked))  # a bare value is for what was asked
    found = understanding.understand(text, fields[free:], setting, labelled_only=free)
    says = Says(setting.language)
    note = ""
    edited = (number > 1 if asked is None else _REQUEST.match(text)) and _edited(text, template, before, found)
    if asked and not edited and asked.name not in found.values and (free or asked.type not in _FREE):
        note = _answered(asked, found, text, setting, before, note)
    said = {
        name: Value(value=_merged(template, name, value, before, text), origin=origin)
        for name, value in found.values.items()
    }
    values = {**before, **said, **_currency(template, {**before, **said}, said, origin)}
    values = _either_taxed_or_exempt(values, said)
    changed = tuple(name for name in values if before.get(name) is None or before[name].value != values[name].value)
    changed += tuple(name for name in before if name not in values)
    if text != whole:
        changed, note = (*changed, "language"), "" if asked is None else note
    elif number > 1 and not changed and not note and not (found.total or found.picture or found.wrong):
        note = says("no_change") if asked is None else ""
    return replace(
        state,
        values=values,
        note=note,
        wrong=_no_such_date(found, says),
        changed=changed,
        total=found.total or state.total,
        picture=found.picture or state.picture,
    )


def _no_such_date(found: Found, says: Says) -> Fault | None:
    if found.wrong is None:
        return None
    said, field = found.wrong
    return Fault(field=field.name, text=says("no_such_date", said=short(said, 40)))


def _answered(asked: Field, found: Found, text: str, setting: Setting, before: Mapping[str, Value], note: str) -> str:
    """Take what is left of a text as the answer to the question; the note to give if it is none."""
    left = text if not found.values else found.left
    empty = not left or _SMALL.fullmatch(left) or (asked.type in _FREE and _YES.fullmatch(left))
    value = None if empty else understanding.answer(asked, left, setting)
    if value is not None:
        found.values[asked.name] = value
        return note
    if found.values or found.wrong or note:
        return note
    says = Says(setting.language)
    return says("not_understood", label=asked.label, example=example(asked, says))


def _edited(text: str, template: Template, before: Mapping[str, Value], found: Found) -> bool:
    """What a text says to remove or to replace, by naming it; nothing else is read from such a text, if it is one."""
    edits = editing.edits(text)
    if edits is None:
        return False
    known = ((each, before[each.name].value) for each in template.fields if each.name in before)
    found.values = {each.name: new for each, value in known if (new := edits(value)) is not None and new != value}
    return True


def _merged(template: Template, name: str, value: Known, before: Mapping[str, Value], text: str) -> Known:
    """A value that takes the place of an earlier one, or that is added to it."""
    each, old = template.field(name), before.get(name)
    several = each is not None and each.type in ("lines", "list", "clauses")
    if several and old and isinstance(old.value, tuple) and isinstance(value, tuple) and editing.adds(text):
        return (*old.value, *value)
    if old and isinstance(old.value, tuple) and isinstance(value, tuple):
        lines = [tuple(line for line in each if isinstance(line, Line)) for each in (old.value, value)]
        return invoicing.renewed(*lines) if all(lines) else value
    return value


def _currency(
    template: Template, values: Mapping[str, Value], said: Mapping[str, Value], origin: Origin
) -> dict[str, Value]:
    """The currency of the lines that were just said, for the document; and for lines that name none."""
    of_lines, of_document = template.only("lines"), template.only("currency")
    if of_lines is None or of_document is None or of_lines.name not in values:
        return {}
    lines = values[of_lines.name].value
    codes = (
        {line.price.currency for line in lines if isinstance(line, Line) and line.price.currency}
        if isinstance(lines, tuple)
        else set()
    )
    if of_document.name in said and isinstance(lines, tuple):
        code = str(said[of_document.name].value)
        again = tuple(
            replace(line, price=replace(line.price, currency=code)) for line in lines if isinstance(line, Line)
        )
        return {of_lines.name: replace(values[of_lines.name], value=again)}
    if of_lines.name in said and len(codes) == 1:
        return {of_document.name: Value(value=codes.pop(), origin=origin)}
    return {}


def _either_taxed_or_exempt(values: dict[str, Value], said: Mapping[str, Value]) -> dict[str, Value]:
    """What was said last counts: a rate ends an exemption, and an exemption a rate."""
    rate = said["tax"].value if "tax" in said else None
    if "exemption" in values and "exemption" not in said and isinstance(rate, Decimal) and rate > 0:
        return {name: value for name, value in values.items() if name != "exemption"}
    if "exemption" in said and "tax" not in said:
        return {name: value for name, value in values.items() if name != "tax"}
    return values


def _unsaid(template: Template, setting: Setting, settings: DraftSettings, seed: str) -> dict[str, Value]:
    """Values that nobody has to say: from the settings, and the usual ones."""
    out: dict[str, Value] = {}
    for each in template.fields:
        if (known := _from_settings(each, settings)) is not None:
            out[each.name] = Value(value=known, origin=Origin(source="settings"))
        elif each.default and (usual := _usual(each, setting, seed)) is not None:
            out[each.name] = Value(value=usual, origin=Origin(source="default"))
    return out


def _from_settings(each: Field, settings: DraftSettings) -> Known | None:
    if each.type == "party" and each.ours:
        return settings.company.party
    if each.type == "iban":
        return settings.company.iban.replace(" ", "") or None
    return (settings.currency or None) if each.type == "currency" else None


def _usual(each: Field, setting: Setting, seed: str) -> Known | None:
    if each.default == "today":
        return setting.today
    if each.default == "draft number":
        short = hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:4].upper()
        return f"DRAFT-{setting.today:%y%m%d}-{short}"
    return each.default if each.type == "choice" else understanding.answer(each, each.default, setting)
