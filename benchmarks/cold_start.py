"""The first reply of a fresh Lambda process to a Lex call: ``python -m benchmarks.cold_start [rounds]``.

Ours is the code hook with the assistant, its graph and a scripted chat model on stores in memory; beside that it makes
the two clients that the floor makes. Between them stands what a tutorial has. All run under the real runtime client,
with bytecode as shipped, in turns.
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
PLAIN = """
from clients import clients
from langchain_aws import ChatBedrockConverse
from langchain_core.messages import AIMessage
from langgraph.graph import END, START, MessagesState, StateGraph

_, bedrock = clients()
model = ChatBedrockConverse(model="anthropic.claude-haiku", client=bedrock, bedrock_client=bedrock)
graph = StateGraph(MessagesState)
graph.add_node("answer", lambda state: {"messages": [AIMessage("Sixteen weeks.")]})
graph.add_edge(START, "answer")
graph.add_edge("answer", END)
compiled = graph.compile()

def handler(event, context):
    said = compiled.invoke({"messages": [("user", event["inputTranscript"])]})["messages"][-1].content
    state = {"dialogAction": {"type": "Close"}, "intent": {"name": "FallbackIntent", "state": "Fulfilled"}}
    return {"sessionState": state, "messages": [{"contentType": "PlainText", "content": said}]}
"""
SIDES = {
    "ours": "the code hook with the assistant",
    "plain": "a graph of one node, LangGraph, langchain-aws",
    "floor": "boto3 and two clients, nothing else",
}
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


def main(rounds: int, *, warm_up: int = 1) -> None:
    """Measure and print. The first processes, which write the bytecode, are not counted."""
    taken: dict[str, list[float]] = {side: [] for side in SIDES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, code in (("clients", CLIENTS), ("floor", FLOOR), ("plain", PLAIN), ("ours", OURS)):
            (folder / f"{file}.py").write_text(code, encoding="utf-8")
        for number in range(-warm_up, rounds):
            for side in SIDES if number % 2 else reversed(SIDES):
                took = first_reply(side, folder)
                if number >= 0:
                    taken[side].append(took)
    print(HEADING)
    for side, title in SIDES.items():
        print(line(title, taken[side]))
    floor = p(taken["floor"], 50)
    print(f"{'ratio of ours to the floor':<44} {p(taken['ours'], 50) / floor:8.2f} {'':8}   (p50 at most {MOST})")
    print(f"{'ratio of the plain graph to the floor':<44} {p(taken['plain'], 50) / floor:8.2f}")


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
