"""Clients made of what the package has parsed send what the SDK's own send."""

import marshal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED, __version__
from botocore.awsrequest import AWSResponse
from botocore.loaders import Loader, create_loader

import stores.aws
from infra.functions.described import Described
from infra.packaging.rehearsal import Observed
from stores.aws import describe, sdk_client

CALLS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("put_item", {"TableName": "t", "Item": {"pk": {"S": "\u00e4"}, "n": {"N": "1"}, "b": {"B": b"\0"}}}),
    "s3": ("put_object", {"Bucket": "a-bucket", "Key": "a key", "Body": b"bytes", "Metadata": {"a": "b"}}),
    "sqs": ("send_message", {"QueueUrl": "https://sqs.example/1/q.fifo", "MessageBody": "x", "MessageGroupId": "g"}),
    "bedrock-runtime": ("converse", {"modelId": "a:b", "messages": [{"role": "user", "content": [{"text": "Hello"}]}]}),
}
PLACES = [
    ("eu-west-1", {}),
    ("us-gov-west-1", {"use_fips_endpoint": True}),
    ("cn-north-1", {"use_dualstack_endpoint": True}),
]


@pytest.fixture(autouse=True)
def _usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores.aws, "_shared", {})
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "any")


def request(
    service: str, region: str, config: Mapping[str, Any]
) -> tuple[str, str, bytes | str | None, dict[str, str]]:
    """What a client sends, but for what is another each time."""
    client = sdk_client(service, region=region, signature_version=UNSIGNED, **config)
    sent: list[Any] = []

    def send(request: Any, **about: Any) -> AWSResponse:
        sent.append(request)
        return answer(request, b"" if service == "s3" else b"{}")

    client.meta.events.register(f"before-send.{service}", send)
    operation, parameters = CALLS[service]
    getattr(client, operation)(**parameters)
    client.close()
    (only,) = sent
    headers = {name: str(value) for name, value in only.headers.items() if name != "amz-sdk-invocation-id"}
    return only.method, only.url, getattr(only.body, "read", lambda: only.body)(), headers


class Raw:
    """The body of an answer."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *args: object, **named: object) -> Iterator[bytes]:
        yield self._body


def answer(request: Any, body: bytes = b"{}") -> AWSResponse:
    """That there is nothing to say."""
    return AWSResponse(request.url, 200, {}, Raw(body))


def watched(service: str, region: str, config: Mapping[str, Any]) -> tuple[Any, dict[tuple[str, ...], bytes]]:
    """What a usual client sends, and what it was told of its service."""
    observed = Observed()
    describe(observed.loader)
    return request(service, region, config), observed.descriptions


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize(("region", "config"), PLACES)
def test_a_client_sends_the_same(service: str, region: str, config: Mapping[str, Any]) -> None:
    usual, kept = watched(service, region, config)
    asked: list[tuple[str, ...]] = []

    def known(*name: str) -> Any:
        asked.append(name)
        return name in kept and marshal.loads(kept[name])

    describe(lambda loader: Described(loader, known))
    assert request(service, region, config) == usual
    assert (service, "service-2") in asked


def described(version: str, loader: Loader | None = None) -> Described:
    known = {("version",): version, ("sqs", "service-2"): {"made": "before"}, ("_retry",): {"made": "before"}}
    return Described(loader or create_loader(), lambda *name: known.get(name))


def test_what_is_known_is_not_read() -> None:
    made = described(__version__)
    assert made.load_service_model("sqs", "service-2") == {"made": "before"}
    assert made.load_data("_retry") == {"made": "before"}
    assert made.is_builtin_path(made.load_data_with_path("_retry")[1])


def test_a_description_is_parsed_once_for_all_clients() -> None:
    asked: list[tuple[str, ...]] = []

    def known(*name: str) -> Any:
        asked.append(name)
        return {("version",): __version__}.get(name, {"made": "before"})

    made = Described(create_loader(), known)
    assert made.load_service_model("sqs", "service-2") is made.load_service_model("sqs", "service-2")
    assert asked.count(("sqs", "service-2")) == 1


def test_what_is_not_known_or_asked_for_in_a_version_is_read() -> None:
    made = described(__version__)
    assert made.load_service_model("sqs", "service-2", "2012-11-05")["metadata"]["serviceId"] == "SQS"
    assert made.load_service_model("sns", "service-2")["metadata"]["serviceId"] == "SNS"
    assert made.load_data("partitions")["partitions"]


def test_another_botocore_reads_its_own() -> None:
    assert described("0.0.1").load_service_model("sqs", "service-2")["metadata"]["serviceId"] == "SQS"


def test_descriptions_that_somebody_has_put_before_botocores_are_read(tmp_path: Path) -> None:

    made = described(__version__, create_loader(str(tmp_path)))
    assert made.load_service_model("sqs", "service-2")["metadata"]["serviceId"] == "SQS"


def test_what_one_client_does_at_its_events_is_not_what_another_does() -> None:
    seen: list[str] = []
    one, other = (sdk_client("sqs", region="eu-west-1", signature_version=UNSIGNED) for _ in range(2))
    one.meta.events.register("before-send.sqs", lambda request, **about: seen.append("one") or answer(request))
    other.meta.events.register("before-send.sqs", lambda request, **about: answer(request))
    other.list_queues()
    assert seen == []
