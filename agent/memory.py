"""The agent's working memory: a window of recent turns, as a LangGraph checkpoint that our own store keeps.

LangGraph's savers write a checkpoint where and when they like and keep every old one. Here a turn's checkpoint stays in
this process until the turn ends; then it is written together with the reply, in the one `Change` that the fencing token
guards. So memory and transcript can't disagree, a stalled worker can't overwrite a newer one's memory, and a
conversation holds one checkpoint, however long it grows.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, NamedTuple

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)

from agent.citing import without_markers

FORMAT = b"1"
KEPT_RESULT = 600
"""Characters that the window keeps of a tool's result once its turn is over; the tool can be asked again."""
WINDOW_CHARACTERS = 40_000
"""The window holds at most so much text; older turns go first."""


_PASSAGE = re.compile(r'<passage id="\d+"')


class _Held(NamedTuple):
    """What is known of one thread while its turn runs."""

    checkpoint: tuple[str, bytes] | None = None
    metadata: tuple[str, bytes] | None = None
    writes: tuple[tuple[str, str, str, bytes], ...] = ()


class WindowSaver(BaseCheckpointSaver[int]):
    """Holds the checkpoints of the turns that run now: `load` before a turn, `unload` after it."""

    def __init__(self) -> None:
        super().__init__()
        self._threads: dict[str, _Held] = {}

    def load(self, thread: str, memory: bytes | None) -> None:
        """Put a conversation's stored memory at hand; of memory in another format nothing is taken over."""
        self._threads[thread] = _unpack(memory) if memory and memory[:1] == FORMAT else _Held()

    def unload(self, thread: str) -> bytes | None:
        """Take the memory out, to be stored; ``None`` if there is none."""
        held = self._threads.pop(thread, None)
        return None if held is None or held.checkpoint is None else _pack(held)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The thread's one checkpoint."""
        held = self._threads.get(_thread(config))
        if held is None or held.checkpoint is None or held.metadata is None:
            return None
        checkpoint: Checkpoint = self.serde.loads_typed(held.checkpoint)
        return CheckpointTuple(
            config=_config(config, checkpoint["id"]),
            checkpoint=checkpoint,
            metadata=self.serde.loads_typed(held.metadata),
            pending_writes=[
                (task, channel, self.serde.loads_typed((kind, data))) for task, channel, kind, data in held.writes
            ],
        )

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Replace the thread's checkpoint."""
        self._threads[_thread(config)] = _Held(self.serde.dumps_typed(checkpoint), self.serde.dumps_typed(metadata))
        return _config(config, checkpoint["id"])

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keep what an interrupted step has written."""
        held = self._threads.get(_thread(config), _Held())
        more = tuple((task_id, channel, *self.serde.dumps_typed(value)) for channel, value in writes)
        self._threads[_thread(config)] = held._replace(writes=held.writes + more)

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """The one checkpoint there is: no history is kept."""
        found = self.get_tuple(config) if config else None
        return iter([found] if found else [])

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """As ``get_tuple``: nothing here waits."""
        return self.get_tuple(config)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """As ``put``."""
        return self.put(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """As ``put_writes``."""
        self.put_writes(config, writes, task_id, task_path)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """As ``list``."""
        for found in self.list(config):
            yield found

    def get_next_version(self, current: int | None, channel: None) -> int:
        """Versions of a channel count up."""
        return (current or 0) + 1


def settled(messages: Sequence[AnyMessage], turns: int) -> list[AnyMessage]:
    """A turn's messages as the window keeps them: valid for every provider, short, and only the newest turns."""
    kept = [_shortened(message) for message in repaired(messages)]
    starts = [at for at, message in enumerate(kept) if isinstance(message, HumanMessage)]
    first = starts[-turns] if len(starts) > turns else 0
    sizes = [len(str(message.content)) for message in kept]
    for start in starts:
        if start >= first:
            first = start
            if sum(sizes[start:]) <= WINDOW_CHARACTERS:
                break
    return kept[first:]


def repaired(messages: Sequence[AnyMessage], why: str = "cancelled") -> list[AnyMessage]:
    """The messages with a result for each tool call: providers refuse a history with an unanswered one."""
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    out: list[AnyMessage] = []
    for message in messages:
        out.append(message)
        if isinstance(message, AIMessage):
            out += [
                ToolMessage(why, tool_call_id=str(call["id"]), name=call["name"], status="error")
                for call in message.tool_calls
                if call["id"] not in answered
            ]
    return out


def _shortened(message: AnyMessage) -> AnyMessage:
    """A message as later turns see it: numbers start anew with each turn, so old ones must not look citable."""
    text = message.content
    if not isinstance(text, str) or isinstance(message, HumanMessage):
        return message
    if isinstance(message, ToolMessage):
        text = _PASSAGE.sub('<passage id="earlier"', text)
        if len(text) > KEPT_RESULT:
            text = text[:KEPT_RESULT] + "\n[shortened; call the tool again for the whole result]"
        return message.model_copy(update={"content": text, "artifact": None})
    return message.model_copy(update={"content": without_markers(text)})


def _thread(config: RunnableConfig) -> str:
    return str(config["configurable"]["thread_id"])


def _config(config: RunnableConfig, checkpoint_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": _thread(config), "checkpoint_ns": "", "checkpoint_id": checkpoint_id}}


def _pack(held: _Held) -> bytes:
    pieces = [*(held.checkpoint or ("", b"")), *(held.metadata or ("", b""))]
    for write in held.writes:
        pieces += write
    head = json.dumps([piece if isinstance(piece, str) else len(piece) for piece in pieces]).encode()
    return FORMAT + len(head).to_bytes(4) + head + b"".join(piece for piece in pieces if isinstance(piece, bytes))


def _unpack(memory: bytes) -> _Held:
    size = int.from_bytes(memory[1:5])
    at = 5 + size
    pieces: list[Any] = []
    for entry in json.loads(memory[5:at]):
        pieces.append(entry if isinstance(entry, str) else memory[at : at + entry])
        at += 0 if isinstance(entry, str) else entry
    writes = tuple(tuple(pieces[start : start + 4]) for start in range(4, len(pieces), 4))
    return _Held((pieces[0], pieces[1]), (pieces[2], pieces[3]), writes)
