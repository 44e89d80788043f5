"""What a run hands over when another process goes on with it: what it has produced and found, not to be paid twice."""

import base64
import json
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, messages_from_dict, messages_to_dict

from agent.acting import Outcome
from agent.run import Run
from switchboard.events import Citation
from switchboard.tools import ToolResult
from switchboard.wire import from_json, to_json


def saved(run: Run, memory: bytes | None) -> str:
    """A run as JSON text: its complete steps, and the memory from before it."""
    known = {str(number): to_json(citation, compact=True) for number, citation in run.citing.known.items()}
    return json.dumps(
        {
            "memory": base64.b64encode(memory or b"").decode(),
            "produced": messages_to_dict(list(run.produced)),
            "known": known,
            "outcomes": {name: [outcome.status, list(outcome.missing)] for name, outcome in run.outcomes.items()},
            "steps": run.steps,
            "tokens": list(run.tokens),
        },
        separators=(",", ":"),
    )


def restore(run: Run, text: str) -> bytes | None:
    """Put into a new run what another has handed over. Returns the memory from before it."""
    data: dict[str, Any] = json.loads(text)
    produced: list[AnyMessage] = messages_from_dict(data["produced"])  # type: ignore[assignment]
    run.produced = produced
    run.citing.known = {int(number): from_json(Citation, entry) for number, entry in data["known"].items()}
    run.outcomes = {
        name: Outcome(status=status, result=ToolResult(missing=tuple(missing)))
        for name, (status, missing) in data["outcomes"].items()
    }
    for message in produced:
        if isinstance(message, AIMessage):
            run.say_more(message.text)
            run.said()
    run.steps = int(data["steps"])
    run.tokens = (int(data["tokens"][0]), int(data["tokens"][1]))
    return base64.b64decode(data["memory"]) or None
