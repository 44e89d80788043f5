"""The parts that the settings name: which there are, whether they load, and how good they are."""

import asyncio
import inspect
from collections.abc import Iterator

from switchboard.commands.checks import Line
from switchboard.plugins import Setup
from switchboard.settings import Backends

_ROLES = {
    "chat_model": "chat model",
    "conversations": "conversations",
    "jobs": "jobs",
    "blobs": "files",
    "retriever": "search",
    "reader": "reading",
    "job_queue": "job queue",
    "message_queue": "message queue",
}

_OPTIONAL = frozenset({"message_queue"})

_QUALITY = {
    "job_queue.store": "workers look where jobs are kept",
    "quotas.memory": "each process counts by itself",
    "quotas.sqlite": "one file on this disk, for all processes",
    "conversations.sqlite": "one file on this disk; survives restarts and crashes",
    "conversations.memory": "in memory; gone when the process ends",
    "jobs.sqlite": "one file on this disk; survives restarts and crashes",
    "jobs.memory": "in memory; gone when the process ends",
    "blobs.folder": "a folder on this disk, each file kept once",
    "blobs.memory": "in memory; gone when the process ends",
    "retriever.embedded": "by words and by meaning, in one index on this disk; knows English best",
}
"""What to expect of backends that don't say it themselves."""


def backend(setup: Setup, role: str) -> Iterator[Line]:
    """Load a backend and say what to expect of it, in its own words if it has any."""
    name = getattr(setup.settings.backends, role)
    if role in _OPTIONAL and not name:
        return
    made = setup.backend(role)
    said = str(getattr(made, "quality", "") or _QUALITY.get(f"{role}.{name}", ""))
    yield Line(name=_ROLES.get(role, role), level="ok", text=f"{name}: {said}" if said else str(name))
    for notice in getattr(made, "notices", ()):
        yield Line(name=_ROLES.get(role, role), level="warn", text=str(notice), fix="Install Switchboard again.")


def roles() -> list[str]:
    """The roles that backends can serve."""
    return list(Backends.model_fields)


def tools(setup: Setup) -> Iterator[Line]:
    """Load the tools."""
    names = [tool.name for tool in setup.tools]
    if names:
        yield Line(name="tools", level="ok", text=", ".join(names))
    else:
        yield Line(name="tools", level="warn", text="There are none.", fix="Enable some in [tools].")


def channels(setup: Setup) -> Iterator[Line]:
    """Name the channels; they load when they are used."""
    names = [plugin.name for plugin in setup.installed("switchboard.channels") if plugin.enabled]
    yield Line(name="channels", level="ok" if names else "warn", text=", ".join(names) or "None is enabled.")


def models() -> Iterator[Line]:
    """The packaged model files, byte for byte."""
    from tools.encoding import files

    known = {
        "vocabulary": (files.VOCABULARY, files.VOCABULARY_SHA256),
        "static encoder": (files.STATIC, files.STATIC_SHA256),
        "MiniLM": (files.minilm(), files.MINILM_SHA256),
    }
    for path, digest in known.values():
        files.checked(path, digest)
    yield Line(name="model files", level="ok", text=f"whole: {', '.join(known)}")


def close(setup: Setup) -> None:
    """Let go of what the checks loaded."""

    async def close_all() -> None:
        for made in setup.made().values():
            if closing := getattr(made, "close", None):
                outcome = closing()
                if inspect.isawaitable(outcome):
                    await outcome

    asyncio.run(close_all())
