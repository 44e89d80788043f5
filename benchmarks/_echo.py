"""The web chat's server with an assistant that says everything back: ``python -m benchmarks._echo FOLDER graph|bare``.

With ``graph`` it is the whole agent with a chat model that repeats; with ``bare`` something that only repeats stands
where the agent's graph is. All else is as served: SQLite that flushes each write, claims, leases, events, receipts.
"""

import asyncio
import gc
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import repeat
from pathlib import Path
from unittest.mock import patch

from langchain_core.messages import BaseMessage

from agent.run import Run
from benchmarks._sides import Nowhere
from channels.websocket.serve import loop_factory
from channels.websocket.serve import running as serving
from channels.websocket.settings import WebSettings
from stores.sqlite import SqliteConversationStore, SqliteJobStore
from switchboard.testing.models import ScriptedChatModel
from switchboard.testing.running import running


class Bare:
    """What stands in place of the graph."""

    def __init__(self, *_: object) -> None:
        pass

    async def run(self, run: Run, memory: bytes | None) -> bytes | None:
        """Say it back."""
        run.say(run.message.text)
        return memory


def _last(messages: Sequence[BaseMessage]) -> str:
    return str(messages[-1].content)


async def main(folder: Path, *, bare: bool) -> None:
    """Serve until the standard input closes; the address is the first line of the output."""
    model = ScriptedChatModel(repeat(_last))
    model.given = Nowhere()
    file = folder / "switchboard.sqlite"
    given = {"conversations": SqliteConversationStore(file), "jobs": SqliteJobStore(file)}
    with patch("agent.assistant.Graph", Bare) if bare else nullcontext():
        async with (
            running(model, given=given) as assistant,
            serving(assistant, WebSettings(port=0, secret=b"a benchmark keeps no secrets, of 32")) as address,
        ):
            gc.freeze()  # as the server does whose process is its own
            print(address.removeprefix("http://"), flush=True)
            await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main(Path(sys.argv[1]), bare=sys.argv[2] == "bare"))
