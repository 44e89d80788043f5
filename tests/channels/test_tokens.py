"""Whom JSON Web Tokens speak for, and what is refused."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from channels.tokens import LARGEST, JwtSettings, Tokens
from switchboard import BackendError, ConfigError, Principal

SECRET = "a secret that is long enough for it"
ANN = Principal(id="ann", groups=frozenset({"staff"}), verified=True)
FAR = 4_000_000_000
WHOLE = {"iss": "https://id.example", "aud": "switchboard", "exp": FAR, "sub": "ann", "groups": ["staff", 7]}
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def settings(**changes: Any) -> JwtSettings:
    return JwtSettings.model_validate({"issuer": "https://id.example", "audience": "switchboard", **changes})


def believing(**changes: Any) -> Tokens:
    return Tokens(settings(**changes), where="channels.http.jwt")


def token(key: Any = SECRET, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    claims = {name: value for name, value in {**WHOLE, **changes}.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "jwks.json"
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(PRIVATE.public_key()))
    file.write_text(json.dumps({"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}))
    return file


async def test_a_token_speaks_for_its_subject_and_their_groups() -> None:
    assert await believing(secret=SECRET).principal_of(token(name="Ann", locale="de")) == Principal(
        id="ann", groups=frozenset({"staff"}), display_name="Ann", locale="de", verified=True
    )


async def test_the_claim_with_the_groups_is_as_set() -> None:
    found = await believing(secret=SECRET, groups_claim="roles").principal_of(token(roles=["boss"]))
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
    assert await believing(secret=SECRET).principal_of(token(**changes)) is None


@pytest.mark.parametrize("text", ["", "a.b.c", "...", "x" * (LARGEST + 1), "e30.e30.e30"])
async def test_what_is_no_token_speaks_for_nobody(text: str, key_file: Path) -> None:
    assert await believing(secret=SECRET).principal_of(text) is None
    assert await believing(jwks_file=str(key_file)).principal_of(text) is None


async def test_a_token_is_checked_with_the_published_key_it_names(key_file: Path) -> None:
    tokens = believing(jwks_file=str(key_file))
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
    assert await believing(jwks_file=str(key_file)).principal_of(forged) is None


async def test_keys_are_fetched_from_their_address(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = json.loads(key_file.read_text())
    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda client: published)
    tokens = believing(jwks_url="https://id.example/keys")
    assert await tokens.principal_of(token(PRIVATE, "RS256", {"kid": "one"})) == ANN
    assert await tokens.principal_of(token(PRIVATE, "RS256")) == ANN
    assert await tokens.principal_of(token(PRIVATE, "RS256", {"kid": "two"})) is None


async def test_keys_that_can_not_be_fetched_are_our_fault_and_not_the_callers() -> None:
    tokens = believing(jwks_url="http://127.0.0.1:9/keys")
    with pytest.raises(BackendError):
        await tokens.principal_of(token(PRIVATE, "RS256", {"kid": "one"}))


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "x"}]}'])
def test_a_file_of_keys_that_can_not_be_used_is_told_at_the_start(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "jwks.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError, match="public keys"):
        believing(jwks_file=str(file))
