"""Whom keys and tokens speak for, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from channels.http.callers import Callers
from channels.http.keys import FOLDER, ApiKeys
from channels.tokens import JwtSettings, Tokens
from switchboard import ConfigError, Principal

BELIEVED = JwtSettings.model_validate({"secret": "s" * 32, "issuer": "https://id.example", "audience": "switchboard"})
ANN = Principal(id="ann", groups=frozenset({"staff"}), verified=True)


async def test_a_key_speaks_for_whom_it_was_made(tmp_path: Path) -> None:
    key, _ = ApiKeys(tmp_path).add(ANN, now=1.0)
    assert await Callers(keys=ApiKeys(tmp_path)).principal_of(f"Bearer {key}") == ANN


@pytest.mark.parametrize("mend", [str.lower, "{} ".format, " {}".format])
async def test_a_scheme_is_read_as_the_rfc_has_it(tmp_path: Path, mend: Callable[[str], str]) -> None:
    key, _ = ApiKeys(tmp_path).add(ANN, now=1.0)
    assert await Callers(keys=ApiKeys(tmp_path)).principal_of(mend("Bearer ") + key) == ANN


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer sb_", "Bearer sb_../../etc_x", "Bearer é", "Bearer a b"]
)
async def test_what_is_no_credential_speaks_for_nobody(tmp_path: Path, header: str) -> None:
    callers = Callers(keys=ApiKeys(tmp_path), tokens=Tokens(BELIEVED, where="channels.http.jwt"))
    assert await callers.principal_of(header) is None


async def test_a_removed_key_counts_no_more(tmp_path: Path) -> None:
    keys = ApiKeys(tmp_path)
    key, made = keys.add(ANN, now=1.0)
    assert keys.remove(made.id)
    assert not keys.remove(made.id)
    assert not keys.remove("../web-keys")
    assert keys.principal_of(key) is None


def test_no_key_is_kept_and_nobody_else_may_read_what_is(tmp_path: Path) -> None:
    key, made = ApiKeys(tmp_path).add(ANN, now=1.0)
    file = tmp_path / FOLDER / f"{made.id}.json"
    assert key not in file.read_text()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_half_a_key_is_no_key(tmp_path: Path) -> None:
    keys = ApiKeys(tmp_path)
    key, _ = keys.add(ANN, now=1.0)
    other, _ = keys.add(ANN, now=1.0)
    assert keys.principal_of(key[:16] + other[16:]) is None
    assert keys.principal_of(key + "\n") is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"groups": 1}'])
def test_a_damaged_file_of_a_key_is_told(tmp_path: Path, text: str) -> None:
    keys = ApiKeys(tmp_path)
    key, made = keys.add(ANN, now=1.0)
    (tmp_path / FOLDER / f"{made.id}.json").write_text(text)
    with pytest.raises(ConfigError, match="damaged"):
        keys.principal_of(key)


def test_keys_that_can_not_be_kept_are_told(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match="can't be kept"):
        ApiKeys(tmp_path).add(ANN, now=1.0)
    with pytest.raises(ConfigError, match="can't be kept"):
        ApiKeys(tmp_path).remove("0" * 12)
    with pytest.raises(ConfigError, match="can't be kept"):
        ApiKeys(tmp_path).principal_of(f"sb_{'0' * 12}_{'x' * 43}")


async def test_the_owners_key_counts_only_where_it_is_given(tmp_path: Path) -> None:
    owner = Principal(id="owner", verified=True)
    here = Callers(keys=ApiKeys(tmp_path), owner_key="key", owner=owner)
    assert await here.principal_of("Bearer key") == owner
    assert await here.principal_of("Bearer keyy") is None
    assert await Callers(keys=ApiKeys(tmp_path), owner=owner).principal_of("Bearer ") is None
