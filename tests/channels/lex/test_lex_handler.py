"""The code hook as Lambda calls it."""

from channels.lex.answering import Fulfilment
from channels.lex.handler import LambdaHandler
from switchboard.testing.assistant import FakeAssistant

from .lexing import NOW, a_channel, faults, payload


class Context:
    """Lambda's, of which only the time is used."""

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def test_calls_of_a_process_share_what_answers_them() -> None:
    made: list[Fulfilment] = []

    def make() -> Fulfilment:
        made.append(Fulfilment(a_channel(), FakeAssistant(), lambda: NOW + 60 * len(made)))
        return made[-1]

    handler = LambdaHandler(make)
    assert made == []
    first, second = handler(payload(), Context()), handler(payload(inputTranscript="And now?"), Context())
    assert len(made) == 1
    assert faults(first) == faults(second) == []
    assert "How long is parental leave?" in first["messages"][0]["content"]
    assert "And now?" in second["messages"][0]["content"]
    handler.close()
