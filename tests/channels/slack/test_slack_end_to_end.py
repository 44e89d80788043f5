"""``switchboard serve --slack`` as a process of its own: asked over the socket, answered in the thread, once."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from switchboard.testing.slack import FakeSlack
from switchboard.testing.slack_socket import FakeSocket
from tests.channels.slack.shared import payload

THREAD = "1767225800.000300"


def start(data: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    variables = {f"SWITCHBOARD_CHANNELS__SLACK__{name.upper()}": value for name, value in settings.items()}
    environment = {**os.environ, **variables, "SWITCHBOARD_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "switchboard", "serve", "--slack", "--port", "0", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(done: Callable[[], object], *, seconds: float = 60.0) -> None:
    """Look again and again, as what is waited for happens in another process."""
    end, pause = monotonic() + seconds, threading.Event()
    while not done():
        assert monotonic() < end
        pause.wait(0.02)


def test_a_mention_is_answered_once_in_its_thread(tmp_path: Path) -> None:
    with FakeSlack() as slack, FakeSocket() as socket:
        slack.socket_url = socket.url
        tokens = {"api_url": slack.api_url, "bot_token": slack.token, "app_token": slack.app_token}
        with start(tmp_path, **tokens) as process:
            assert socket.connected(seconds=60)
            for name in ("app_mention", "message_channel_mention", "app_mention"):
                assert socket.answer(socket.send(payload(name))) == {}
            until(lambda: [post for post in slack.posts["C0GENERAL"] if _is_reply(post)])
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=60)
    assert "Slack is answered through Socket Mode." in out
    assert (process.returncode, err) == (0, "")
    (reply,) = slack.posts["C0GENERAL"]
    assert reply["thread_ts"] == THREAD


def _is_reply(post: dict[str, object]) -> bool:
    told = post.get("metadata")
    return isinstance(told, dict) and told["event_type"] == "switchboard_reply"


@pytest.mark.parametrize("tokens", [{}, {"bot_token": "xoxb-1"}], ids=["none", "half"])
def test_what_is_missing_is_said_before_anything_begins(tmp_path: Path, tokens: dict[str, str]) -> None:
    with start(tmp_path, **tokens) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "SWITCHBOARD_CHANNELS__SLACK__SIGNING_SECRET" in err
    assert "Traceback" not in err
