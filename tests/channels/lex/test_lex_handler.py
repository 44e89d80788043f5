"""The code hook as Lambda calls it."""

import asyncio

from channels.lex.answering import Fulfilment
from channels.lex.handler import LambdaHandler
from switchboard.testing.assistant import FakeAssistant

from .lexing import NOW, a_channel, faults, payload


class Context:
    """Lambda's, of which only the time is used."""

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def test_calls_of_a_process_run_in_one_loop() -> None:
    loops: set[int] = set()
    answers = Fulfilment(a_channel(), FakeAssistant(), lambda: NOW + 60 * len(loops))

    async def kept() -> Fulfilment:
        loops.add(id(asyncio.get_running_loop()))
        return answers

    handler = LambdaHandler(kept)
    first, second = handler(payload(), Context()), handler(payload(inputTranscript="And now?"), Context())
    handler.close()
    assert len(loops) == 1
    assert faults(first) == faults(second) == []
    assert "How long is parental leave?" in first["messages"][0]["content"]
    assert "And now?" in second["messages"][0]["content"]


def test_what_answers_can_be_made_before_the_first_call() -> None:
    made: list[Fulfilment] = []

    async def kept() -> Fulfilment:
        made.append(Fulfilment(a_channel(), FakeAssistant(), lambda: NOW))
        return made[-1]

    handler = LambdaHandler(kept)
    assert made == []
    handler.prepare()
    assert len(made) == 1
    handler.close()
