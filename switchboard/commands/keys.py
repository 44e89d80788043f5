"""``switchboard keys``: the API keys with which programs speak for somebody, to make, to list, to take back."""

import argparse
import json
import time
from dataclasses import asdict

from switchboard.commands import identity, records, texts
from switchboard.commands.context import Context
from switchboard.errors import BadInput

_LONGEST_LABEL = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what each action takes."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", description="Make a key and print it, this once.")
    identity.add_arguments(add)
    add.add_argument("--label", default="", metavar="TEXT", help="what the key is for")
    listing = actions.add_parser("list", description="List the keys: for whom they speak, not what they are.")
    listing.add_argument("--json", action="store_true", help="print a JSON array")
    remove = actions.add_parser("remove", description="Make a key worthless, at once.")
    remove.add_argument("id", metavar="ID", help="as `switchboard keys list` prints it")


def run(args: argparse.Namespace, context: Context) -> int:
    """Add, list or remove."""
    from channels.http.keys import ApiKeys
    from channels.terminal.clean import one_line

    keys = ApiKeys(context.settings().data_dir)
    if args.action == "add":
        if len(args.label) > _LONGEST_LABEL:
            raise BadInput(texts.LABEL_TOO_LONG.format(limit=_LONGEST_LABEL))
        key, _ = keys.add(identity.principal(args), label=args.label, now=time.time())
        print(key)
    elif args.action == "remove":
        if not keys.remove(args.id):
            raise BadInput(texts.unknown_key(args.id), status=404)
        print(texts.KEY_REMOVED)
    elif args.json:
        kept = [{name: value for name, value in asdict(key).items() if name != "digest"} for key in keys.listed()]
        print(json.dumps(kept, indent=2))
    else:
        lines = [
            "  ".join((key.id, records.time(key.created_at), *map(one_line, (key.principal, *key.groups, key.label))))
            for key in keys.listed()
        ]
        print("\n".join(line.rstrip() for line in lines) or texts.NO_KEYS)
    return 0
