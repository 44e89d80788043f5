"""The two secrets that a local web chat keeps between starts, in one file that only its owner can read."""

import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from switchboard import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """``secret`` signs cookies; ``owner_key`` is in the sign-in link."""

    secret: bytes
    owner_key: str


def load_keys(folder: Path) -> Keys:
    """Read the keys kept in ``folder``, or make them at the first start.

    Raises:
        ConfigError: The file is damaged or can't be read or written.
    """
    path = folder / "web-keys.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        data = json.loads(path.read_text(encoding="ascii"))
        return Keys(secret=bytes.fromhex(data["secret"]), owner_key=str(data["owner_key"]))
    except OSError as error:
        raise ConfigError(
            f"The keys of the web chat can't be kept ({error.strerror}).",
            fix="Make the file writable.",
            where=str(path),
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            "The keys of the web chat are damaged.",
            fix="Delete the file: visitors then begin anew and the sign-in link changes.",
            where=str(path),
        ) from error


def _create(path: Path) -> None:
    """Written beside and linked into place: two servers that start at once agree, and none sees half a file."""
    text = json.dumps({"secret": secrets.token_hex(32), "owner_key": secrets.token_urlsafe(24)})
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(text)
        with contextlib.suppress(FileExistsError):  # another server was first; its keys hold
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
