"""What holds for every test: no network beyond this machine, no settings of whoever runs them, costly things shared."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests import ministack as emulator

if TYPE_CHECKING:
    from tests.aws import World

# Before anything imports them, so that they explain failures.
pytest.register_assert_rewrite("switchboard.testing", "tests.killing", "tests.killing_jobs")

# How long an example takes to make says how busy the machine is, and nothing of what is tested.
settings.register_profile("switchboard", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("switchboard")

# A shell that starts the tests in the background has them ignore Ctrl-C, and those that press it would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

KEPT = frozenset({"SWITCHBOARD_EVAL_DATA"})


def is_local(address: object) -> bool:
    """Whether a socket address is on this machine: a path, or a loopback address or its name."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in ("localhost", "")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Connections to other machines fail at once, so that a test that needs one can't pass by luck."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if not is_local(address):
            raise PermissionError(f"Tests reach no network, but one connects to {address!r}.")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The settings of the shell don't reach the tests, and nothing is kept in the home folder."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("SWITCHBOARD_") and name not in KEPT:
                patch.delenv(name)
        patch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an emulator of Amazon's services, which all tests of a run share."""
    if not emulator.PROGRAM.exists():
        pytest.skip(emulator.MISSING)
    with emulator.serving(tmp_path_factory.mktemp("ministack")) as address:
        yield address


@pytest.fixture(params=["moto", pytest.param("ministack", marks=pytest.mark.xdist_group("ministack"))])
def aws(request: pytest.FixtureRequest) -> Iterator["World"]:
    """A world for one test: once in this process, once on a server, where processes could share it."""
    from tests.aws import a_world

    with a_world("" if request.param == "moto" else request.getfixturevalue("ministack")) as world:
        yield world


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share a worker, as two browsers at once are slower; so do those that share a server."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
        if "ministack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("ministack"))
