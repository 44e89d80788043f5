"""A start under observation: what the package's own process works out goes into the file that starts take it from.

It is run by its path, in a process that sees the package and Python alone: ``python -S -P rehearsal.py PACKAGE``.
"""

import _sre  # type: ignore[import-not-found]  # has no stubs
import marshal
import os
import sys
from importlib import import_module
from importlib.util import cache_from_source
from itertools import repeat
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any

from infra.functions.deferring import quick_start
from infra.functions.prepared import Contents, used

SERVICES = ("bedrock-runtime", "dynamodb", "s3", "secretsmanager", "sqs", "ssm")
"""Of which clients are made as functions start."""
MODULES = ("infra.functions.described", "stores.dynamodb", "stores.s3", "stores.sqs", "stores.sqs_jobs")
"""What functions load besides, which this start has no need of."""
ENVIRON = {
    "AWS_ACCESS_KEY_ID": "any",
    "AWS_SECRET_ACCESS_KEY": "any",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "SWITCHBOARD_CHANNELS__LEX__SECRET": "a secret for nothing but a rehearsal",
}
EVENT = {
    "messageVersion": "1.0",
    "invocationSource": "FulfillmentCodeHook",
    "inputMode": "Text",
    "sessionId": "rehearsal",
    "inputTranscript": "How long is parental leave?",
    "bot": {"id": "A1B2C3D4E5", "aliasId": "TSTALIASID", "localeId": "en_GB", "version": "1"},
    "sessionState": {"sessionAttributes": {}, "intent": {"name": "FallbackIntent", "slots": {}}},
}


class Observed:
    """Works out what is asked, as Python does, and keeps it."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}
        self.patterns: dict[tuple[str | bytes, int], tuple[Any, ...]] = {}
        self.descriptions: dict[tuple[str, ...], bytes] = {}
        self._compiler: Any = import_module("re._compiler")
        self._compile_pattern = self._compiler.compile

    def code(self, source: object, mode: str) -> CodeType | None:
        """As `infra.functions.prepared.Work`."""
        if not isinstance(source, str):
            return None
        if (source, mode) not in self.codes:
            self.codes[source, mode] = compile(source, "<string>", mode)
        return self.codes[source, mode]

    def pattern(self, pattern: object, flags: int) -> Any:
        """As `infra.functions.prepared.Work`."""
        if not isinstance(pattern, str | bytes):
            return None

        def noted(source: Any, found: int, code: list[int], groups: int, names: dict[str, int], by: Any) -> Any:
            self.patterns[pattern, int(flags)] = (int(found), [int(each) for each in code], groups, dict(names), by)
            return _sre.compile(source, found, code, groups, names, by)

        self._compiler._sre = SimpleNamespace(**{**vars(_sre), "compile": noted})
        try:
            return self._compile_pattern(pattern, flags)
        finally:
            self._compiler._sre = _sre

    def loader(self, usual: Any) -> Any:
        """A loader of descriptions."""
        from botocore import __version__

        self.descriptions["version",] = marshal.dumps(__version__)
        return _Loader(usual, self.descriptions)


class _Loader:
    """Keeps what botocore's loader gives."""

    def __init__(self, loader: Any, kept: dict[tuple[str, ...], bytes]) -> None:
        self._loader = loader
        self._kept = kept

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_service_model(self, service: str, kind: str, api_version: str | None = None) -> Any:
        found = self._loader.load_service_model(service, kind, api_version)
        self._kept[service, kind] = marshal.dumps(_plain(found))
        return found

    def load_data(self, name: str) -> Any:
        return self.load_data_with_path(name)[0]

    def load_data_with_path(self, name: str) -> Any:
        found = self._loader.load_data_with_path(name)
        self._kept[name,] = marshal.dumps(_plain(found[0]))
        return found


def _plain(value: Any) -> Any:
    """The same of dictionaries and lists alone; both keep the order."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def rehearse(loader: Any) -> None:
    """Start as the functions that answer do, and answer once."""
    with quick_start():
        from agent.assistant import build
        from agent.models.bedrock import bedrock_chat_model
        from channels.lex.answering import Fulfilment
        from channels.lex.channel import channel
        from channels.lex.handler import LambdaHandler
        from infra.functions.starting import Started
        from stores.aws import describe, sdk_client
        from stores.memory import MemoryBlobStore, MemoryConversationStore, MemoryJobStore
        from switchboard.plugins import Setup
        from switchboard.settings import Settings
        from switchboard.testing.models import ScriptedChatModel

        for name in MODULES:
            import_module(name)
        describe(loader)
        clients = {service: sdk_client(service) for service in SERVICES}
        bedrock_chat_model("anthropic.claude-haiku", client=clients["bedrock-runtime"])
        given = {
            "chat_model": ScriptedChatModel(repeat("Sixteen weeks.")),
            "conversations": MemoryConversationStore(),
            "jobs": MemoryJobStore(),
            "blobs": MemoryBlobStore(),
            "tools": (),
            "job_kinds": (),
        }

        def made(settings: Settings) -> Fulfilment:
            setup = Setup(settings, given=given)
            return Fulfilment(channel(setup), build(settings, setup))

        handler = LambdaHandler(Started(made, Fulfilment.close))
        handler.prepare()
    handler(EVENT, SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000))
    handler.close()


def modules(package: Path) -> dict[str, tuple[str, bool, bytes]]:
    """The modules of the package that are loaded now."""
    found: dict[str, tuple[str, bool, bytes]] = {}
    for name, module in sys.modules.items():
        spec = getattr(module, "__spec__", None)
        file = Path((spec and spec.origin) or "")
        if spec is not None and spec.name == name and file.suffix == ".py" and file.is_relative_to(package):
            bytecode = Path(cache_from_source(str(file))).read_bytes()[16:]
            found[name] = (str(file.relative_to(package)), spec.submodule_search_locations is not None, bytecode)
    return found


def main(package: Path) -> None:
    """Observe a start, and write the file."""
    os.environ |= ENVIRON
    observed = Observed()
    with used(observed):
        rehearse(observed.loader)
    Contents(
        modules=modules(package),
        codes=observed.codes,
        patterns=observed.patterns,
        descriptions=observed.descriptions,
    ).write(package / "infra/functions/prepared.bin")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
