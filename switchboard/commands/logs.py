"""The log: a file in the data folder that stays small, and the terminal when asked for."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from switchboard.commands.texts import LOG

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_SIZE = 2_000_000
_KEPT = 3


def start(folder: Path, *, verbose: bool) -> None:
    """Log into the data folder; where it can't be written, go on without. Python's warnings go the same way."""
    handlers: list[logging.Handler] = []
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / LOG
        file.parent.mkdir(exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        handlers.append(RotatingFileHandler(file, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8"))
    except OSError:
        handlers.append(logging.NullHandler())  # `switchboard doctor` tells of it; a chat need not fail for a log
    if verbose:
        handlers.append(logging.StreamHandler())
    logging.basicConfig(level=logging.WARNING, format=_FORMAT, handlers=handlers, force=True)
    logging.getLogger("switchboard").setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.captureWarnings(capture=True)
