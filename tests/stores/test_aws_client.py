"""The client: made late, retried as often as it says, closed for good, and its errors in our words."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore import exceptions

from stores.aws import ATTEMPTS, AwsClient, AwsError, sdk_client
from switchboard.errors import BackendError
from tests.aws import REGION

URL = {"endpoint_url": "https://example.org"}


def refusal(code: str, status: int = 400, **more: Any) -> exceptions.ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    return exceptions.ClientError(answer, "GetItem")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsClient]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return AwsClient("dynamodb", region=REGION, endpoint="http://127.0.0.1:9")


def raising(error: Exception) -> Callable[[Any], Any]:
    def work(client: Any) -> Any:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (refusal("ThrottlingException"), "throttled", True),
        (refusal("ProvisionedThroughputExceededException"), "throttled", True),
        (refusal("SlowDown", 503), "throttled", True),
        (refusal("SomethingThrottledNew"), "throttled", True),
        (refusal("InternalServerError", 500), "unavailable", True),
        (refusal("AccessDeniedException"), "AccessDeniedException", False),
        (refusal("ConditionalCheckFailedException"), "ConditionalCheckFailedException", False),
        (exceptions.ReadTimeoutError(**URL), "timeout", True),
        (exceptions.ConnectTimeoutError(**URL), "timeout", True),
        (exceptions.EndpointConnectionError(**URL), "unreachable", True),
        (exceptions.ConnectionClosedError(**URL), "unreachable", True),
        (exceptions.NoCredentialsError(), "NoCredentialsError", False),
        (exceptions.NoRegionError(), "NoRegionError", False),
        (exceptions.ParamValidationError(report="x"), "ParamValidationError", False),
    ],
)
async def test_an_error_comes_in_our_words(client: AwsClient, error: Exception, code: str, retryable: bool) -> None:
    with pytest.raises(BackendError) as caught:
        await client.run("get_item", raising(error))
    assert (caught.value.service, caught.value.operation) == ("dynamodb", "get_item")
    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    await client.close()


async def test_the_services_answer_stays_at_hand(client: AwsClient) -> None:
    reasons = [{"Code": "TransactionConflict"}]
    with pytest.raises(AwsError) as caught:
        await client.run("x", raising(refusal("TransactionCanceledException", CancellationReasons=reasons)))
    assert caught.value.answer["CancellationReasons"] == reasons
    await client.close()


async def test_a_fault_of_ours_is_not_taken_for_the_services(client: AwsClient) -> None:
    with pytest.raises(ZeroDivisionError):
        await client.run("x", raising(ZeroDivisionError()))
    await client.close()


async def test_the_settings_of_the_sdk_are_the_ones_that_we_say(client: AwsClient) -> None:
    config = await client.run("x", lambda sdk: sdk.meta.config)
    assert config.retries == {"mode": "standard", "total_max_attempts": ATTEMPTS}
    assert (config.connect_timeout, config.read_timeout, config.max_pool_connections) == (3, 10, 16)
    await client.close()


async def test_a_throttled_call_is_tried_as_often_as_we_say(client: AwsClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.awsrequest import AWSResponse

    monkeypatch.setattr("time.sleep", lambda seconds: None)
    sent: list[str] = []

    class Raw:
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield b'{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}'

    def throttled(request: Any, event_name: str, **_: Any) -> AWSResponse:
        sent.append(event_name)
        return AWSResponse(request.url, 400, {}, Raw())

    await client.run("x", lambda sdk: sdk.meta.events.register("before-send.dynamodb", throttled))
    with pytest.raises(BackendError) as caught:
        await client.call("get_item", TableName="table", Key={})
    assert (caught.value.code, len(sent)) == ("throttled", ATTEMPTS)
    await client.close()


async def test_attempts_of_one_transaction_carry_one_token(client: AwsClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """By which the service knows a repeat from another transaction."""
    import json

    monkeypatch.setattr("time.sleep", lambda seconds: None)
    tokens: list[str] = []

    def lost(request: Any, **_: Any) -> None:
        tokens.append(json.loads(request.body)["ClientRequestToken"])
        raise exceptions.ReadTimeoutError(**URL)

    await client.run("x", lambda sdk: sdk.meta.events.register("before-send.dynamodb", lost))
    action = {"Delete": {"TableName": "table", "Key": {"pk": {"S": "x"}}}}
    with pytest.raises(BackendError):
        await client.call("transact_write_items", TransactItems=[action])
    assert len(tokens) == ATTEMPTS
    assert len(set(tokens)) == 1
    await client.close()


async def test_a_closed_client_says_so(client: AwsClient) -> None:
    await client.close()
    await client.close()
    with pytest.raises(BackendError) as caught:
        await client.call("get_item")
    assert caught.value.code == "closed"


def test_making_a_store_does_not_load_the_sdk() -> None:
    import subprocess

    code = (
        "import sys; from stores.aws import AwsClient; from stores.dynamodb import *; from stores.s3 import *;"
        "import stores.sqs; DynamoConversationStore(Table(AwsClient('dynamodb'), 'table'));"
        "print({'boto3', 'botocore'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_a_client_needs_neither_the_transfers_nor_the_resources_of_the_sdk() -> None:
    import subprocess

    code = (
        "import sys; from stores.aws import sdk_client; sdk_client('dynamodb', region='eu-west-1');"
        "print({'boto3', 's3transfer'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_a_description_is_read_once_for_all_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.loaders import JSONFileLoader

    read: list[str] = []
    load = JSONFileLoader.load_file

    def noted(loader: Any, path: str) -> Any:
        read.append(path)
        return load(loader, path)

    sdk_client("sqs", region=REGION).close()
    monkeypatch.setattr(JSONFileLoader, "load_file", noted)
    sdk_client("sqs", region=REGION).close()
    assert read == []
