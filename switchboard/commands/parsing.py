"""How the command line is read: options that every command has, complaints in one sentence, help in one page."""

import argparse
import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

from switchboard.errors import BadInput


class UsageError(BadInput):
    """The command line is not understood; says what is wrong and what to type instead."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are a sentence and the way to the help, not a page of usage."""

    def __init__(
        self, *, prog: str, description: str = "", parents: Iterable["Parser"] = (), add_help: bool = True
    ) -> None:
        super().__init__(
            prog=prog, description=description, parents=list(parents), add_help=add_help, allow_abbrev=False
        )

    def error(self, message: str) -> NoReturn:
        """Complain about what was given."""
        hint = f"`{self.prog} --help` shows what there is."
        if unknown := re.fullmatch(r"unrecognized arguments: (--[^\s=]+).*", message):
            close = difflib.get_close_matches(unknown[1], self._option_string_actions, n=1)
            message = f"there is no option {unknown[1]}"
            hint = f"Did you mean {close[0]}?" if close else hint
        raise UsageError(f"{message[:1].upper()}{message[1:]}. {hint}")


def global_options() -> Parser:
    """The options that may stand anywhere on the line."""
    parser = Parser(prog="switchboard", add_help=False)
    group = parser.add_argument_group("options of every command")
    group.add_argument("--config", type=Path, metavar="FILE", help="settings file (default: switchboard.toml here)")
    group.add_argument("--data-dir", type=Path, metavar="DIR", help="folder for everything that is kept")
    group.add_argument("-v", "--verbose", action="store_true", help="show the log, and errors in full")
    return parser


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest known name as a question, or where to look."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean {close[0]!r}?" if close else "`switchboard --help` lists them."


def overview(commands: Mapping[str, str]) -> str:
    """The page that says what there is."""
    width = max(map(len, commands))
    lines = [f"  {name:<{width}}  {summary}" for name, summary in commands.items()]
    return "\n".join(
        [
            "usage: switchboard [--config FILE] [--data-dir DIR] [-v] COMMAND ...",
            "",
            "One assistant on every line: ask your documents in the browser and in the terminal.",
            "",
            "commands:",
            *lines,
            "",
            "`switchboard COMMAND --help` shows what a command takes. To begin:",
            "  switchboard ingest FOLDER && switchboard chat",
        ]
    )
