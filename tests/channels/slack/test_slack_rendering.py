"""Replies as Slack messages: inside every limit, nothing lost, nothing that fires."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.slack.blocks import MESSAGE_SIZE, Post, Upload, growing, render
from channels.slack.markup import is_web, units
from channels.slack.runs import plain, rich_text
from channels.slack.streams import harmless
from switchboard import Artifact, Citation, JobStarted, Question, Reply, Warning
from switchboard.testing.slack_limits import fault, words

FIRES = re.compile(r"<[!@#][^>]*>")
PIECES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "\n\n",
            "\n",
            "# Head\n",
            "- item\n",
            "  - nested\n",
            "3. third\n",
            "> quoted\n",
            "> > deep\n",
            "| a | b |\n|---|---|\n| 1 | 2 |\n",
            "```python\nprint('<!channel>')\n",
            "```\n",
            "**bold *both***",
            "`code`",
            "~~gone~~",
            "[label](https://example.com/x?a=1&b=2)",
            "[evil](javascript:alert(1))",
            "![alt](https://example.com/p.png)",
            "https://example.com/a_b_c.",
            "<!channel>",
            "<@U0ANN>",
            "<#C1|general>",
            "[<!here>](https://example.com)",
            "&amp; & < >",
            "👩‍👩‍👧‍👦🏽 ✨",
            "مرحبا بالعالم",
            "e\u0301" * 5,
            "word " * 400,
            "x" * 4_000,
            "&" * 3_500,
            "line\n" * 300,
            "[1]",
            "<b>html</b>",
            "[ref]: https://example.com\n",
            "    indented\n",
            "***",
        ]
    ),
)
TEXT = st.lists(PIECES, max_size=30).map("".join)
CITATIONS = st.lists(
    st.builds(
        Citation,
        number=st.integers(1, 99),
        title=st.text(max_size=400),
        source=st.just("a.pdf"),
        page=st.integers(0, 9),
        link=st.sampled_from(
            ["", "https://example.com/d?a=1&b=2", "javascript:1", "/documents/1", "https://x/" + "y" * 600]
        ),
    ),
    max_size=40,
)
OPTIONS = st.lists(st.text(min_size=1, max_size=90), max_size=40).map(tuple)


def everything_said(parts: Any) -> str:
    return "".join(text for part in parts if isinstance(part, Post) for block in part.blocks for text in words(block))


def squeezed(text: str) -> str:
    """What a reader sees of a text: no space, no control or invisible characters."""
    return "".join(character for character in text if character.isprintable() and not character.isspace())


@settings(deadline=None, max_examples=150)
@given(text=TEXT, citations=CITATIONS, options=OPTIONS, warning=st.text(max_size=200), job=st.booleans())
def test_any_reply_is_inside_every_limit_and_loses_nothing(
    text: str, citations: list[Citation], options: tuple[str, ...], warning: str, job: bool
) -> None:
    reply = Reply(
        text=text,
        status="complete",
        citations=tuple(citations),
        warnings=(Warning(text=warning, code="w"),),
        question=Question(text="Which?", options=options) if options else None,
        job=JobStarted(job_id="j", text="It goes on.") if job else None,
    )
    parts = render(reply)
    said = squeezed(everything_said(parts))
    for part in parts:
        assert isinstance(part, Post)
        assert fault({"text": part.text, "blocks": part.blocks}) == ""
        assert len(part.text) <= MESSAGE_SIZE
        assert not FIRES.search(part.text)
        assert not re.search(r"<(?!https?://|mailto:)", " ".join(_mrkdwn(part.blocks)))
    for option in options:
        assert squeezed(option) in said
    for word in re.findall(r"[a-zA-Z]{2,}|[\u0600-\u06ff]+|👩", squeezed_markdown(text)):
        assert word in said
    for citation in citations:
        assert f"[{citation.number}]" in said


def squeezed_markdown(text: str) -> str:
    """The words of a Markdown text that a reader is to see: neither languages of code nor link destinations."""
    return re.sub(r"```\w+|\]\([^)]*\)|&\w+;", " ", text)


def _mrkdwn(blocks: Any) -> list[str]:
    return [one["text"] for block in blocks for one in block.get("elements", ()) if one.get("type") == "mrkdwn"]


@pytest.mark.parametrize("size", [10_000, 200_000])
def test_a_huge_reply_is_many_messages_that_say_all_of_it(size: int) -> None:
    numbers = [f"w{number}" for number in range(size // 7)]
    text = " ".join(f"**{word}**" if place % 50 == 0 else word for place, word in enumerate(numbers))
    parts = render(Reply(text=text, status="complete"))
    shown = " ".join(word for part in parts for block in part.blocks for word in words(block))  # type: ignore[union-attr]
    assert re.findall(r"w\d+", shown) == numbers


def test_code_keeps_its_lines_and_their_indentation() -> None:
    code = "\n".join(f"{'    ' * (number % 4)}line_{number}()" for number in range(800))
    parts = render(Reply(text=f"Look:\n\n```python\n{code}\n```\n\nDone.", status="complete"))
    blocks = [element for part in parts for block in part.blocks for element in block.get("elements", ())]  # type: ignore[union-attr]
    shown = "\n".join(one["elements"][0]["text"] for one in blocks if one["type"] == "rich_text_preformatted")
    assert shown == code


def test_mentions_in_a_reply_are_words() -> None:
    (post,) = render(Reply(text="<!channel> <@U0ANN> [<!here>](https://example.com) `<#C1>`", status="complete"))
    assert isinstance(post, Post)
    assert {element["type"] for element in post.blocks[0]["elements"][0]["elements"]} == {"text", "link"}
    assert "&lt;!channel&gt; &lt;@U0ANN&gt;" in post.text


@given(text=st.text(alphabet="<!@#channelU0>|", max_size=60))
def test_nothing_fires_in_a_stream(text: str) -> None:
    assert not re.search(r"<[!@#]", harmless(text))


def test_markdown_is_styled_text() -> None:
    (heading, para, item, nested, code, quote) = units(
        "# Title\n\nA **b** *i* ~~s~~ `c` [l](https://e.x)\n\n4. four\n   - in\n\n```\nx\n```\n\n> q"
    )
    assert heading.runs[0].styles == {"bold"}
    assert {style for run in para.runs for style in run.styles} == {"bold", "italic", "strike", "code"}
    assert para.runs[-1].url == "https://e.x"
    assert (item.number, nested.number, nested.indent) == (4, 0, 1)
    assert (code.kind, quote.kind) == ("code", "quote")


def test_a_numbered_list_counts_on_after_what_stands_between_its_items() -> None:
    block = rich_text(units("1. one\n\n   ```\n   x\n   ```\n2. two\n3. three"))
    lists = [element for element in block["elements"] if element["type"] == "rich_text_list"]
    assert [element.get("offset", 0) for element in lists] == [0, 1]


def test_a_table_is_set_in_columns() -> None:
    assert plain(units("| a | long |\n|---|---|\n| 1 | 2 |")) == "a  long\n-  ----\n1  2"


def test_what_is_nested_too_deep_is_shown_as_it_was_written() -> None:
    assert "bottom" in plain(units("> " * 60 + "bottom"))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x.y", "http://", "https://a b", "@x", "!here"]
)
def test_only_true_addresses_become_links(url: str) -> None:
    assert not is_web(url)


def test_sources_are_links_below_the_answer() -> None:
    cited = Citation(number=1, title="A & B | <c>", source="a.pdf", page=3, link="https://e.x/?a=1&b=2")
    (post,) = render(Reply(text="So it is [1].", status="complete", citations=(cited,)))
    assert isinstance(post, Post)
    context = next(block for block in post.blocks if block["type"] == "context")
    assert context["elements"][0]["text"] == "[1] <https://e.x/?a=1&amp;b=2|A &amp; B | &lt;c&gt;, page 3>"


def test_a_few_options_are_buttons_and_many_are_a_list() -> None:
    few = Reply(text="", status="complete", question=Question(text="Which?", options=("2025", "2026")))
    many = Reply(
        text="", status="complete", question=Question(text="Which?", options=tuple(map(str, range(2000, 2030))))
    )
    assert [block["type"] for block in render(few)[0].blocks] == ["rich_text", "actions"]  # type: ignore[union-attr]
    (post,) = render(many)
    assert isinstance(post, Post)
    assert "30. 2029" in post.text


def test_pictures_are_shown_files_are_uploaded_and_the_rest_is_named() -> None:
    made = (
        Artifact(name="p.png", media_type="image/png", size=1, digest="", link="https://e.x/p.png"),
        Artifact(name="d.pdf", media_type="application/pdf", size=1, digest="d1"),
        Artifact(name="l.csv", media_type="text/csv", size=1, digest="", link="https://e.x/l.csv"),
    )
    post, upload = render(Reply(text="Here.", status="complete", artifacts=made))
    assert isinstance(post, Post)
    assert isinstance(upload, Upload)
    assert upload.artifact.digest == "d1"
    assert [block["type"] for block in post.blocks] == ["rich_text", "context", "image", "context_actions"]


def test_an_empty_reply_is_nothing_to_send() -> None:
    assert render(Reply(text=" \n", status="complete")) == ()


def test_a_stopped_reply_says_so() -> None:
    (post,) = render(Reply(text="Half of", status="stopped"))
    assert isinstance(post, Post)
    assert "Stopped here" in post.text


def test_a_growing_answer_shows_its_newest_part() -> None:
    post = growing("word " * 5_000 + "newest", {"type": "actions", "elements": []})
    assert post.text.endswith("newest")
    assert fault({"blocks": post.blocks, "text": post.text}) == ""
