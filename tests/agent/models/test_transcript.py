from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from agent.models.transcript import exchanges

CALL = {"name": "search_documents", "args": {"query": "x"}, "id": "c1", "type": "tool_call"}


def test_messages_are_grouped_by_what_the_person_said() -> None:
    first, second = exchanges(
        [
            SystemMessage("rules"),
            HumanMessage("one"),
            AIMessage("", tool_calls=[CALL]),
            ToolMessage("found", tool_call_id="c1"),
            AIMessage("answer"),
            HumanMessage("two"),
        ]
    )
    assert (first.text, first.answer, second.text) == ("one", "answer", "two")
    assert first.result_of(first.calls[0]) == first.results[0]


def test_notes_on_files_are_not_text() -> None:
    (told,) = exchanges([HumanMessage("What is this?\n[attached: a b.pdf]\n[attached: c.png]")])
    assert (told.text, told.files) == ("What is this?", ("a b.pdf", "c.png"))


def test_a_window_that_begins_in_the_middle_is_read() -> None:
    assert [told.text for told in exchanges([AIMessage("earlier"), HumanMessage("now")])] == ["now"]


def test_text_in_blocks_is_text() -> None:
    (told,) = exchanges([HumanMessage([{"type": "text", "text": "hello"}])])
    assert told.text == "hello"
