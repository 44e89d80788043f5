"""``switchboard channels``: which channels are installed and enabled, and where they come from."""

import argparse

from switchboard.commands import plugin_list
from switchboard.commands.context import Context

add_arguments = plugin_list.add_arguments


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the list."""
    return plugin_list.run("switchboard.channels", args, context)
