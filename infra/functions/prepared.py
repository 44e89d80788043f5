"""What a start works out anew although it is the same each time, worked out before: a file that the package carries.

It holds the bytecode of modules, side by side; what Python compiles while modules run (the methods of dataclasses and
named tuples, annotations that are text, patterns); and the descriptions of Amazon's services, parsed. Each is found by
all that it depends on, so that what is found is what would have been worked out; what is not found is worked out.
`infra.packaging` makes the file. Where there is none, as on a laptop, a start is as it always is.
"""

import _sre  # type: ignore[import-not-found]  # has no stubs
import builtins
import collections
import dataclasses
import logging
import marshal
import sys
import typing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import MAGIC_NUMBER
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Protocol

FILE = Path(__file__).with_suffix(".bin")
STAMP = (MAGIC_NUMBER, _sre.MAGIC, sys.flags.optimize)
"""The languages of bytecode and of patterns, and whether assertions run: another Python works everything out."""

Place = tuple[int, int]
"""Where something begins and ends in the file."""


class Work(Protocol):
    """What has been worked out."""

    def code(self, source: object, mode: str) -> CodeType | None:
        """A text as compiled to run (``exec``) or to evaluate (``eval``)."""
        ...

    def pattern(self, pattern: object, flags: int) -> Any:
        """A compiled pattern."""
        ...


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is in the file.

    Attributes:
        modules: By name: the source file, from the root of the package; whether it is a package; the bytecode.
        codes: By text and mode, what was compiled.
        patterns: By pattern and flags, what the engine of patterns is given besides the pattern.
        descriptions: By service and type, or by name alone, what botocore's loader gives.
    """

    modules: Mapping[str, tuple[str, bool, bytes]]
    codes: Mapping[tuple[str, str], CodeType]
    patterns: Mapping[tuple[str | bytes, int], tuple[Any, ...]]
    descriptions: Mapping[tuple[str, ...], bytes]

    def write(self, path: Path) -> None:
        """Write the file."""
        data = bytearray()
        index = {
            "stamp": STAMP,
            "modules": {name: (*module[:2], *_added(data, module[2])) for name, module in sorted(self.modules.items())},
            "codes": _added(data, marshal.dumps(dict(sorted(self.codes.items())))),
            "patterns": _added(data, marshal.dumps(dict(sorted(self.patterns.items(), key=repr)))),
            "descriptions": {name: _added(data, each) for name, each in sorted(self.descriptions.items())},
        }
        first = marshal.dumps(index)
        path.write_bytes(len(first).to_bytes(8, "little") + first + data)


def _added(data: bytearray, part: bytes) -> Place:
    data += part
    return len(data) - len(part), len(data)


class Prepared(MetaPathFinder):
    """The file, open: finds modules for the import system, and the rest for `used`.

    Args:
        path: The file.
        root: The root of the package.

    Raises:
        ValueError, EOFError, TypeError: Another Python made it, or it is damaged.
    """

    def __init__(self, path: Path = FILE, root: Path = FILE.parents[2]) -> None:
        with path.open("rb") as file:
            self._data = memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))
        start = 8 + int.from_bytes(self._data[:8], "little")
        self._index = marshal.loads(self._data[8:start])  # noqa: S302  # a part of the code, as bytecode is
        self._data = self._data[start:]
        self._root = f"{root}/"
        if self._index["stamp"] != STAMP:
            raise ValueError("it was made by a Python of another version, or with other flags")
        self._codes = self._part(self._index["codes"])
        self._patterns = self._part(self._index["patterns"])

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """A module of the package."""
        if (found := self._index["modules"].get(name)) is None:
            return None
        file, is_package, *place = found
        origin = self._root + file
        spec = ModuleSpec(name, _Loader(self, place, name, origin), origin=origin, is_package=is_package)
        folder, _, last = origin.rpartition("/")
        spec.has_location = True
        spec.cached = f"{folder}/__pycache__/{last[:-2]}{sys.implementation.cache_tag}.pyc"
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(folder)
        return spec

    def code(self, source: object, mode: str) -> CodeType | None:
        """As `Work`."""
        return self._codes.get((source, mode)) if isinstance(source, str) else None

    def pattern(self, pattern: object, flags: int) -> Any:
        """As `Work`."""
        found = self._patterns.get((pattern, int(flags))) if isinstance(pattern, str | bytes) else None
        return found and _sre.compile(pattern, *found)

    def description(self, *name: str) -> Any:
        """What botocore's loader gives, or nothing; as ``version``, the botocore that gave it."""
        place = self._index["descriptions"].get(name)
        return place and self._part(place)

    def _part(self, place: Place) -> Any:
        return marshal.loads(self._data[place[0] : place[1]])  # noqa: S302  # as above


@cache
def opened() -> Prepared | None:
    """The file of this package, where there is one that fits."""
    try:
        return Prepared()
    except FileNotFoundError:
        return None
    except (ValueError, EOFError, TypeError) as error:
        log = logging.getLogger("switchboard.functions")
        log.warning("a start takes longer than it need, as %s can't be used: %s", FILE.name, error)
        return None


class _Loader(SourceFileLoader):
    """Loads a module whose bytecode is in the file."""

    def __init__(self, prepared: Prepared, place: Sequence[int], name: str, path: str) -> None:
        super().__init__(name, path)
        self._prepared = prepared
        self._place = place

    def get_code(self, fullname: str) -> CodeType | None:
        """The bytecode, as made for another place."""
        start, end = self._place
        code: CodeType = self._prepared._part((start, end))
        return code


@contextmanager
def used(work: Work) -> Iterator[None]:
    """Let what compiles at run time ask here first, in this block.

    The standard library's modules call built-in functions by name, so that a name of their own goes before.
    """
    patterns = import_module("re._compiler")
    compile_pattern = patterns.compile

    def execute(source: Any, /, *names: Any) -> None:
        exec(work.code(source, "exec") or source, *names)  # noqa: S102  # what the library would execute itself

    def evaluate(source: Any, /, *names: Any) -> Any:
        return eval(work.code(source, "eval") or source, *names)  # noqa: S307  # as above

    def compiled(source: Any, filename: Any, mode: str, /, *flags: Any) -> Any:
        known = work.code(source, mode) if filename == "<string>" and not flags else None
        return known or builtins.compile(source, filename, mode, *flags)

    def pattern(source: Any, flags: int = 0) -> Any:
        return work.pattern(source, flags) or compile_pattern(source, flags)

    dataclasses.exec = execute  # type: ignore[attr-defined]
    collections.eval = evaluate  # type: ignore[attr-defined]
    typing.compile = compiled  # type: ignore[attr-defined]
    patterns.compile = pattern  # type: ignore[attr-defined]
    try:
        yield
    finally:
        patterns.compile = compile_pattern  # type: ignore[attr-defined]
        del dataclasses.exec, collections.eval, typing.compile  # type: ignore[attr-defined]
