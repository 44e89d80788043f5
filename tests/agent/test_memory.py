"""The window: valid, short, and packed into bytes and back."""

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall, ToolMessage
from langgraph.checkpoint.base import empty_checkpoint

from agent.memory import KEPT_RESULT, WINDOW_CHARACTERS, WindowSaver, repaired, settled


def call(name: str) -> AIMessage:
    return AIMessage("", tool_calls=[ToolCall(name="t", args={}, id=name)])


def test_a_call_without_a_result_gets_one() -> None:
    mended = repaired([HumanMessage("a"), call("1"), HumanMessage("b")], "cancelled")
    assert [type(message) for message in mended] == [HumanMessage, AIMessage, ToolMessage, HumanMessage]
    result = mended[2]
    assert isinstance(result, ToolMessage)
    assert (result.tool_call_id, result.status, result.content) == ("1", "error", "cancelled")


def test_a_valid_history_is_left_as_it_is() -> None:
    history: list[AnyMessage] = [HumanMessage("a"), call("1"), ToolMessage("r", tool_call_id="1"), AIMessage("b")]
    assert repaired(history) == history


def test_the_window_holds_the_newest_turns() -> None:
    history: list[AnyMessage] = []
    for number in range(5):
        history += [HumanMessage(str(number)), AIMessage("re")]
    assert [message.content for message in settled(history, 2)] == ["3", "re", "4", "re"]


def test_the_window_never_begins_in_the_middle_of_a_turn() -> None:
    history: list[AnyMessage] = []
    for number in range(4):
        history += [
            HumanMessage("q" * WINDOW_CHARACTERS),
            call(str(number)),
            ToolMessage("r", tool_call_id=str(number)),
        ]
    kept = settled(history, 12)
    assert len(kept) == 3
    assert isinstance(kept[0], HumanMessage)


def test_a_long_result_is_shortened_and_says_so() -> None:
    kept = settled([HumanMessage("a"), call("1"), ToolMessage("r" * 5000, tool_call_id="1")], 3)
    assert len(kept[2].content) < KEPT_RESULT + 100
    assert "call the tool again" in kept[2].content


def test_old_passages_and_markers_can_not_be_cited_again() -> None:
    history = [
        HumanMessage("see [1]"),
        call("1"),
        ToolMessage('<passage id="1" title="t">\nx\n</passage>', tool_call_id="1"),
        AIMessage("It is so [1]."),
    ]
    kept = settled(history, 3)
    assert kept[0].content == "see [1]"
    assert '<passage id="earlier"' in str(kept[2].content)
    assert kept[3].content == "It is so."


def saved(saver: WindowSaver, thread: str) -> bytes:
    config = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"messages": [HumanMessage("häi")]}
    saver.put(config, checkpoint, {"source": "loop", "step": 1, "parents": {}}, {})  # type: ignore[arg-type]
    saver.put_writes(config, [("messages", HumanMessage("late"))], "task")  # type: ignore[arg-type]
    memory = saver.unload(thread)
    assert memory is not None
    return memory


def test_memory_survives_the_way_into_the_store() -> None:
    saver = WindowSaver()
    memory = saved(saver, "a")
    saver.load("b", memory)
    found = saver.get_tuple({"configurable": {"thread_id": "b"}})
    assert found is not None
    assert found.checkpoint["channel_values"]["messages"][0].content == "häi"
    assert found.pending_writes is not None
    assert found.pending_writes[0][2].content == "late"
    assert saver.unload("b") == memory


def test_memory_of_another_format_is_left_aside() -> None:
    saver = WindowSaver()
    saver.load("a", b"9 from the future")
    assert saver.get_tuple({"configurable": {"thread_id": "a"}}) is None
    assert saver.unload("a") is None


def test_threads_do_not_see_each_other() -> None:
    saver = WindowSaver()
    saver.load("a", saved(saver, "x"))
    assert saver.get_tuple({"configurable": {"thread_id": "b"}}) is None
    assert list(saver.list({"configurable": {"thread_id": "b"}})) == []
    assert saver.unload("b") is None
