"""Reading a suite's files, so that a missing or malformed one is told in a sentence."""

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from switchboard import BadInput


def rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The objects of a file of JSON lines, gzipped or not.

    Raises:
        BadInput: It is missing or not of that form.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise BadInput(f"{path} can't be read as JSON lines: {error}") from error


@contextmanager
def well_formed(path: Path) -> Iterator[None]:
    """Tell that a file is not of the suite's form, where reading its rows fails.

    Raises:
        BadInput: A row lacks something, or holds something else.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"{path} is not of the suite's form: {error!r}") from error
