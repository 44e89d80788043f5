"""Whom keys and tokens speak for, and what is refused."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from channels.http.callers import Callers
from channels.http.keys import FOLDER, ApiKeys
from channels.http.settings import JwtSettings
from channels.http.tokens import LARGEST, Tokens
from switchboard import BackendError, ConfigError, Principal

SECRET = "a secret that is long enough for it"
ANN = Principal(id="ann", groups=frozenset({"staff"}), verified=True)
FAR = 4_000_000_000
WHOLE = {"iss": "https://id.example", "aud": "switchboard", "exp": FAR, "sub": "ann", "groups": ["staff", 7]}
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def settings(**changes: Any) -> JwtSettings:
    return JwtSettings.model_validate({"issuer": "https://id.example", "audience": "switchboard", **changes})


def token(key: Any = SECRET, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    claims = {name: value for name, value in {**WHOLE, **changes}.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "jwks.json"
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(PRIVATE.public_key()))
    file.write_text(json.dumps({"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}))
    return file


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
    callers = Callers(keys=ApiKeys(tmp_path), tokens=Tokens(settings(secret=SECRET)))
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


async def test_a_token_speaks_for_its_subject_and_their_groups() -> None:
    assert await Tokens(settings(secret=SECRET)).principal_of(token(name="Ann", locale="de")) == Principal(
        id="ann", groups=frozenset({"staff"}), display_name="Ann", locale="de", verified=True
    )


async def test_the_claim_with_the_groups_is_as_set() -> None:
    found = await Tokens(settings(secret=SECRET, groups_claim="roles")).principal_of(token(roles=["boss"]))
    assert found is not None
    assert found.groups == {"boss"}


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"exp": 1_000},
        {"exp": None},
        {"nbf": FAR},
        {"sub": None},
        {"sub": ""},
        {"sub": "  "},
        {"sub": "x" * 201},
        {"key": "another secret that is long enough"},
        {"algorithm": "HS512", "key": SECRET * 2},
        {"key": None, "algorithm": "none"},
    ],
)
async def test_a_token_that_is_not_in_force_or_not_for_us_speaks_for_nobody(changes: dict[str, Any]) -> None:
    assert await Tokens(settings(secret=SECRET)).principal_of(token(**changes)) is None


@pytest.mark.parametrize("text", ["", "a.b.c", "...", "x" * (LARGEST + 1), "e30.e30.e30"])
async def test_what_is_no_token_speaks_for_nobody(text: str, key_file: Path) -> None:
    assert await Tokens(settings(secret=SECRET)).principal_of(text) is None
    assert await Tokens(settings(jwks_file=str(key_file))).principal_of(text) is None


async def test_a_token_is_checked_with_the_published_key_it_names(key_file: Path) -> None:
    tokens = Tokens(settings(jwks_file=str(key_file)))
    assert await tokens.principal_of(token(PRIVATE, "RS256", {"kid": "one"})) == ANN
    assert await tokens.principal_of(token(PRIVATE, "RS256")) == ANN
    assert await tokens.principal_of(token(PRIVATE, "RS256", {"kid": "two"})) is None
    assert await tokens.principal_of(token(PRIVATE, "RS512", {"kid": "one"})) is None


async def test_a_public_key_is_no_shared_secret(key_file: Path) -> None:
    public = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [{"alg": "HS256", "typ": "JWT", "kid": "one"}, WHOLE]
    signed = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    signature = base64.urlsafe_b64encode(hmac.digest(public, signed, hashlib.sha256)).rstrip(b"=")
    forged = (signed + b"." + signature).decode()
    assert await Tokens(settings(jwks_file=str(key_file))).principal_of(forged) is None


async def test_keys_are_fetched_from_their_address(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = json.loads(key_file.read_text())
    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda client: published)
    tokens = Tokens(settings(jwks_url="https://id.example/keys"))
    assert await tokens.principal_of(token(PRIVATE, "RS256", {"kid": "one"})) == ANN
    assert await tokens.principal_of(token(PRIVATE, "RS256")) == ANN
    assert await tokens.principal_of(token(PRIVATE, "RS256", {"kid": "two"})) is None


async def test_keys_that_can_not_be_fetched_are_our_fault_and_not_the_callers() -> None:
    tokens = Tokens(settings(jwks_url="http://127.0.0.1:9/keys"))
    with pytest.raises(BackendError):
        await tokens.principal_of(token(PRIVATE, "RS256", {"kid": "one"}))


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "x"}]}'])
def test_a_file_of_keys_that_can_not_be_used_is_told_at_the_start(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "jwks.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError, match="public keys"):
        Tokens(settings(jwks_file=str(file)))
