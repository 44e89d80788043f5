"""``switchboard doctor``: what is configured, what works, and what to do about the rest."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial

from switchboard.commands import identity
from switchboard.commands.checks import Check, Line, bounded
from switchboard.commands.context import Context

_MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--json", action="store_true", help="print a JSON object: ok, and the lines")


def run(args: argparse.Namespace, context: Context) -> int:
    """Check everything. Returns 1 if anything fails."""
    lines: list[Line] = []
    for name, check in _checks(context):
        found = bounded(name, check)
        lines += found
        if not args.json:
            for line in found:
                print(_shown(line), flush=True)
    failed = sum(line.level == "fail" for line in lines)
    if args.json:
        print(json.dumps({"ok": not failed, "lines": [asdict(line) for line in lines]}, indent=2))
    else:
        warned = sum(line.level == "warn" for line in lines)
        print(f"{failed} to mend, {warned} to look at." if failed or warned else "All is well.")
    return 1 if failed else 0


def _shown(line: Line) -> str:
    fix = f"\n      -> {line.fix}" if line.fix else ""
    return f"{_MARKS[line.level]}  {line.name}: {line.text}{fix}"


def _checks(context: Context) -> Iterator[tuple[str, Check]]:
    """The checks in order; those that need settings only where the settings are right."""
    from switchboard.commands.checks import machine
    from switchboard.errors import ConfigError

    yield "versions", machine.versions
    try:
        settings = context.settings()
    except ConfigError as error:
        yield "settings", partial(_raise, error)
        return

    from switchboard.commands.checks import configuration, kept, parts
    from switchboard.plugins import Setup

    setup = Setup(settings)
    yield "settings", partial(configuration.configuration, settings, context.config, context.overrides)
    yield "data folder", partial(kept.writable, settings.data_dir)
    yield "disk", partial(machine.disk, settings.data_dir)
    yield "databases", partial(kept.databases, settings.data_dir)
    for role in parts.roles():
        yield role, partial(parts.backend, setup, role)
    if settings.profile == "embedded":
        yield "model files", parts.models
        yield "library", partial(kept.library, setup, identity.local())
    yield "tools", partial(parts.tools, setup)
    yield "channels", partial(parts.channels, setup)
    web = settings.channels.websocket
    yield "port", partial(machine.port, web.host, web.port)
    yield "optional", partial(machine.optional, settings.profile)
    parts.close(setup)


def _raise(error: Exception) -> list[Line]:
    raise error
