"""Secrets that settings name: read once from Amazon's services, never told, and refused where they can't be read."""

import json
from typing import Any

import pytest

from stores.secrets import Secrets, referring, resolved
from switchboard.errors import ConfigError
from switchboard.settings import AwsSettings, Settings, load
from tests.aws import REGION, World


@pytest.fixture
def secrets(aws: World) -> Secrets:
    return Secrets(AwsSettings(region=REGION, endpoint=aws.endpoint))


def named(**variables: str) -> Settings:
    """Settings with variables, such as ``SLACK__BOT_TOKEN``, of channels."""
    return load(None, {f"SWITCHBOARD_CHANNELS__{name}": value for name, value in variables.items()})


def channel(settings: Settings, name: str) -> Any:
    return (settings.channels.model_extra or {})[name]


def kept(aws: World, name: str, text: str) -> None:
    aws.sdk("secretsmanager").create_secret(Name=name, SecretString=text)


def test_a_secret_of_the_secrets_manager_is_read_by_its_name_and_by_its_arn(aws: World, secrets: Secrets) -> None:
    kept(aws, "chat/by-name", "hush")
    arn = aws.sdk("secretsmanager").describe_secret(SecretId="chat/by-name")["ARN"]
    assert secrets.read("secretsmanager:chat/by-name") == "hush"
    assert secrets.read(f"secretsmanager:{arn}") == "hush"


def test_a_member_of_a_secret_that_is_an_object_is_read(aws: World, secrets: Secrets) -> None:
    kept(aws, "chat/object", json.dumps({"token": "xoxb", "port": 7}))
    assert secrets.read("secretsmanager:chat/object#token") == "xoxb"
    for member in ("nothing", "port"):
        with pytest.raises(ConfigError, match="no such member"):
            secrets.read(f"secretsmanager:chat/object#{member}")


def test_a_parameter_of_the_systems_manager_is_read_decrypted(aws: World, secrets: Secrets) -> None:
    aws.sdk("ssm").put_parameter(Name="/chat/key", Value="hush", Type="SecureString")
    assert secrets.read("ssm:/chat/key") == "hush"


@pytest.mark.parametrize("reference", ["secretsmanager:not/there", "ssm:/not/there"])
def test_a_secret_that_is_not_there_is_told_by_its_name(secrets: Secrets, reference: str) -> None:
    with pytest.raises(ConfigError, match=f"The secret {reference} can't be read: .*NotFound"):
        secrets.read(reference)


def test_what_a_secret_holds_is_in_no_error(aws: World, secrets: Secrets) -> None:
    kept(aws, "chat/no-object", "hush-hush")
    with pytest.raises(ConfigError) as caught:
        secrets.read("secretsmanager:chat/no-object#token")
    assert "hush" not in str(caught.value)


def test_every_setting_of_a_channel_can_name_a_secret_and_each_is_read_once() -> None:
    asked: list[str] = []

    def read(reference: str) -> str:
        asked.append(reference)
        return f"<{reference}>"

    settings = named(
        GATEWAY__SECRET="secretsmanager:one", GATEWAY__JWT__SECRET="ssm:/two", LEX__SECRET="secretsmanager:one"
    )
    found = resolved(settings, read)
    assert channel(found, "gateway") == {"secret": "<secretsmanager:one>", "jwt": {"secret": "<ssm:/two>"}}
    assert channel(found, "lex") == {"secret": "<secretsmanager:one>"}
    assert asked == ["secretsmanager:one", "ssm:/two"]


def test_settings_that_name_no_secret_are_as_they_were() -> None:
    settings = named(GATEWAY__SECRET="s" * 32, SLACK__BOT_TOKEN="xoxb-1")
    assert not referring(settings)
    assert resolved(settings) is settings


def test_a_sentence_that_begins_as_a_reference_does_is_none() -> None:
    assert not referring(named(GATEWAY__SUGGESTIONS="ssm: what is it?"))


def test_the_settings_that_were_read_are_left_alone() -> None:
    settings = named(GATEWAY__SECRET="ssm:/one")
    resolved(settings, lambda _: "hush")
    assert channel(settings, "gateway") == {"secret": "ssm:/one"}


def test_a_secret_that_can_not_be_read_stops_the_start() -> None:
    def read(reference: str) -> str:
        raise ConfigError("no", fix="yes")

    with pytest.raises(ConfigError):
        resolved(named(GATEWAY__SECRET="ssm:/one"), read)
