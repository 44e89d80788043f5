"""The first reply of a fresh Lambda process to a Lex call: ``python -m benchmarks.cold_start [rounds]``.

Ours is the code hook with the assistant, its graph and a scripted chat model on stores in memory; beside that it makes
the two clients that the floor makes. Both run under the real runtime client, with bytecode as shipped, in turns.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks._lambda import function
from benchmarks._timing import HEADING, line, p

MOST = 2.0
CLIENTS = """
import boto3

def clients():
    return boto3.client("dynamodb"), boto3.client("bedrock-runtime")
"""
FLOOR = """
from clients import clients

kept = clients()

def handler(event, context):
    name = event["sessionState"]["intent"]["name"]
    state = {"dialogAction": {"type": "Close"}, "intent": {"name": name, "state": "Fulfilled"}}
    return {"sessionState": state, "messages": [{"contentType": "PlainText", "content": "Sixteen weeks."}]}
"""
OURS = """
from itertools import repeat

from channels.lex.answering import Fulfilment
from channels.lex.channel import channel
from channels.lex.handler import LambdaHandler
from switchboard.plugins import Setup
from switchboard.settings import load

def make():
    from agent.assistant import build
    from clients import clients
    from stores.memory import MemoryBlobStore, MemoryConversationStore, MemoryJobStore
    from switchboard.testing.models import ScriptedChatModel

    settings = load()
    given = {
        "chat_model": ScriptedChatModel(repeat("Sixteen weeks.")), "conversations": MemoryConversationStore(),
        "jobs": MemoryJobStore(), "blobs": MemoryBlobStore(), "tools": (), "aws": clients(),
    }
    setup = Setup(settings, given=given)
    return Fulfilment(channel(setup), build(settings, setup))

handler = LambdaHandler(make)
"""
SIDES = {"ours": "the code hook with the assistant", "floor": "boto3 and two clients, nothing else"}
SETTINGS = {"SWITCHBOARD_CHANNELS__LEX__SECRET": "a secret for nothing but this benchmark"}
EVENT = {
    "messageVersion": "1.0",
    "invocationSource": "FulfillmentCodeHook",
    "inputMode": "Text",
    "responseContentType": "text/plain; charset=utf-8",
    "sessionId": "visitor",
    "inputTranscript": "How long is parental leave?",
    "bot": {"id": "A1B2C3D4E5", "aliasId": "TSTALIASID", "localeId": "en_GB", "version": "1"},
    "sessionState": {"sessionAttributes": {}, "intent": {"name": "FallbackIntent", "slots": {}}},
}


def main(rounds: int) -> None:
    """Measure and print."""
    taken: dict[str, list[float]] = {side: [] for side in SIDES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, code in (("clients", CLIENTS), ("floor", FLOOR), ("ours", OURS)):
            (folder / f"{file}.py").write_text(code, encoding="utf-8")
        for side in SIDES:
            first_reply(side, folder)  # writes the bytecode
        for number in range(rounds):
            for side in SIDES if number % 2 else reversed(SIDES):
                taken[side].append(first_reply(side, folder))
    print(HEADING)
    for side, title in SIDES.items():
        print(line(title, taken[side]))
    ratio = p(taken["ours"], 50) / p(taken["floor"], 50)
    print(f"{'ratio':<44} {ratio:8.2f} {'':8}   (p50 at most {MOST})")


def first_reply(side: str, folder: Path) -> float:
    """Milliseconds from the start of a process to its first reply, what nobody asks it for not counted."""
    kept = {"PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", "")}
    with function(
        f"{side}.handler", folder=folder, environ={**SETTINGS, **kept, "SWITCHBOARD_DATA_DIR": str(folder)}
    ) as made:
        response, took = made.invoke(EVENT)
    if response["messages"][0]["content"] != "Sixteen weeks.":
        raise RuntimeError(f"not the answer: {json.dumps(response)}")
    return made.init_ms + took


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
