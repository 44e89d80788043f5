"""The machine: versions, optional packages, room on the disk, the port."""

import errno
import importlib.util
import platform
import re
import shlex
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from switchboard.commands.checks import Line
from switchboard.commands.version import DISTRIBUTION, installed

KEY_PACKAGES = ("langgraph", "langchain-core", "pydantic", "onnxruntime", "numpy", "pypdfium2", "starlette", "uvicorn")
EXTRAS: Mapping[str, str] = {"aws": "Amazon's services", "slack": "Slack"}
_LITTLE, _TOO_LITTLE = 1_000_000_000, 100_000_000


def versions() -> Iterator[Line]:
    """Python, Switchboard and the packages that matter most."""
    ours = installed(DISTRIBUTION) or "not installed as a package"
    system = f"{platform.system()} {platform.machine()}"
    yield Line(name="version", level="ok", text=f"Switchboard {ours}, Python {platform.python_version()}, {system}")
    found = {name: installed(name) for name in KEY_PACKAGES}
    missing = [name for name, version in found.items() if not version]
    if missing:
        yield Line(name="packages", level="fail", text=f"Missing: {', '.join(missing)}.", fix=install(missing))
    there = ", ".join(f"{name} {version}" for name, version in found.items() if version)
    yield Line(name="packages", level="ok", text=there)


def optional(profile: str) -> Iterator[Line]:
    """What is only needed for some channels and backends."""
    for extra, purpose in EXTRAS.items():
        wanted = _requirements(extra)
        missing = [requirement for requirement in wanted if not installed(_name(requirement))]
        name = f"optional: {extra}"
        if not missing:
            yield Line(name=name, level="ok", text=f"Installed; serves {purpose}.")
        elif extra == profile:
            yield Line(name=name, level="fail", text=f"The profile {profile} needs this.", fix=install(missing))
        else:
            text = f"Not installed; only needed for {purpose}."
            yield Line(name=name, level="ok", text=text, fix=install(missing))


def disk(folder: Path) -> Iterator[Line]:
    """Room where the data is kept."""
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB free at {place}"
    if free < _TOO_LITTLE:
        yield Line(name="disk", level="fail", text=text, fix="Make room; nothing can be stored.")
    elif free < _LITTLE:
        yield Line(name="disk", level="warn", text=text, fix="Make room before you ingest more.")
    else:
        yield Line(name="disk", level="ok", text=text)


def port(host: str, number: int) -> Iterator[Line]:
    """Whether the web chat could be served."""
    where = f"{host}:{number}"
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, number), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            text, fix = f"{where} is in use", "Fine if that is Switchboard; otherwise serve with --port."
            yield Line(name="port", level="warn", text=text, fix=fix)
        else:
            text, fix = f"{where} can't be listened on ({error.strerror})", "Serve with another --host or --port."
            yield Line(name="port", level="fail", text=text, fix=fix)
    else:
        yield Line(name="port", level="ok", text=f"{where} is free for the web chat")


def install(requirements: list[str]) -> str:
    """The exact command that installs something into the Python that runs this."""
    python = shlex.quote(sys.executable)
    pip = f"{python} -m pip install" if importlib.util.find_spec("pip") else f"uv pip install --python {python}"
    return " ".join([pip, *map(shlex.quote, requirements)])


def _requirements(extra: str) -> list[str]:
    """What an extra of ours asks for, as the package index knows it."""
    try:
        every = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return []
    return [text.partition(";")[0].strip() for text in every if f"extra == '{extra}'" in text.replace('"', "'")]


def _name(requirement: str) -> str:
    """The distribution that a requirement names: what stands before brackets and versions."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
