"""What a call asks for: the assistant, or the next step of a dialog that fills an intent's slots. Pure.

Words for the assistant are answered at whichever of the two hooks comes first. An intent that stands for a tool is
filled first: Lex asks for the slots that it knows to be required (*Delegate*), we for those that the tool needs
besides (*ElicitSlot*), and for a yes where the tool needs approval (*ConfirmIntent*).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from channels.lex import texts
from channels.lex.call import Call, Intent, Slot
from channels.lex.settings import LexSettings, Mapped
from switchboard import Call as ToolCall

FALLBACK = "FallbackIntent"
Action = Literal["Close", "ConfirmIntent", "Delegate", "ElicitIntent", "ElicitSlot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolNeeds:
    """What the dialog has to know of a tool: what it takes, what of that is needed, and whether a person must agree.

    Attributes:
        takes: The schema's type of each argument; empty where it has none.
    """

    takes: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    needs_approval: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Something for the assistant: words, and the call of a tool that they stand for, if they do."""

    text: str
    call: ToolCall | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something for the channel itself."""

    name: Literal["more", "result"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the dialog. ``slot`` is the slot to elicit; ``failed`` closes the intent as failed."""

    action: Action
    text: str = ""
    slot: str = ""
    failed: bool = False


def next_step(call: Call, settings: LexSettings, tools: Mapping[str, ToolNeeds]) -> Ask | Command | Step:
    """What to do about a call.

    Args:
        call: What came in.
        settings: The channel's.
        tools: What is to be known of the tools that intents stand for.
    """
    said = " ".join(call.words.casefold().split()).rstrip(".!")
    if said in texts.COMMAND_MORE:
        return Command(name="more")
    if said in texts.COMMAND_RESULT:
        return Command(name="result")
    intent = call.intent
    if intent is not None and (mapped := settings.intents.get(intent.name)):
        return _fill(call, intent, mapped, tools.get(mapped.tool, ToolNeeds()))
    if intent is None or intent.name == FALLBACK or intent.name in settings.ask:
        words = _words(call, settings.ask.get(intent.name, "") if intent else "")
        return Ask(text=words) if words else Step(action="ElicitIntent", text=texts.NOT_HEARD)
    if call.source == "DialogCodeHook":
        return Step(action="Delegate")
    return Ask(text=texts.intent(intent.name, intent.filled) if intent.filled else call.words or intent.name)


def slots_of(mapped: Mapped, needs: ToolNeeds) -> dict[str, str]:
    """The slot of each argument that has one; what the tool needs has one of its own name, unless it is mapped."""
    return {argument: argument for argument in needs.required} | mapped.slots


def _fill(call: Call, intent: Intent, mapped: Mapped, needs: ToolNeeds) -> Ask | Step:
    """The next step of an intent that stands for a tool."""
    if intent.confirmation == "Denied":
        return Step(action="Close", text=texts.CANCELLED, failed=True)
    slots = slots_of(mapped, needs)
    for argument in needs.required:
        if slots[argument] in intent.slots and slots[argument] not in intent.filled:
            return Step(action="ElicitSlot", slot=slots[argument], text=texts.missing(slots[argument]))
    if call.source == "DialogCodeHook" and any(value is None for value in intent.slots.values()):
        return Step(action="Delegate")
    names = {slot: argument for argument, slot in slots.items()}
    request = texts.request(mapped.tool, {names.get(slot, slot): text for slot, text in intent.filled.items()})
    if needs.needs_approval and intent.confirmation != "Confirmed":
        return Step(action="ConfirmIntent", text=texts.confirm(request))
    filled = {argument: slot for name, slot in intent.slots.items() if slot and (argument := names.get(name, name))}
    given = {name: _argument(slot, needs.takes[name]) for name, slot in filled.items() if name in needs.takes}
    approved = intent.confirmation == "Confirmed"
    return Ask(text=request, call=ToolCall(tool=mapped.tool, arguments=json.dumps(given), approved=approved))


def _argument(slot: Slot, kind: str) -> str | list[str]:
    """A slot's value as an argument: a list where the tool takes one. The tool makes numbers of words itself."""
    return list(slot.values or (slot.text,)) if kind == "array" else slot.text


def _words(call: Call, slot: str) -> str:
    """What the person wants to know: the slot that holds it, otherwise all that was said."""
    filled = call.intent.filled if call.intent else {}
    return filled.get(slot, "") or call.words
