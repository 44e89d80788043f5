"""A package of the functions: what goes in, that it is the same each time, and that functions start from it alone."""

import importlib.util
import marshal
import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cold_start
from benchmarks._lambda import function, link_runtime
from channels.lex import texts
from infra.packaging import __main__ as command
from infra.packaging.building import WHERE, build, compiled, pack, rehearsed, size
from infra.packaging.distributions import LEAVE_OUT, ON_THIS_MACHINE, files, needed
from infra.packaging.rehearsal import ENVIRON
from tests.channels.lex.lexing import SECRET, faults, payload

NOT_FOR_LEX = frozenset(
    {"babel", "lxml", "openpyxl", "pillow", "python-docx", "python-pptx", "python-stdnum", "reportlab", "selectolax"}
)
"""Left out for speed's sake; nothing that a start needs."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package, and beside it the runtime client."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "runtime").mkdir()
    link_runtime(folder / "runtime")
    build(folder / "package", needed({"aws"}, LEAVE_OUT | ON_THIS_MACHINE | NOT_FOR_LEX))
    return folder / "package"


def test_the_function_of_lex_starts_from_the_package_and_sees_nothing_else(package: Path, tmp_path: Path) -> None:
    settings = {"SWITCHBOARD_DATA_DIR": str(tmp_path), "SWITCHBOARD_CHANNELS__LEX__SECRET": SECRET}
    path = [package.parent / "runtime"]
    with function("infra.functions.lex.handler", folder=package, environ=settings, path=path) as made:
        silent, _ = made.invoke(payload("empty_transcript"))
    assert faults(silent) == []
    assert silent["messages"][0]["content"] == texts.NOT_HEARD


def test_a_turn_with_the_agent_is_answered_from_the_package(package: Path, tmp_path: Path) -> None:
    for name in ("package", "runtime"):
        (tmp_path / name).symlink_to(package.parent / name)
    cold_start.write(tmp_path)
    assert min(cold_start.first_reply("ours", tmp_path)) > 0


READ = """
import sys, ours
specs = {name: vars(module).get("__spec__") for name, module in sys.modules.items() if hasattr(module, "__dict__")}
ours = {name: spec for name, spec in specs.items() if spec and str(spec.origin).startswith(sys.argv[1])}
files = {name: spec for name, spec in ours.items() if spec.cached}
print(*sorted(name for name, spec in files.items() if type(spec.loader).__module__ != "infra.functions.prepared"))
"""


def test_a_start_reads_no_module_but_what_opens_the_file(package: Path, tmp_path: Path) -> None:
    cold_start.write(tmp_path)
    path = os.pathsep.join([str(tmp_path / "handlers"), str(package)])
    environ = {**cold_start.SETTINGS, **ENVIRON, "PYTHONPATH": path, "SWITCHBOARD_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", READ, str(package)], env=environ, capture_output=True, text=True, check=False
    )
    assert (done.stdout.split(), done.stderr) == (
        ["infra", "infra.functions", "infra.functions.deferring", "infra.functions.prepared"],
        "",
    )


def test_every_module_has_bytecode_that_is_taken_without_a_look_at_the_source(package: Path) -> None:
    sources = [file for file in package.rglob("*.py") if "__pycache__" not in file.parts]
    for file in sources:
        head = Path(importlib.util.cache_from_source(str(file))).read_bytes()[:8]
        assert head == importlib.util.MAGIC_NUMBER + b"\x01\0\0\0", file


def test_bytecode_tells_where_it_is_in_the_function(package: Path) -> None:
    file = package / "infra" / "functions" / "lex.py"
    code = marshal.loads(Path(importlib.util.cache_from_source(str(file))).read_bytes()[16:])
    assert code.co_filename == f"{WHERE}/infra/functions/lex.py"


def test_the_package_tells_nothing_of_the_machine_that_built_it(package: Path) -> None:
    here = str(Path(__file__).resolve().parents[2]).encode()
    made = [*package.glob("infra/**/*"), *package.glob("switchboard_assistant*/**/*")]
    for file in (each for each in made if each.is_file()):
        assert here not in file.read_bytes(), file
        assert str(package).encode() not in file.read_bytes(), file


def test_a_start_that_is_rehearsed_again_leaves_the_same_bytes(package: Path) -> None:
    prepared = package / "infra" / "functions" / "prepared.bin"
    before = prepared.read_bytes()
    prepared.unlink()
    rehearsed(package)
    assert prepared.read_bytes() == before


def test_the_same_sources_give_the_same_bytecode_wherever_they_are(tmp_path: Path) -> None:
    made = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "module.py").write_text("def f(x):\n    'Says.'\n    return x in {'a', 'b', 'c'}\n")
        compiled(folder)
        made.append([file.read_bytes() for file in sorted(folder.rglob("*.pyc"))])
    assert made[0] == made[1]
    assert len(made[0]) == 1


def test_a_module_that_is_no_python_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("def f(:\n")
    with pytest.raises(RuntimeError, match="SyntaxError"):
        compiled(tmp_path)


def test_functions_that_do_not_start_stop_the_build(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ModuleNotFoundError"):
        rehearsed(tmp_path)


def names(*leave_out: str, extras: frozenset[str] = frozenset()) -> set[str]:
    return {each.name.lower() for each in needed(extras, leave_out)}


def test_what_is_left_out_goes_with_what_only_that_requires() -> None:
    assert {"onnxruntime", "protobuf", "flatbuffers"} <= names()
    assert not {"onnxruntime", "protobuf", "flatbuffers"} & names("ONNXruntime")
    assert {"numpy", "switchboard-assistant"} <= names("onnxruntime")


def test_what_an_extra_requires_goes_in_when_the_extra_is_asked_for() -> None:
    assert not {"boto3", "slack_bolt"} & names()
    assert {"boto3", "botocore"} <= names(extras=frozenset({"aws"}))


def test_what_is_required_and_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.packaging.distributions.PROJECT", "nobody-has-this")
    with pytest.raises(PackageNotFoundError, match="nobody-has-this"):
        needed()


@pytest.fixture
def installed(tmp_path: Path) -> Distribution:
    """A distribution with more than a function needs."""
    about = "made-1.0.dist-info"
    kept = ("made/__init__.py", "made/data.json", "made/lib.so", f"{about}/METADATA", f"{about}/entry_points.txt")
    left = (
        "made/tests/test_made.py", "made/__init__.pyi", "made/lib.h", "made/__pycache__/__init__.cpython-311.pyc",
        f"{about}/INSTALLER", f"{about}/direct_url.json", f"{about}/RECORD",
    )  # fmt: skip
    for name in (*kept, *left):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Name: made\n")
    (tmp_path / about / "RECORD").write_text("".join(f"{name},,\n" for name in (*kept, *left, "../bin/made")))
    return Distribution.at(tmp_path / about)


def test_neither_tests_nor_types_nor_headers_nor_traces_of_the_installation_go_in(installed: Distribution) -> None:
    assert sorted(name for name, _ in files(installed)) == [
        "made-1.0.dist-info/METADATA",
        "made-1.0.dist-info/entry_points.txt",
        "made/__init__.py",
        "made/data.json",
        "made/lib.so",
    ]


def test_of_the_project_go_in_its_packages_with_their_data_and_its_entry_points() -> None:
    (project,) = (each for each in needed() if each.name == "switchboard-assistant")
    found = {name for name, _ in files(project)}
    assert {"agent/assistant.py", "infra/functions/lex.py", "infra/__init__.py"} <= found
    assert any(re.fullmatch(r"prompts/.*\.md", name) for name in found)
    assert any(name.endswith(".dist-info/entry_points.txt") for name in found)
    assert not any(name.startswith(("tests", "docs", "web", "infra/packaging")) or "/tests/" in name for name in found)


def test_an_archive_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, mode in (("run", 0o755), ("data", 0o600)):
        (folder / name).write_text(name)
        (folder / name).chmod(mode)
    pack(folder, tmp_path / "one.zip")
    os.utime(folder / "run", (1, 1))
    pack(folder, tmp_path / "other.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert [(each.filename, oct(each.external_attr >> 16)) for each in archive.infolist()] == [
            ("data", "0o100644"),
            ("run", "0o100755"),
        ]


@pytest.fixture
def _filled(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(folder: Path, distributions: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "names").write_text(" ".join(each.name for each in distributions))

    monkeypatch.setattr(command, "build", fill)


@pytest.mark.usefixtures("_filled")
def test_the_command_says_how_large_a_package_is_and_what_a_function_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(tmp_path / "p"), "--services", "--zip", str(tmp_path / "new" / "p.zip")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{tmp_path}/p: 0 MB, at most 250 MB unzipped."
    assert said[1] == f"{tmp_path}/new/p.zip: 0 MB, at most 50 MB uploaded directly."
    assert "onnxruntime" not in (tmp_path / "p" / "names").read_text()
    assert size(tmp_path / "p") == len((tmp_path / "p" / "names").read_text())


@pytest.mark.usefixtures("_filled")
def test_a_package_that_no_function_takes_is_for_an_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "UNZIPPED", 1)
    assert command.main([str(tmp_path / "p"), "--leave-out", "babel", "lxml"]) == 0
    assert capsys.readouterr().out.endswith("Build a container image of it.\n")
    assert "babel" not in (tmp_path / "p" / "names").read_text().lower()


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").write_text("keep")
    for given in (tmp_path, tmp_path / "mine"):
        assert command.main([str(given)]) == 1
        assert f"{given} is not an empty folder" in capsys.readouterr().err
    assert [each.read_text() for each in tmp_path.iterdir()] == ["keep"]


def test_an_archive_can_not_be_in_what_it_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(tmp_path / "p"), "--zip", str(tmp_path / "p" / "p.zip")]) == 1
    assert "a part of itself" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_a_name_that_nothing_requires_is_told_before_the_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(tmp_path / "p"), "--leave-out", "Babel", "babble"]) == 1
    assert capsys.readouterr().err == "Nothing here requires babble. Is it misspelt?\n"


def test_what_stops_a_build_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for error, said in (
        (RuntimeError("no start"), "no start"),
        (PackageNotFoundError("gone"), "gone is not installed"),
    ):

        def fail(folder: Path, distributions: Any, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(command, "build", fail)
        assert command.main([str(tmp_path / "p")]) == 1
        assert said in capsys.readouterr().err
