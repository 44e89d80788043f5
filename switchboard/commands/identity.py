"""Who is asking, on this machine: the local user, who has proved that by being logged in, or whom they ask to be."""

import argparse
import getpass

from switchboard.errors import BadInput
from switchboard.identity import Principal

_LONGEST = 200


def add_arguments(parser: argparse.ArgumentParser, *, groups: bool = True) -> None:
    """Add ``--as`` and, where it matters which groups the user is in, ``--group``."""
    parser.add_argument("--as", dest="user", metavar="USER", help="be this user (default: who is logged in)")
    parser.set_defaults(group=[])
    if groups:
        parser.add_argument("--group", nargs="+", action="extend", metavar="GROUP", help="groups that the user is in")


def principal(args: argparse.Namespace) -> Principal:
    """The principal that the command line asks for. Whoever may run the command may read the data folder anyway.

    Raises:
        BadInput: A name is blank or too long.
    """
    user = login() if args.user is None else args.user
    for name in (user, *args.group):
        if not name.strip() or len(name) > _LONGEST:
            raise BadInput(f"The name of a user or group is 1 to {_LONGEST} characters long.")
    return Principal(id=user, groups=frozenset(args.group), display_name=user, verified=True)


def local() -> Principal:
    """Who is logged in, as a principal."""
    user = login()
    return Principal(id=user, display_name=user, verified=True)


def login() -> str:
    """The name of who is logged in; ``owner`` where the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "owner"
