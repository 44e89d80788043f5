"""``switchboard eval``: measure quality; what there is to measure is up to the evals package."""

import argparse

from switchboard.commands.context import Context


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the evals take."""
    import evals.command

    evals.command.add_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Run an eval."""
    import evals.command

    return evals.command.run(args)
