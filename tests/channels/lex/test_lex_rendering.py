"""Whatever the reply, what goes to Lex fits, is whole and is well formed."""

import json
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.lex import texts
from channels.lex.limits import BUTTON_FIELD, BUTTONS, CARD_FIELD, MESSAGE_TEXT, MESSAGES, REPLY_BYTES
from channels.lex.parts import Card, LexMessage, Text
from channels.lex.rendering import Style, pages, pieces, text_messages
from switchboard import Artifact, Citation, JobStarted, Question, Reply, Warning
from switchboard.plain import plain
from switchboard.rendering import measure

from .lexing import faults

PLAIN, SPEECH, CUSTOM = Style(), Style(text="SSML", cards=False), Style(text="CustomPayload")
BARE = Style(cards=False)
MARKDOWN = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            "**bold words** and *more*, `code` & <tags>",
            "```python\nif a < b and c > d:\n    x = '&'\n```",
            "| a | b |\n|---|---|\n| 1 | 2 |",
            "[the policy](https://policies.example/leave?a=1&b=2) says so [1].",
            "# A heading\n\n- one\n- two\n",
            "שלום עולם, مرحبا بالعالم",
            "👩‍👩‍👧‍👦 🇫🇷 é漢字。",
            "A sentence that is said over and over again. " * 40,
            "x" * 1_500,
            "😀" * 700,
            "&<>" * 500,
        ]
    ),
)
LABELS = st.text(min_size=1, max_size=70)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    body = "\n\n".join(draw(st.lists(MARKDOWN, max_size=12)))
    options = tuple(draw(st.lists(LABELS, max_size=40)))
    question = draw(st.none() | st.builds(Question, text=st.text(max_size=400), options=st.just(options)))
    links = st.sampled_from(["", "https://files.example/a.png", "https://files.example/" + "a" * 300, "s3://b/k"])
    return Reply(
        text=body * draw(st.sampled_from([1, 1, 1, 5])),
        status="complete",
        citations=tuple(
            Citation(number=number, title=title, source="s", page=number, link=draw(links))
            for number, title in enumerate(draw(st.lists(st.text(max_size=80), max_size=4)), start=1)
        ),
        artifacts=tuple(
            Artifact(name=name, media_type="image/png", size=1, digest=f"d{name}", link=draw(links))
            for name in draw(st.lists(st.text(min_size=1, max_size=300), max_size=3))
        ),
        warnings=tuple(Warning(text=text, code="c") for text in draw(st.lists(st.text(max_size=50), max_size=2))),
        question=question,
        job=draw(st.none() | st.just(JobStarted(job_id="j", text="It goes on."))),
    )


def content(message: LexMessage) -> str:
    """All that a person reads or hears of a message."""
    if isinstance(message, Card):
        return " ".join([message.title, message.image_url, *(button.text for button in message.buttons)])
    if message.content_type == "SSML":
        return "".join(ElementTree.fromstring(message.content).itertext())
    return message.content


def letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", text))


@settings(deadline=None, max_examples=300)
@given(replies(), st.sampled_from([PLAIN, SPEECH, CUSTOM, BARE]), st.integers(0, 12_000))
def test_any_reply_stays_inside_every_limit(reply: Reply, style: Style, taken: int) -> None:
    for page in pages(pieces(reply, style), style, taken=taken):
        assert 0 < len(page) <= MESSAGES
        sent = [message.to_json() for message in page]
        assert faults({"messages": sent, "sessionState": {}}) == []
        assert len(json.dumps(sent)) + min(taken, REPLY_BYTES * 3 // 4) <= REPLY_BYTES + 2
        assert style.cards or not any(isinstance(message, Card) for message in page)
        assert all(isinstance(message, Card) or message.content_type == style.text for message in page)


@settings(deadline=None, max_examples=300)
@given(replies(), st.sampled_from([PLAIN, BARE]))
def test_no_content_of_any_reply_is_lost(reply: Reply, style: Style) -> None:
    shown = [message for page in pages(pieces(reply, style), style) for message in page]
    told = letters(" ".join(content(message) for message in shown))
    question = reply.question.text if reply.question else ""
    options = reply.question.options if reply.question else ()
    parts = [reply.text, question, *options, *(citation.title for citation in reply.citations)]
    parts += [part for each in reply.artifacts for part in (" ".join(each.name.split()), each.link)]
    parts += [warning.text for warning in reply.warnings]
    words = re.sub(texts.MORE_FOLLOWS + " " + texts.MORE + "|" + texts.SAY_MORE, "", " ".join(map(content, shown)))
    told += letters(words)
    for part in parts:
        for word in re.findall(r"[^\W_]+", plain(part).replace("\ufffd", "")):
            assert all(piece in told for piece in [word[:40], word[-40:]])


@settings(deadline=None, max_examples=200)
@given(st.lists(MARKDOWN, max_size=12).map("\n\n".join))
def test_markup_is_never_broken(text: str) -> None:
    for message in text_messages(text, SPEECH):
        ElementTree.fromstring(message.content)
    if "```" in text and text.count("```") == text.count("```python") * 2:
        for message in text_messages(text, CUSTOM):
            assert message.content.count("```") % 2 == 0


@settings(deadline=None, max_examples=200)
@given(st.lists(MARKDOWN, min_size=1, max_size=12).map("\n\n".join))
def test_text_parted_for_speech_is_whole_when_put_together(text: str) -> None:
    heard = "".join(content(message) for message in text_messages(text, SPEECH))
    read = "".join(message.content for message in text_messages(re.sub(r"\[\d{1,3}\]", "", text), BARE))
    assert letters(heard) == letters(read)


def test_a_reply_of_200_kilobytes_fits_into_pages() -> None:
    reply = Reply(
        text="".join(f"Sentence number {number} says something. " for number in range(5_200)), status="complete"
    )
    shown = pages(pieces(reply, PLAIN), PLAIN)
    numbers = re.findall(r"number (\d+) says", " ".join(content(message) for page in shown for message in page))
    assert numbers == [str(number) for number in range(5_200)]
    assert len(shown) > 20


def test_each_page_but_the_last_leads_to_the_next() -> None:
    shown = pages(pieces(Reply(text="One sentence. " * 2_000, status="complete"), PLAIN), PLAIN)
    ends = [isinstance(page[-1], Card) and page[-1].buttons[0].value == texts.MORE for page in shown]
    assert ends == [*[True] * (len(shown) - 1), False]


def test_where_cards_are_not_shown_the_way_on_is_said() -> None:
    shown = pages(pieces(Reply(text="One sentence. " * 2_000, status="complete"), BARE), BARE)
    assert shown[0][-1] == Text(content=texts.SAY_MORE)


@pytest.mark.parametrize(
    ("options", "on_buttons"),
    [
        (("red", "blue"), True),
        (tuple("abcde"), True),
        (tuple("abcdef"), False),
        (("a" * BUTTON_FIELD,), True),
        (("a" * (BUTTON_FIELD + 1),), False),
        (("😀" * 26,), False),
        (("red", " "), False),
    ],
)
def test_options_are_buttons_where_they_fit_and_a_numbered_list_where_not(
    options: tuple[str, ...], on_buttons: bool
) -> None:
    reply = Reply(text="", status="complete", question=Question(text="Which?", options=options))
    messages = pieces(reply, PLAIN)
    cards = [message for message in messages if isinstance(message, Card)]
    assert [[button.value for button in card.buttons] for card in cards] == ([list(options)] if on_buttons else [])
    if not on_buttons:
        assert f"1. {options[0]}" in content(messages[0])


@pytest.mark.parametrize("asked", ["May I do this? - pay (sum: `100`)", "Which of them? " * 20])
def test_a_question_stands_once_as_text_above_its_buttons(asked: str) -> None:
    text, card = pieces(Reply(text="", status="complete", question=Question(text=asked, options=("red",))), PLAIN)
    assert isinstance(card, Card)
    assert card.title == texts.CHOOSE
    assert content(text) == asked.replace("`", "").strip()


def test_a_reply_that_goes_on_as_a_job_has_a_button_for_its_result_and_says_so_once() -> None:
    reply = Reply(text="It goes on.", status="complete", job=JobStarted(job_id="j", text="It goes on."))
    text, card = pieces(reply, PLAIN)
    assert content(text) == "It goes on."
    assert isinstance(card, Card)
    assert [button.value for button in card.buttons] == [texts.SHOW_RESULT]


def test_a_picture_with_an_address_is_a_card() -> None:
    picture = Artifact(name="chart.png", media_type="image/png", size=1, digest="d", link="https://files.example/c.png")
    messages = pieces(Reply(text="Look:", status="complete", artifacts=(picture,)), PLAIN)
    assert messages[1] == Card(title="chart.png", image_url="https://files.example/c.png")


def test_speech_has_neither_marks_nor_addresses() -> None:
    source = Citation(number=1, title="Travel policy", source="t", page=2, link="https://a.example")
    reply = Reply(text="It is **40 euros** [1] & more.", status="complete", citations=(source,))
    (message,) = pieces(reply, SPEECH)
    assert isinstance(message, Text)
    assert message.content == "<speak>It is 40 euros &amp; more.\n\nTravel policy, page 2</speak>"


def test_an_empty_reply_says_something() -> None:
    assert pieces(Reply(text="", status="stopped"), PLAIN) == (Text(content=texts.NOTHING_SAID),)


def test_the_limits_are_those_of_the_service() -> None:
    card = Card(title="t" * CARD_FIELD, image_url="u" * CARD_FIELD)
    over = Card(title="t" * (CARD_FIELD + 1))
    text = Text(content="x" * MESSAGE_TEXT)
    assert faults({"messages": [text.to_json(), card.to_json()] * (MESSAGES // 2)}) == []
    assert len(faults({"messages": [over.to_json(), Text(content="x" * (MESSAGE_TEXT + 1)).to_json()]})) == 2
    assert len(faults({"messages": [text.to_json()] * (MESSAGES + 1)})) == 1
    assert BUTTONS == 5
    assert measure("😀", "utf16_units") == 2
