"""What commands are given: settings with the secrets that they name."""

from pathlib import Path

import pytest

from stores.secrets import Secrets
from switchboard.commands.context import Context
from switchboard.errors import ConfigError

NAMED = {"SWITCHBOARD_CHANNELS__GATEWAY__SECRET": "secretsmanager:chat"}


def test_a_command_has_the_secret_that_a_setting_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Secrets, "read", lambda secrets, reference: f"what {reference} holds")
    settings = Context(data_dir=tmp_path, environ=NAMED).settings()
    assert (settings.channels.model_extra or {})["gateway"] == {"secret": "what secretsmanager:chat holds"}


def test_a_command_does_not_begin_without_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    nowhere = {"SWITCHBOARD_AWS__ENDPOINT": "http://127.0.0.1:9", "SWITCHBOARD_AWS__REGION": "eu-west-1"}
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    with pytest.raises(ConfigError, match="The secret secretsmanager:chat can't be read: unreachable"):
        Context(data_dir=tmp_path, environ=NAMED | nowhere).settings()
