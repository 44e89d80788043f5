"""What a start takes ready from the package: the same as worked out, and only where it is the same."""

import collections
import dataclasses
import importlib
import inspect
import logging
import re
import sys
import typing
from collections import namedtuple
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from infra.functions import prepared
from infra.functions.prepared import Contents, Prepared, used
from infra.packaging.rehearsal import Observed


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A package ``baked`` of which the file knows, besides one module of which it does not."""
    folder = tmp_path / "root" / "baked"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise OSError('from the source')\n")
    (folder / "inner.py").write_text("raise OSError('from the source')\n")
    (folder / "other.py").write_text("TASTE = 'plain'\n")
    (folder / "words.txt").write_text("flour")
    yield folder.parent
    for name in [name for name in sys.modules if name.partition(".")[0] == "baked"]:
        del sys.modules[name]


def contents(**given: Any) -> Contents:
    return Contents(**{"modules": {}, "codes": {}, "patterns": {}, "descriptions": {}, **given})


def written(tmp_path: Path, **given: Any) -> Prepared:
    contents(**given).write(tmp_path / "prepared.bin")
    return Prepared(tmp_path / "prepared.bin", tmp_path / "root")


@pytest.fixture
def baked(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package, imported from the file."""
    bodies = {"baked": "from baked.inner import SIZE", "baked.inner": "SIZE = 7"}
    paths = {"baked": ("baked/__init__.py", True), "baked.inner": ("baked/inner.py", False)}
    modules = {
        name: (
            *paths[name],
            importlib._bootstrap_external._code_to_hash_pyc(compile(body, "there", "exec"), b"0" * 8)[16:],
        )  # type: ignore[attr-defined]
        for name, body in bodies.items()
    }
    monkeypatch.setattr(sys, "meta_path", [written(tmp_path, modules=modules), *sys.meta_path])
    return importlib.import_module("baked")


def test_a_modules_bytecode_is_taken_from_the_file(baked: Any) -> None:
    assert baked.SIZE == 7


def test_a_module_from_the_file_knows_its_place_as_any_other(baked: Any, root: Path) -> None:
    inner = sys.modules["baked.inner"]
    assert baked.__path__ == [str(root / "baked")]
    assert (inner.__file__, inner.__package__) == (str(root / "baked" / "inner.py"), "baked")
    assert inner.__cached__ == importlib.util.cache_from_source(str(root / "baked" / "inner.py"))
    assert inspect.getsource(inner) == "raise OSError('from the source')\n"
    assert files("baked").joinpath("words.txt").read_text() == "flour"


def test_a_module_that_is_not_in_the_file_is_found_as_usual(baked: Any) -> None:
    assert importlib.import_module("baked.other").TASTE == "plain"
    with pytest.raises(ModuleNotFoundError, match="nobody"):
        importlib.import_module("baked.nobody")


class Nothing:
    """Knows nothing, and notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def code(self, source: object, mode: str) -> CodeType | None:
        self.asked.append(source)
        return None

    def pattern(self, pattern: object, flags: int) -> Any:
        self.asked.append(pattern)


def dataclass_made() -> Any:
    @dataclasses.dataclass(frozen=True, order=True, slots=True)
    class Made:
        size: int
        names: list[str] = dataclasses.field(default_factory=list)

    return Made


def test_everything_is_worked_out_that_nobody_knows() -> None:
    nothing = Nothing()
    re.purge()
    with used(nothing):
        made = dataclass_made()
        point = namedtuple("point", "x y")
        hints = typing.get_type_hints(lambda: None) | {"a": typing.ForwardRef("list[int]")}
        pattern = re.compile("a+(?P<rest>.*)")
    assert made(1) < made(2)
    assert point(1, y=2) == (1, 2)
    assert hints["a"]._evaluate(globals(), {}, recursive_guard=frozenset()) == list[int]
    assert pattern.match("aab")["rest"] == "b"  # type: ignore[index]
    assert len(nothing.asked) > 4


def observed(tmp_path: Path, work: Any) -> Prepared:
    """What somebody who watched this work has written."""
    watching = Observed()
    re.purge()
    with used(watching):
        work()
    re.purge()
    return written(tmp_path, codes=watching.codes, patterns=watching.patterns)


def test_classes_are_the_same_with_methods_that_were_compiled_before(tmp_path: Path) -> None:
    known = observed(tmp_path, dataclass_made)
    usual = dataclass_made()
    with used(known):
        made = dataclass_made()
    assert repr(made(1, ["a"])) == repr(usual(1, ["a"]))
    assert made(1) < made(2)
    assert made(1).names is not made(1).names
    assert hash(made(1, ())) == hash(usual(1, ()))
    assert inspect.signature(made) == inspect.signature(usual)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made(1).size = 2


def test_nothing_that_is_known_is_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = observed(tmp_path, dataclass_made)
    missed: list[object] = []
    code = known.code
    monkeypatch.setattr(known, "code", lambda source, mode: code(source, mode) or missed.append((source, mode)))
    with used(known):
        dataclass_made()
    assert missed == []


def test_an_annotation_that_is_no_python_is_an_error_as_usual(tmp_path: Path) -> None:
    with used(written(tmp_path)), pytest.raises(SyntaxError, match="Forward reference must be an expression"):
        typing.ForwardRef("list[")


PATTERNS: list[tuple[str | bytes, int]] = [
    ("", 0),
    ("(a)(?P<name>b)?|c", 0),
    ("(?i)stra\u00dfe", 0),
    ("^a.b$", re.MULTILINE | re.DOTALL),
    ("[^\\W\\d_]+(?=x)(?<!y)", re.ASCII),
    (b"\\x00[a-z]{2,5}?", re.IGNORECASE),
    ("a  b # spaced", re.VERBOSE),
    ("(?:(\\d+)-)*\\1", 0),
    ("[\\u4e00-\\u9fff\\U0001f600]", 0),
]


@pytest.mark.parametrize(("pattern", "flags"), PATTERNS)
def test_a_pattern_that_was_compiled_before_is_the_same(tmp_path: Path, pattern: Any, flags: int) -> None:
    known = observed(tmp_path, lambda: re.compile(pattern, flags))
    usual = re.compile(pattern, flags)
    made = known.pattern(pattern, flags)
    assert made == usual
    assert (made.flags, made.groups, made.groupindex) == (usual.flags, usual.groups, usual.groupindex)
    for text in ("", "ab", "c", "STRASSE stra\u00dfe", "a\nb", "abcx", "a  b", "12-12-12", "\u4e2d\U0001f600"):
        said: Any = text.encode() if isinstance(pattern, bytes) else text
        assert [each.span() for each in made.finditer(said)] == [each.span() for each in usual.finditer(said)]


def test_the_same_text_with_other_flags_is_another_pattern(tmp_path: Path) -> None:
    known = observed(tmp_path, lambda: re.compile("a"))
    assert known.pattern("a", re.IGNORECASE) is None
    assert known.pattern(b"a", 0) is None


def test_after_the_block_all_is_worked_out_as_always(tmp_path: Path) -> None:
    engine = importlib.import_module("re._compiler")
    usual = engine.compile
    with pytest.raises(OSError, match="a moment"), used(Nothing()):
        raise OSError("a moment")
    assert engine.compile is usual
    assert not {"exec"} & vars(dataclasses).keys()
    assert not {"eval"} & vars(collections).keys()
    assert not {"compile"} & vars(typing).keys()


def test_the_same_contents_give_the_same_bytes(tmp_path: Path) -> None:
    codes = {(text, "eval"): compile(text, "<string>", "eval") for text in ("1 + x", "y")}
    modules = {name: (f"{name}.py", False, b"code") for name in "ab"}
    patterns = {("a", 0): (32, [1], 0, {}, (None,)), (b"b", 0): (0, [1], 0, {}, (None,))}
    descriptions = {("sqs", "service-2"): b"a", ("endpoints",): b"b"}
    given: dict[str, Any] = {
        "codes": codes, "modules": modules, "patterns": patterns, "descriptions": descriptions,
    }  # fmt: skip
    contents(**given).write(tmp_path / "one")
    contents(**{name: dict(reversed(each.items())) for name, each in given.items()}).write(tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@pytest.fixture
def _unopened() -> Iterator[None]:
    prepared.opened.cache_clear()
    yield
    prepared.opened.cache_clear()


@pytest.mark.usefixtures("_unopened")
def test_a_project_that_was_not_packaged_has_no_file() -> None:
    assert prepared.opened() is None


@pytest.mark.usefixtures("_unopened")
@pytest.mark.parametrize("fault", ["another", "cut off", "empty", "scribbled"])
def test_a_file_that_another_python_made_or_that_is_damaged_is_left_alone_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    path = tmp_path / "prepared.bin"
    with monkeypatch.context() as patch:
        if fault == "another":
            patch.setattr(prepared, "STAMP", (b"another", 1, 0))
        contents().write(path)
    data = path.read_bytes()
    damaged = {"cut off": data[:40], "empty": b"", "scribbled": data[:8] + b"?" * len(data[8:])}
    path.write_bytes(damaged.get(fault, data))
    monkeypatch.setattr(prepared.Prepared.__init__, "__defaults__", (path, tmp_path))
    with caplog.at_level(logging.WARNING):
        assert prepared.opened() is None
    assert "prepared.bin can't be used" in caplog.text
