"""The first reply of a fresh Lambda process to a Lex call: ``python -m benchmarks.cold_start [rounds]``.

Ours starts as `infra/functions/lex.py` does, with the assistant, its graph and a scripted chat model on stores in
memory, and makes the two clients that the floor makes, as our stores make them: once alone, once with Bedrock's chat
model loaded besides. Between them and the floor stands what a tutorial has, with that model loaded, too. All run under
the real runtime client from one package, made as for a deployment, and see nothing else; in turns.
"""

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks._lambda import function, link_runtime
from benchmarks._timing import p
from infra.packaging.building import build
from infra.packaging.distributions import LEAVE_OUT, ON_THIS_MACHINE, needed

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
    """Measure and print. The first processes, which find no files in memory, are not counted."""
    taken: dict[str, list[tuple[float, float]]] = {side: [] for side in SIDES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        (folder / "runtime").mkdir()
        link_runtime(folder / "runtime")
        build(folder / "package", needed(leave_out=LEAVE_OUT | ON_THIS_MACHINE))
        for number in range(-warm_up, rounds):
            for side in SIDES if number % 2 else reversed(SIDES):
                took = first_reply(side, folder)
                if number >= 0:
                    taken[side].append(took)
    table("time", {side: [time for time, _ in each] for side, each in taken.items()}, 50)
    table("processor", {side: [used for _, used in each] for side, each in taken.items()}, 0)


def table(what: str, taken: Mapping[str, Sequence[float]], percent: int) -> None:
    """Print what the sides took, and how many times the floor's at a percentile: 0 where noise only adds."""
    print(f"{f'{what}, milliseconds':<46} {'least':>8} {'p50':>8} {'p90':>8}")
    for side, title in SIDES.items():
        print(f"{title:<46} {min(taken[side]):8.1f} {p(taken[side], 50):8.1f} {p(taken[side], 90):8.1f}")
    chosen = {side: p(each, percent) if percent else min(each) for side, each in taken.items()}
    for side, most in (("ours", f"   (at most {MOST})"), ("loaded", ""), ("plain", "")):
        print(f"{f'ratio to the floor: {SIDES[side]}':<66} {chosen[side] / chosen['floor']:6.2f}{most}")


def write(folder: Path) -> None:
    """Put the handlers there."""
    files = {"clients": CLIENTS, "floor": FLOOR, "plain": PLAIN, "ours": OURS, "loaded": LOADED}
    (folder / "handlers").mkdir()
    for file, code in files.items():
        (folder / "handlers" / f"{file}.py").write_text(code, encoding="utf-8")


def first_reply(side: str, folder: Path) -> tuple[float, float]:
    """From the start of a process to its first reply, what nobody asks it for not counted.

    Args:
        side: Of `SIDES`.
        folder: With ``handlers``, ``package`` and ``runtime`` in it.

    Returns:
        Milliseconds, and milliseconds of processor time.
    """
    environ = {**SETTINGS, "SWITCHBOARD_DATA_DIR": str(folder / "data")}
    path = [folder / "package", folder / "runtime"]
    with function(f"{side}.handler", folder=folder / "handlers", environ=environ, path=path) as made:
        response, took = made.invoke(EVENT)
    if response["messages"][0]["content"] != "Sixteen weeks.":
        raise RuntimeError(f"not the answer: {json.dumps(response)}")
    return made.init_ms + took, made.processor_ms


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
