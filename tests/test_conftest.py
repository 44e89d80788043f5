"""The guards of the test suite itself."""

import os
import socket
from pathlib import Path

import pytest


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as connection, pytest.raises(PermissionError, match="no network"):
        connection.connect(("192.0.2.1", 80))


def test_a_connection_to_this_machine_goes_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as connection:
        connection.connect(server.getsockname())


def test_nothing_is_kept_in_the_home_folder() -> None:
    assert not Path(os.environ["SWITCHBOARD_DATA_DIR"]).is_relative_to(Path.home() / ".switchboard")
