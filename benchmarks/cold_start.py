"""The first reply of a fresh Lambda process to a Lex call: ``python -m benchmarks.cold_start [rounds]``.

Ours starts as `infra/functions/lex.py` does, with the assistant, its graph and a scripted chat model on stores in
memory, and makes the two clients that the floor makes, as our stores make them: once alone, once with Bedrock's chat
model loaded besides. Between them and the floor stands what a tutorial has, with that model loaded, too. All run under
the real runtime client, with bytecode as shipped, in turns.
"""

import json
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

from infra.functions.deferring import quick_start

with quick_start():
    from agent.assistant import build
    from channels.lex.answering import Fulfilment
    from channels.lex.channel import channel
    from channels.lex.handler import LambdaHandler
    from infra.functions.starting import Started
    from stores.aws import sdk_client
    from stores.memory import MemoryBlobStore, MemoryConversationStore, MemoryJobStore
    from switchboard.plugins import Setup
    from switchboard.testing.models import ScriptedChatModel

    def made(settings):
        given = {
            "chat_model": ScriptedChatModel(repeat("Sixteen weeks.")), "conversations": MemoryConversationStore(),
            "jobs": MemoryJobStore(), "blobs": MemoryBlobStore(), "tools": (), "job_kinds": (), "aws": clients(),
        }
        setup = Setup(settings, given=given)
        return Fulfilment(channel(setup), build(settings, setup))

    def clients():
        return sdk_client("dynamodb"), sdk_client("bedrock-runtime")

    handler = LambdaHandler(Started(made, Fulfilment.close))
    handler.prepare()
"""
LOADED = OURS.replace(
    "def clients():\n",
    "def clients():\n"
    "        from agent.models.bedrock import bedrock_chat_model\n"
    "        bedrock_chat_model('anthropic.claude-haiku', client=sdk_client('bedrock-runtime'))\n",
)
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
    "loaded": "the same, Bedrock's chat model loaded",
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
        write(folder)
        for number in range(-warm_up, rounds):
            for side in SIDES if number % 2 else reversed(SIDES):
                took = first_reply(side, folder)
                if number >= 0:
                    taken[side].append(took)
    print(HEADING)
    for side, title in SIDES.items():
        print(line(title, taken[side]))
    floor = p(taken["floor"], 50)
    for side, most in (("ours", f"   (p50 at most {MOST})"), ("loaded", ""), ("plain", "")):
        print(f"{f'ratio to the floor: {SIDES[side]}':<66} {p(taken[side], 50) / floor:8.2f}{most}")


def write(folder: Path) -> None:
    """Put the handlers there."""
    files = {"clients": CLIENTS, "floor": FLOOR, "plain": PLAIN, "ours": OURS, "loaded": LOADED}
    for file, code in files.items():
        (folder / f"{file}.py").write_text(code, encoding="utf-8")


def first_reply(side: str, folder: Path) -> float:
    """Milliseconds from the start of a process to its first reply, what nobody asks it for not counted."""
    environ = {**SETTINGS, "SWITCHBOARD_DATA_DIR": str(folder)}
    if sys.dont_write_bytecode:
        environ |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    with function(f"{side}.handler", folder=folder, environ=environ) as made:
        response, took = made.invoke(EVENT)
    if response["messages"][0]["content"] != "Sixteen weeks.":
        raise RuntimeError(f"not the answer: {json.dumps(response)}")
    return made.init_ms + took


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
