"""API keys: for whom each speaks, kept as hashes, a file for each key, so that one that is removed is gone at once."""

import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from switchboard import ConfigError, Principal

FOLDER = "api-keys"
_ID = re.compile(r"[0-9a-f]{12}")
_KEY = re.compile(r"sb_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is kept of a key.

    Attributes:
        id: The readable part of the key itself; names it in lists.
        digest: SHA-256 of the whole key in hexadecimal. Keys are random, so that no slow hash is needed.
        principal: For whom it speaks.
        label: What it is for, in its maker's words.
        created_at: Seconds since the epoch.
    """

    id: str
    digest: str
    principal: str
    groups: tuple[str, ...] = ()
    label: str = ""
    created_at: float = 0.0


class ApiKeys:
    """The keys of an installation, in a folder of its data folder that only its owner can read."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    def add(self, principal: Principal, *, label: str = "", now: float) -> tuple[str, ApiKey]:
        """Make a key for a person. The key itself is returned once and kept nowhere.

        Raises:
            ConfigError: It can't be written.
        """
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        key = f"sb_{key_id}_{secret}"
        groups = tuple(sorted(principal.groups))
        made = ApiKey(
            id=key_id, digest=_digest(key), principal=principal.id, groups=groups, label=label, created_at=now
        )
        path = self._path(key_id)
        draft = path.with_suffix(".new")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(asdict(made), file)
            draft.replace(path)
        except OSError as error:
            raise _unusable(error, path) from error
        return key, made

    def listed(self) -> list[ApiKey]:
        """All keys, oldest first.

        Raises:
            ConfigError: One can't be read.
        """
        found = [self._read(path.stem) for path in self._folder.glob("*.json") if _ID.fullmatch(path.stem)]
        return sorted((key for key in found if key is not None), key=lambda key: (key.created_at, key.id))

    def remove(self, key_id: str) -> bool:
        """Make a key worthless. Returns whether there was one of this id.

        Raises:
            ConfigError: It can't be removed.
        """
        if not _ID.fullmatch(key_id):
            return False
        try:
            self._path(key_id).unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _unusable(error, self._path(key_id)) from error
        return True

    def principal_of(self, key: str) -> Principal | None:
        """For whom a key speaks, or ``None`` if it is not one of ours.

        Raises:
            ConfigError: Its file is damaged.
        """
        match = _KEY.fullmatch(key)
        known = self._read(match[1]) if match else None
        if known is None or not hmac.compare_digest(known.digest, _digest(key)):
            return None
        return Principal(id=known.principal, groups=frozenset(known.groups), verified=True)

    def _path(self, key_id: str) -> Path:
        return self._folder / f"{key_id}.json"

    def _read(self, key_id: str) -> ApiKey | None:
        path = self._path(key_id)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return ApiKey(**{**data, "groups": tuple(data["groups"])})
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(error, path) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                "An API key's file is damaged.", fix="Delete the file and make another key.", where=str(path)
            ) from error


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("ascii")).hexdigest()


def _unusable(error: OSError, path: Path) -> ConfigError:
    return ConfigError(
        f"The API keys can't be kept ({error.strerror}).", fix="Make the folder writable.", where=str(path)
    )
