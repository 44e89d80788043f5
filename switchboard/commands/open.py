"""``switchboard open``: from a link of ``chat --json`` to the document, for whoever may read it."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.commands import identity, running
from switchboard.commands.context import Context

if TYPE_CHECKING:
    from switchboard.plugins import Setup


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("link", metavar="LINK", help="switchboard://documents/... as chat --once --json gives it")
    identity.add_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Copy the document, print where the copy is, and show it where there is a desktop."""
    from channels.terminal.opened import view
    from switchboard.plugins import Setup

    address, path = asyncio.run(_locate(args, Setup(context.settings())))
    print(path)
    view(address, path)
    return 0


async def _locate(args: argparse.Namespace, setup: "Setup") -> tuple[str, Path]:
    from channels.terminal.links import DocumentLink
    from channels.terminal.opened import Opened, locate

    link = DocumentLink.parse(args.link)
    principal = identity.principal(args)
    async with running.assistant(setup) as assistant:
        return await locate(
            assistant,
            link.document,
            page=link.page,
            principal=principal,
            conversation=link.conversation,
            opened=Opened(setup.settings.data_dir / "opened"),
        )
