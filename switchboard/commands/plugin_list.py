"""What ``switchboard tools`` and ``switchboard channels`` share: a list of plug-ins, for people or as JSON."""

import argparse
import ast
import json
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.commands.context import Context

if TYPE_CHECKING:
    from switchboard.plugins import Group, Plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A plug-in with what it says of itself: the first line of its docstring, read without running it."""

    name: str
    enabled: bool
    origin: str
    target: str
    description: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what both commands take."""
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def run(group: "Group", args: argparse.Namespace, context: Context) -> int:
    """Print what is installed in a group."""
    from switchboard.plugins import Setup

    entries = [_entry(plugin) for plugin in Setup(context.settings()).installed(group)]
    if args.json:
        print(json.dumps([asdict(entry) for entry in entries], indent=2))
        return 0
    for entry in entries:
        print(f"{entry.name}  ({'enabled' if entry.enabled else 'installed, not enabled'}, from {entry.origin})")
        print(f"    {entry.description or 'It does not say what it does.'}")
        print(f"    {entry.target}")
    if not entries:
        print("None is installed.")
    return 0


def _entry(plugin: "Plugin") -> Entry:
    return Entry(
        name=plugin.name,
        enabled=plugin.enabled,
        origin=plugin.origin,
        target=plugin.target,
        description=description(plugin.target),
    )


def description(target: str) -> str:
    """The first sentence of what a ``module:attribute`` says of itself, or of its module; empty where neither does.

    The module is read and not imported, so that a broken plug-in can still be listed.
    """
    module, _, attribute = target.partition(":")
    try:
        spec = find_spec(module)
        tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8")) if spec and spec.origin else ast.Module([], [])
    except (ImportError, OSError, SyntaxError, ValueError):
        return ""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = next((node for node in tree.body if isinstance(node, kinds) and node.name == attribute), None)
    said = (ast.get_docstring(found) if found else None) or ast.get_docstring(tree) or ""
    return said.partition("\n")[0]
