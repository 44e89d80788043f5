"""What is set, and by whom; secrets are never shown."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from switchboard.commands.checks import Line
from switchboard.settings import FILE_NAME, NOT_SETTINGS, PREFIX, Settings

_DOTS = "••••••"
_USER = re.compile(r"//[^/@\s]*@")
_SECRET = re.compile(r"key|token|secret|password|credential|auth|dsn", re.IGNORECASE)


def configuration(settings: Settings, config: Path | None, environ: Mapping[str, str]) -> Iterator[Line]:
    """The profile, the file, the variables and the data folder."""
    named = config or environ.get("SWITCHBOARD_CONFIG")
    file = Path(named or FILE_NAME)
    source = str(file.absolute()) if file.exists() else "no settings file, so the defaults hold"
    yield Line(name="settings", level="ok", text=f"profile {settings.profile}, tenant {settings.tenant}; {source}")
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            yield Line(name="variable", level="ok", text=f"{name}={masked(name, environ[name])}")
    yield Line(name="data folder", level="ok", text=str(settings.data_dir))


def masked(name: str, value: str) -> str:
    """A value to show: dots for whatever sounds like a secret, and for the user and password of an address."""
    return _DOTS if _SECRET.search(name) and value else _USER.sub(f"//{_DOTS}@", value)
