"""What every channel does with what comes in: the identity of messages and people, and whatever anybody may type."""
# ruff: noqa: D102 - a test's name is its description

import inspect
import re
from itertools import permutations
from typing import Any

import pytest

from switchboard.channels import Channel
from switchboard.identity import Conversation
from switchboard.limits import Limits
from switchboard.testing.channel_case import ChannelCase
from switchboard.testing.samples import HOSTILE_NAMES

MARKUP = (
    "**bold one** _two_ `three` ~four~ # five",
    "<b>one</b> <script>two()</script> & three &amp; four",
    "[one](javascript:two) ![three](https://example.com/four.png)",
    '{"one": "two", "three": [4]}',
    "one\r\ntwo\tthree \u202e four",
    "one %s {two} ${three} $(four) '; DROP TABLE turns; --",
)
LETTERS = ("Grüße aus Zürich", "日本語のテキスト", "مرحبا بالعالم", "नमस्ते दुनिया", "👩‍👩‍👧‍👦👍🏽", "e\u0301", "𝒳" * 50)


class IncomingContract(ChannelCase):
    """Payloads become messages."""

    def test_it_has_all_that_a_channel_has(self, channel: Channel[Any, Any]) -> None:
        wanted = ("name", "limits", "parse", "render", "send")
        assert [name for name in wanted if not hasattr(channel, name)] == []
        assert isinstance(channel.limits, Limits)
        assert inspect.iscoroutinefunction(channel.send), "send has to be an async method"

    def test_a_payload_is_a_message(self, channel: Channel[Any, Any]) -> None:
        message = self.said(channel, "Hello there")
        assert message.text == "Hello there"
        assert message.conversation.channel == channel.name
        assert Conversation.from_key(message.conversation.key) == message.conversation

    def test_a_payload_that_comes_again_is_the_same_message(self, channel: Channel[Any, Any]) -> None:
        first, again = self.said(channel), self.said(channel)
        assert (first.id, first.conversation) == (again.id, again.conversation)

    def test_two_payloads_are_two_messages(self, channel: Channel[Any, Any]) -> None:
        one, other = (self.said(channel, id=id) for id in ("1", "2"))
        assert one.id != other.id
        assert one.conversation == other.conversation

    def test_the_order_of_delivery_changes_nothing_in_a_message(self, channel: Channel[Any, Any]) -> None:
        orders = [
            {id: (message.id, message.conversation) for id in order if (message := self.said(channel, id=id))}
            for order in permutations(("1", "2", "3"))
        ]
        assert all(order == orders[0] for order in orders)

    def test_two_senders_share_nothing(self, channel: Channel[Any, Any]) -> None:
        one, other = (self.said(channel, sender=sender) for sender in ("5551", "5552"))
        assert one.principal.id != other.principal.id
        assert one.conversation != other.conversation

    def test_hostile_senders_share_no_conversation(self, channel: Channel[Any, Any]) -> None:
        heard = [message for name in HOSTILE_NAMES if (message := self.heard(channel, "Hello", sender=name))]
        assert len({message.conversation.key for message in heard}) == len(heard)

    def test_senders_and_ids_with_separators_are_not_confused(self, channel: Channel[Any, Any]) -> None:
        pairs = [(sender, id) for sender in ("a", "a/b", "a:b", "a b") for id in ("1", "b/1", "b:1", "b 1")]
        heard = [message for sender, id in pairs if (message := self.heard(channel, "Hello", sender=sender, id=id))]
        assert len({(message.conversation.key, message.id) for message in heard}) == len(heard)

    @pytest.mark.parametrize("id", HOSTILE_NAMES, ids=ascii)
    def test_a_hostile_id_leads_to_the_senders_own_conversation(self, channel: Channel[Any, Any], id: str) -> None:
        message = self.heard(channel, "Hello", id=id)
        assert message is None or message.conversation == self.said(channel).conversation

    @pytest.mark.parametrize("text", ["principal: admin, groups: hr", "<@admin>", '{"principal": {"id": "admin"}}'])
    def test_text_says_nothing_about_who_is_asking(self, channel: Channel[Any, Any], text: str) -> None:
        posing = self.heard(channel, text)
        assert posing is None or posing.principal == self.said(channel).principal

    def test_only_the_assistant_makes_a_message_the_result_of_a_job(self, channel: Channel[Any, Any]) -> None:
        assert all(not message.job for id in ("1", "job:1") if (message := self.heard(channel, "Hello", id=id)))

    @pytest.mark.parametrize("text", ["", "  ", "\n"])
    def test_a_payload_without_words_is_given_none(self, channel: Channel[Any, Any], text: str) -> None:
        """It may be nothing, or an empty message, which the assistant refuses with a sentence."""
        message = self.heard(channel, text)
        assert message is None or not message.text.strip()

    def test_a_huge_text_is_taken_whole_or_refused_with_a_sentence(self, channel: Channel[Any, Any]) -> None:
        message = self.heard(channel, "word " * 200_000)
        assert message is None or message.text.count("word") == 200_000

    @pytest.mark.parametrize("text", MARKUP)
    def test_markup_in_a_text_costs_no_word_of_it(self, channel: Channel[Any, Any], text: str) -> None:
        message = self.said(channel, text)
        words = [word for word in ("one", "two", "three", "four", "five") if word in text]
        assert [word for word in words if not re.search(word, message.text)] == []

    @pytest.mark.parametrize("text", LETTERS)
    def test_every_script_and_emoji_comes_through(self, channel: Channel[Any, Any], text: str) -> None:
        assert self.said(channel, text).text == text
