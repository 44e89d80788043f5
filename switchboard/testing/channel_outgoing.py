"""What every channel does with replies: inside every limit, nothing lost, whatever is in them."""
# ruff: noqa: D102 - a test's name is its description

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from switchboard.channels import Channel
from switchboard.events import Citation, JobStarted, Question, Warning
from switchboard.rendering import measure
from switchboard.reply import Reply
from switchboard.testing.channel_case import ChannelCase
from switchboard.testing.replies import LARGE, Told, large, replies, said

PROSE = " ".join(f"Sentence number {number} says something." for number in range(400))
LARGEST = 200_000
"""Characters of the largest replies."""

# Rendering is pure, so one channel serves all examples; and the test belongs to every class that inherits it.
RENDERING = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow],
)


class OutgoingContract(ChannelCase):
    """Replies become parts."""

    def test_a_long_answer_fits_and_nothing_of_what_is_shown_is_cut(self, channel: Channel[Any, Any]) -> None:
        parts = channel.render(Reply(text=PROSE, status="complete"))
        assert parts
        self.fits(channel, parts)
        numbers = [int(number) for number in re.findall(r"number (\d+) says something", self.shown(parts))]
        assert numbers == list(range(len(numbers)))

    @RENDERING
    @given(told=replies())
    def test_any_reply_fits_and_nothing_is_lost(self, channel: Channel[Any, Any], told: Told) -> None:
        parts = channel.render(told.reply)
        self.fits(channel, parts)
        if self.is_whole(channel, parts, told):
            self.names_all(told.reply, parts)

    @pytest.mark.parametrize("kind", LARGE)
    def test_the_largest_replies_fit_and_nothing_is_lost(self, channel: Channel[Any, Any], kind: str) -> None:
        told = large(kind, LARGEST)
        parts = channel.render(told.reply)
        self.fits(channel, parts)
        self.is_whole(channel, parts, told)

    @pytest.mark.parametrize("text", ["", " ", "x" * 20_000, "e" + "\u0301" * 5_000, "```\n" * 50, "[" * 5_000])
    def test_what_can_not_be_parted_well_fits_as_well(self, channel: Channel[Any, Any], text: str) -> None:
        self.fits(channel, channel.render(Reply(text=text, status="complete")))

    @pytest.mark.parametrize("count", [0, 1, 2, 5, 6, 25, 40])
    def test_every_suggested_answer_can_be_given(self, channel: Channel[Any, Any], count: int) -> None:
        options = tuple(f"o{number}x" for number in range(count))
        reply = Reply(text="", status="complete", question=Question(text="Which one?", options=options))
        parts = channel.render(reply)
        self.fits(channel, parts)
        assert "Which one?" in self.shown(parts)
        assert [option for option in options if option not in self.shown(parts)] == []

    def test_a_source_is_named(self, channel: Channel[Any, Any]) -> None:
        citation = Citation(number=1, title="Travel policy", source="travel.pdf", page=2)
        reply = Reply(text="It is so [1].", status="complete", citations=(citation,))
        assert "Travel policy" in self.shown(channel.render(reply))

    def test_what_goes_on_as_a_job_is_told(self, channel: Channel[Any, Any]) -> None:
        reply = Reply(text="", status="partial", job=JobStarted(job_id="j", text="I'm on it, still."))
        assert "on it, still" in self.shown(channel.render(reply))

    def test_a_warning_is_told(self, channel: Channel[Any, Any]) -> None:
        reply = Reply(text="So.", status="partial", warnings=(Warning(text="Page seven is blank.", code="blank"),))
        assert "Page seven is blank" in self.shown(channel.render(reply))

    def test_a_failure_is_told(self, channel: Channel[Any, Any]) -> None:
        reply = Reply(text="Please try again. (Incident 1a2b.)", status="failed", incident="1a2b")
        assert "1a2b" in self.shown(channel.render(reply))

    def fits(self, channel: Channel[Any, Any], parts: Sequence[Any]) -> None:
        """Hold parts to the channel's own limits."""
        limits = channel.limits
        assert limits.messages is None or len(parts) <= limits.messages
        for part in parts:
            assert limits.text is None or measure(self.text_of(part), limits.unit) <= limits.text
            buttons = self.buttons_of(part)
            assert len(buttons) <= limits.buttons
            assert all(measure(label, limits.unit) <= limits.button_text for label in buttons)

    def is_whole(self, channel: Channel[Any, Any], parts: Sequence[Any], told: Told) -> bool:
        """Whether the whole text is there; only what would be too many messages may wait for "more"."""
        numbers = said(self.shown(parts))
        assert numbers == list(range(len(numbers))), "words are lost, doubled or out of order"
        whole = len(numbers) == told.words
        assert whole or channel.limits.messages is not None, f"the text ends after {len(numbers)} of {told.words} words"
        return whole and (channel.limits.messages is None or len(parts) < channel.limits.messages)

    def names_all(self, reply: Reply, parts: Sequence[Any]) -> None:
        """Hold what is shown to the reply's sources and suggested answers."""
        shown = self.shown(parts)
        options = reply.question.options if reply.question else ()
        expected = [*(option.split()[0] for option in options), *(f"s{one.number}x" for one in reply.citations)]
        assert [word for word in expected if word not in shown] == []
