"""The settings' names lead to the AWS stores, and what the settings lack is said before anything is called."""

from pathlib import Path

import pytest

import stores
from stores.dynamodb import DynamoConversationStore, DynamoJobStore, DynamoQuotaStore
from stores.s3 import S3BlobStore
from stores.sqs_jobs import SqsJobQueue
from switchboard.errors import ConfigError
from switchboard.plugins import Setup
from switchboard.settings import AwsSettings, Backends, Settings
from switchboard.testing.samples import a_change, a_conversation, a_message, a_turn
from tests.aws import REGION, a_world

HERE = a_conversation()
ROLES = [
    ("conversations", "dynamodb", DynamoConversationStore, "table"),
    ("jobs", "dynamodb", DynamoJobStore, "table"),
    ("quotas", "dynamodb", DynamoQuotaStore, "table"),
    ("job_queue", "sqs", SqsJobQueue, "job_queue_url"),
    ("blobs", "s3", S3BlobStore, "bucket"),
]


def setup(folder: Path, role: str, name: str, **aws: str) -> Setup:
    return Setup(Settings(data_dir=folder, backends=Backends(**{role: name}), aws=AwsSettings(**aws)))


def queueing(folder: Path, **aws: str) -> Setup:
    backends = Backends(message_queue="sqs", blobs="memory")
    return Setup(Settings(data_dir=folder, backends=backends, aws=AwsSettings(**aws)))


@pytest.mark.parametrize(("role", "name", "kind", "setting"), ROLES)
async def test_a_name_leads_to_its_store(tmp_path: Path, role: str, name: str, kind: type, setting: str) -> None:
    store = setup(tmp_path, role, name, **{setting: "something"}).backend(role)
    assert type(store) is kind
    await store.close()


@pytest.mark.parametrize(("role", "name", "kind", "setting"), ROLES)
def test_what_the_settings_do_not_name_is_said(tmp_path: Path, role: str, name: str, kind: type, setting: str) -> None:
    with pytest.raises(ConfigError) as caught:
        setup(tmp_path, role, name).backend(role)
    assert caught.value.where == f"aws.{setting}"


def test_without_the_sdk_one_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"switchboard-assistant\[aws\]"):
        setup(tmp_path, "blobs", "s3", bucket="bucket").backend("blobs")


async def test_the_settings_reach_the_service(tmp_path: Path) -> None:
    with a_world() as world:
        name = world.table().name
        here = {"table": name, "region": REGION, "endpoint": world.endpoint}
        store = setup(tmp_path, "conversations", "dynamodb", **here, key_prefix="ours/").backend("conversations")
        assert await store.commit(HERE, a_change(1, a_turn()))
        await store.close()
        items = world.sdk("dynamodb").scan(TableName=name)["Items"]
        assert items
        assert all(item["pk"]["S"].startswith("ours/") for item in items)


@pytest.mark.parametrize("prefix", ["#", "a b", "x" * 101])
def test_a_prefix_that_keys_can_not_carry_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="key_prefix"):
        AwsSettings(key_prefix=prefix)


async def test_the_queue_waits_as_long_as_sqs_lets_it(tmp_path: Path) -> None:
    """Longer than that the client would wait in vain, and less long it would give up on an answer under way."""
    with a_world() as world:
        here = {"queue_url": world.queue(), "region": REGION, "endpoint": world.endpoint}
        queue = queueing(tmp_path, **here).backend("message_queue")
        await queue.send(a_message())
        (delivery,) = await queue.receive(wait_seconds=60)
        assert delivery.message == a_message()
        await queue.close()


def test_a_queue_that_the_settings_do_not_name_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        queueing(tmp_path).backend("message_queue")
    assert caught.value.where == "aws.queue_url"
