"""The ``switchboard`` command: finds out which command is meant and imports nothing but that one."""

import sys
from collections.abc import Sequence
from importlib import import_module

from switchboard.commands import COMMANDS
from switchboard.commands.boundary import guarded
from switchboard.commands.context import Context
from switchboard.commands.parsing import Parser, UsageError, did_you_mean, global_options, overview


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code: 0 done, 1 failed, 2 not understood, 130 stopped."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    context = Context()
    return guarded(lambda: _run(given, context), context)


def _run(given: list[str], context: Context) -> int:
    options, rest = global_options().parse_known_args(given)
    context.config, context.data_dir, context.verbose = options.config, options.data_dir, options.verbose
    if not rest or rest[0] in ("-h", "--help", "help"):
        print(overview(COMMANDS))
        return 0
    name, *rest = rest
    if name == "--version":
        name = "version"
    if name not in COMMANDS:
        raise UsageError(f"There is no command {name!r}. " + did_you_mean(name, COMMANDS))
    command = import_module(f"switchboard.commands.{name}")
    parser = Parser(prog=f"switchboard {name}", description=COMMANDS[name], parents=[global_options()])
    command.add_arguments(parser)
    return int(command.run(parser.parse_args(rest), context))


if __name__ == "__main__":
    sys.exit(main())
