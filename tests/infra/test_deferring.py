"""Deferred packages: importable at once, run when asked, and then what they always are."""

import builtins
import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from infra.functions.deferring import LATER, quick_start
from tests.test_imports import imported_by


@pytest.fixture(autouse=True)
def _unfrozen() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package ``costly`` with a module ``small``, which count how often they run."""
    folder = tmp_path / "costly"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "import builtins\nbuiltins.runs.append(__name__)\nfrom costly.large import WEIGHT\nCOLOUR = 'red'\n"
        "def __getattr__(name):\n    if name == 'shape':\n        return 'round'\n    raise AttributeError(name)\n"
    )
    (folder / "small.py").write_text("import builtins\nbuiltins.runs.append(__name__)\nSIZE = 1\n")
    (folder / "large.py").write_text("import builtins\nbuiltins.runs.append(__name__)\nWEIGHT = 9\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("builtins.runs", [], raising=False)
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "costly"]:
        del sys.modules[name]


def runs() -> list[str]:
    return list(builtins.__dict__["runs"])


def started() -> ModuleType:
    with quick_start({"costly"}):
        return import_module("costly")


@pytest.mark.usefixtures("package")
def test_a_module_is_imported_without_running_its_package() -> None:
    with quick_start({"costly"}):
        from costly.small import SIZE  # type: ignore[import-not-found]
    assert (SIZE, runs()) == (1, ["costly.small"])


@pytest.mark.usefixtures("package")
def test_a_package_runs_once_when_it_is_first_asked_for_something() -> None:
    costly: Any = started()
    assert runs() == []
    assert (costly.COLOUR, costly.WEIGHT, costly.COLOUR) == ("red", 9, "red")
    assert runs() == ["costly", "costly.large"]


@pytest.mark.usefixtures("package")
def test_importing_a_name_from_a_package_runs_it() -> None:
    started()
    from costly import WEIGHT  # type: ignore[import-not-found]

    assert (WEIGHT, runs()) == (9, ["costly", "costly.large"])


@pytest.mark.usefixtures("package")
def test_a_package_that_has_run_is_a_module_like_any_other() -> None:
    costly: Any = started()
    assert costly.COLOUR == "red"
    assert type(costly) is ModuleType
    assert costly.__loader__ is costly.__spec__.loader
    assert Path(str(costly.__file__)).name == "__init__.py"


@pytest.mark.usefixtures("package")
def test_names_that_a_package_makes_up_itself_are_found() -> None:
    costly: Any = started()
    assert costly.shape == "round"
    with pytest.raises(AttributeError, match="weather"):
        _ = costly.weather


@pytest.mark.usefixtures("package")
def test_a_package_without_the_name_says_so_as_usual() -> None:
    with pytest.raises(AttributeError, match="weather"):
        _ = started().weather


def test_a_package_that_fails_is_run_again_for_the_next_who_asks(package: Path) -> None:
    (package / "large.py").write_text("raise OSError('a moment')\n")
    costly: Any = started()
    with pytest.raises(OSError, match="a moment"):
        _ = costly.COLOUR
    (package / "large.py").write_text("WEIGHT = 19\n")
    sys.path_importer_cache.clear()
    assert costly.COLOUR == "red"


def test_threads_that_ask_at_once_wait_for_one_run(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running, go_on = Event(), Event()
    monkeypatch.setattr("builtins.running", running, raising=False)
    monkeypatch.setattr("builtins.go_on", go_on, raising=False)
    (package / "large.py").write_text("running.set()\ngo_on.wait(30)\nWEIGHT = 9\n")
    costly: Any = started()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(getattr, costly, "COLOUR")
        assert running.wait(30)
        second = threads.submit(getattr, costly, "COLOUR")
        go_on.set()
        assert (first.result(), second.result()) == ("red", "red")
    assert runs() == ["costly"]


@pytest.mark.usefixtures("package")
def test_after_the_start_packages_run_as_usual() -> None:
    with quick_start({"costly"}):
        pass
    import_module("costly")
    assert runs() == ["costly", "costly.large"]


def test_a_model_that_was_made_meanwhile_checks_as_always() -> None:
    with quick_start():

        class Made(BaseModel):
            size: int

    assert Made(size=1).size == 1
    with pytest.raises(ValidationError):
        Made.model_validate({"size": "large"})


def test_models_that_are_made_later_wait_for_nothing() -> None:
    with quick_start():
        pass
    assert "defer_build" not in BaseModel.model_config


def test_no_garbage_is_collected_meanwhile() -> None:
    with quick_start():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_all_is_as_before_after_a_start_that_failed() -> None:
    finders = list(sys.meta_path)
    with pytest.raises(ModuleNotFoundError), quick_start():
        import_module("nobody_has_this")
    assert gc.isenabled()
    assert sys.meta_path == finders
    assert "defer_build" not in BaseModel.model_config


WHOLE = f"""
import json, types
from importlib import import_module
from infra.functions.deferring import quick_start
names = {sorted(LATER)}
with quick_start():
    for name in names:
        import_module(name)
for name in names:
    module = import_module(name)
    getattr(module, "anything", None)
    found = [each for each in dir(module) if not isinstance(vars(module).get(each), types.ModuleType)]
    print(json.dumps([type(module).__name__, sorted(found)]))
"""


def test_what_waits_is_whole_when_somebody_asks() -> None:
    done = subprocess.run([sys.executable, "-c", WHOLE], capture_output=True, text=True, check=True)
    for name, line in zip(sorted(LATER), done.stdout.splitlines(), strict=True):
        usual = import_module(name)
        names = sorted(each for each in dir(usual) if not isinstance(vars(usual).get(each), ModuleType))
        assert json.loads(line) == ["module", names], name


def test_the_agent_starts_without_what_a_turn_never_uses() -> None:
    code = "from infra.functions.deferring import quick_start\nwith quick_start():\n    import agent.assistant"
    loaded = imported_by(f"exec({code!r})")
    assert {"langgraph", "langchain_core"} <= loaded
    assert not loaded.intersection({"httpx", "websockets", "rich", "click", "pygments"})
