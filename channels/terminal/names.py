"""Names of conversations: given by a person, or made so that a person can read them and nothing else has them."""

import secrets
from datetime import UTC, datetime

from channels.terminal import texts
from channels.terminal.clean import typed
from switchboard import BadInput

ONCE = "once-"
"""How the names of one-shot conversations begin; a chat neither lists those nor goes on with them by itself."""
_LONGEST = 200


def new_name(now: float) -> str:
    """A new name; ``now`` is in seconds since the epoch."""
    return f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}-{secrets.token_hex(3)}"


def check_name(thread: str) -> str:
    """A name as it was given.

    Raises:
        BadInput: It is blank or too long.
    """
    name = typed(thread).strip()
    if not name or len(name) > _LONGEST:
        raise BadInput(texts.BAD_NAME)
    return name
