"""The function's answer in Lex V2's form: dialog action, intent, session attributes, messages. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from channels.lex.call import Call
from channels.lex.dialog import Step
from channels.lex.parts import LexMessage

Response = dict[str, Any]


def respond(call: Call | None, step: Step, messages: Sequence[LexMessage], attributes: Mapping[str, str]) -> Response:
    """The answer to a call.

    Lex refuses to close, fill or confirm an intent that it is not told the name of; where the call named none, the
    answer waits for the next words instead. Session attributes replace those that Lex has, so all are sent back.
    Contexts and hints that are not named stay as they are; to name them would begin their time anew at each answer.
    """
    intent = call.intent if call else None
    action = step.action if intent else "ElicitIntent"
    state: dict[str, Any] = {"sessionAttributes": dict(attributes), "dialogAction": {"type": action}}
    if action == "ElicitSlot":
        state["dialogAction"]["slotToElicit"] = step.slot
    if intent is not None and action != "ElicitIntent":
        ended = "Failed" if step.failed else "Fulfilled"
        state["intent"] = {
            "name": intent.name,
            "state": ended if action == "Close" else "InProgress",
            "confirmationState": intent.confirmation,
            "slots": {name: slot and dict(slot.raw) for name, slot in intent.slots.items()},
        }
    response: Response = {"sessionState": state}
    if action != "Delegate":
        response["messages"] = [message.to_json() for message in messages]
    return response
