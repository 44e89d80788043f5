"""What functions start with: work that takes longer is handed over, and secrets are read again in time."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.functions.starting import REFRESH_SECONDS, Started, settings
from switchboard.errors import ConfigError
from switchboard.settings import Settings


@dataclass
class Vault:
    """A place of secrets, and a clock."""

    secret: str = "old"
    reads: int = 0
    now: float = 0.0
    closed: list[str] = field(default_factory=list)

    def read(self, reference: str) -> str:
        self.reads += 1
        if not self.secret:
            raise ConfigError("The secret can't be read.", fix="Wait.")
        return self.secret

    def started(self) -> Started[list[str]]:
        return Started(made, self.close, read=self.read, clock=lambda: self.now)

    async def close(self, made: list[str]) -> None:
        self.closed += made


def made(found: Settings) -> list[str]:
    """Stands for what a function has, made of its secret; one that is too short is refused."""
    table: dict[str, Any] = (found.channels.model_extra or {})["gateway"]
    if len(table["secret"]) < 3:
        raise ConfigError("The secret is too short.", fix="Make it longer.")
    return [table["secret"]]


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__GATEWAY__SECRET", "secretsmanager:chat")
    return Vault()


def test_what_takes_longer_is_handed_over_unless_the_settings_say_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings().turn.after_deadline == "hand_over"
    monkeypatch.setenv("SWITCHBOARD_TURN__BUSY", "steer")
    assert (settings().turn.after_deadline, settings().turn.busy) == ("hand_over", "steer")
    monkeypatch.setenv("SWITCHBOARD_TURN__AFTER_DEADLINE", "continue")
    assert settings().turn.after_deadline == "continue"


async def test_a_warm_function_goes_on_with_what_it_has(vault: Vault) -> None:
    started = vault.started()
    first = await started()
    vault.now = REFRESH_SECONDS - 1
    assert await started() is first
    assert vault.reads == 1


async def test_a_secret_that_is_the_same_changes_nothing(vault: Vault) -> None:
    started = vault.started()
    first = await started()
    vault.now = REFRESH_SECONDS
    assert await started() is first
    assert await started() is first
    assert vault.reads == 2


async def test_a_secret_that_has_changed_is_used_from_the_next_look_on(vault: Vault) -> None:
    started = vault.started()
    assert await started() == ["old"]
    vault.secret, vault.now = "new", REFRESH_SECONDS
    assert await started() == ["new"]
    assert vault.closed == ["old"]


@pytest.mark.parametrize("bad", ["", "x"])
async def test_a_secret_that_can_not_be_renewed_leaves_what_there_was_until_it_can(vault: Vault, bad: str) -> None:
    started = vault.started()
    first = await started()
    vault.secret, vault.now = bad, REFRESH_SECONDS
    assert await started() is first
    assert await started() is first
    assert vault.reads == 2  # not at each call
    vault.secret, vault.now = "new", 2 * REFRESH_SECONDS
    assert await started() == ["new"]


async def test_whoever_can_not_wait_has_it_too_and_what_is_replaced_is_closed_later(vault: Vault) -> None:
    started = vault.started()
    assert started.current() == ["old"]
    vault.secret, vault.now = "new", REFRESH_SECONDS
    assert started.current() == ["new"]
    assert vault.closed == []
    await started()
    assert vault.closed == ["old"]


async def test_without_its_secret_nothing_starts(vault: Vault) -> None:
    vault.secret = ""
    started = vault.started()
    for _ in range(2):
        with pytest.raises(ConfigError):
            await started()
    vault.secret = "new"
    assert await started() == ["new"]


async def test_where_no_secret_is_named_none_is_looked_for(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__GATEWAY__SECRET", "plain")
    started = vault.started()
    first = await started()
    vault.now = REFRESH_SECONDS
    assert await started() is first
    assert vault.reads == 0


async def test_what_is_forgotten_is_closed_and_made_anew(vault: Vault) -> None:
    started = vault.started()
    await started.forget()
    first = await started()
    await started.forget()
    assert vault.closed == ["old"]
    assert await started() is not first
