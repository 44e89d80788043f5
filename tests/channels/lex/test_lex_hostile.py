"""Twenty thousand damaged calls: each gets an answer that the service takes, and none says who is asking."""

import json
import random
from typing import Any

import pytest

from channels.lex.answering import Fulfilment
from channels.lex.channel import Invocation
from switchboard.errors import BadInput
from switchboard.testing.assistant import FakeAssistant
from tests.mutating import JUNK, mutated

from .lexing import NAMES, NOW, a_channel, faults, payload, token

MUTATIONS = 5_000
LEXS_OWN = (
    {"shape": "List", "values": [None, 7]}, "FallbackIntent", "more", "show result", "DialogCodeHook", "audio/pcm",
    {"switchboard": "a.b"}, {"switchboardToken": "a.b.c"},
)  # fmt: skip
SETTINGS: dict[str, Any] = {"ask": {"AskAnything": "Question"}, "intents": {"FindPolicy": {"tool": "find"}}}


@pytest.mark.parametrize("seed", range(4))
async def test_a_damaged_call_gets_a_valid_answer(seed: int) -> None:
    chance = random.Random(seed)
    channel, assistant = a_channel(**SETTINGS), FakeAssistant()
    fulfilment = Fulfilment(channel, assistant, lambda: NOW)
    for _ in range(MUTATIONS):
        event = mutated(chance, payload(chance.choice(NAMES)), (*JUNK, *LEXS_OWN))
        response = await fulfilment.answer(event, seconds=30)
        json.dumps(response).encode()
        assert faults(response) == [], event
        assert "messages" in response or response["sessionState"]["dialogAction"]["type"] == "Delegate"
        try:
            heard = channel.hear(Invocation(event=event, received_at=NOW))
        except BadInput:
            continue
        assert not heard.principal.verified
    await assistant.close()


def test_a_token_that_was_changed_anywhere_is_not_believed() -> None:
    whole, channel = token(), a_channel()
    for place in range(len(whole)):
        for letter in ("A", "B", "."):
            changed = whole[:place] + letter + whole[place + 1 :]
            event = payload()
            event["sessionState"]["sessionAttributes"] = {"switchboardToken": changed}
            who = channel.hear(Invocation(event=event, received_at=NOW)).principal
            assert who.verified is (changed == whole) or place == len(whole) - 1  # the last letter has unused bits


async def test_a_huge_call_costs_little() -> None:
    size = 200_000
    event = payload(inputTranscript="x" * size)
    event["sessionState"]["sessionAttributes"] = {"switchboard": "y" * size, "switchboardToken": "z" * size}
    assistant = FakeAssistant()
    response = await Fulfilment(a_channel(), assistant, lambda: NOW).answer(event, seconds=30)
    assert len(response["messages"]) <= 10
    await assistant.close()
