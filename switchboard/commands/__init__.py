"""The commands, one file each, named as they are called. Only their names and summaries are here, so help is quick.

A command's module has ``add_arguments(parser)`` and ``run(args, context)``, which returns the exit code.
"""

from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "chat": "Chat in the terminal, or ask one question from a script.",
    "serve": "Serve the web chat.",
    "ingest": "Put files and folders into the library.",
    "conversations": "List, show, export or delete what is kept of conversations.",
    "outbox": "List, retry or discard replies that platforms have not taken.",
    "jobs": "List, show, cancel or retry work that goes on after its turn.",
    "worker": "Work on jobs.",
    "keys": "Make, list or remove the API keys of programs.",
    "open": "Open a source by the link that chat --json gave.",
    "doctor": "Check what is configured, what works, and what to do about the rest.",
    "tools": "List the tools that are installed.",
    "channels": "List the channels that are installed.",
    "eval": "Measure quality on data.",
    "version": "Print the version.",
}
