"""Secrets by name: a channel's setting may say where a secret is kept instead of what it is.

``secretsmanager:NAME`` is a secret of AWS Secrets Manager, ``secretsmanager:NAME#MEMBER`` a member of one that is a
JSON object, ``ssm:NAME`` a parameter of the Systems Manager. What is read is never logged, nor part of an error.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from stores.aws import AwsClient, AwsError
from switchboard.errors import ConfigError
from switchboard.settings import AwsSettings, Settings

_REFERENCE = re.compile(r"(secretsmanager|ssm):([^#\s]+)(?:#(\S+))?")

Read = Callable[[str], str]


class Secrets:
    """Reads secrets from Amazon's services; it blocks, as it is for the start of a process."""

    def __init__(self, aws: AwsSettings) -> None:
        self._aws = aws

    def read(self, reference: str) -> str:
        """The secret that a reference names.

        Raises:
            ConfigError: It can't be read, or is no text.
        """
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise _unreadable(reference, "that is no reference")
        service, name, member = match.groups()
        try:
            text = self._secret(name) if service == "secretsmanager" else self._parameter(name)
        except AwsError as error:
            raise _unreadable(reference, error.code) from error
        found = text if member is None else _member(text, member)
        if not isinstance(found, str) or not found:
            raise _unreadable(reference, "it is no text, or has no such member")
        return found

    def _secret(self, name: str) -> object:
        return self._call("secretsmanager", "get_secret_value", SecretId=name).get("SecretString")

    def _parameter(self, name: str) -> object:
        answer = self._call("ssm", "get_parameter", Name=name, WithDecryption=True)
        return answer["Parameter"]["Value"]

    def _call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        client = AwsClient(service, region=self._aws.region, endpoint=self._aws.endpoint)
        return client.call_blocking(operation, **parameters)


def referring(settings: Settings) -> bool:
    """Whether a channel's setting names a secret that is kept elsewhere."""
    tables = settings.channels.model_extra or {}
    return bool(_replaced(tables, lambda _: "") != tables)


def resolved(settings: Settings, read: Read | None = None) -> Settings:
    """The settings with the secrets that they name, each read once.

    Args:
        read: Reads a secret; by default from Amazon's services.

    Raises:
        ConfigError: One can't be read.
    """
    if not referring(settings):
        return settings
    tables = _replaced(settings.channels.model_extra or {}, cache(read or Secrets(settings.aws).read))
    return settings.model_copy(update={"channels": settings.channels.model_copy(update=tables)})


def _replaced(value: Any, read: Read) -> Any:
    """A table, or something in one, with secrets in the places of references."""
    if isinstance(value, Mapping):
        return {name: _replaced(each, read) for name, each in value.items()}
    return read(value) if isinstance(value, str) and _REFERENCE.fullmatch(value) else value


def _member(text: object, member: str) -> object:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.get(member) if isinstance(found, dict) else None


def _unreadable(reference: str, why: str) -> ConfigError:
    return ConfigError(
        f"The secret {reference} can't be read: {why}.",
        fix="Check its name and region, and that this process may read it (docs/secrets.md).",
        where="channels",
    )
