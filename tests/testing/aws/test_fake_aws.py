"""The server of the fakes: both protocols, held to the services' descriptions, on either side."""

import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from switchboard.testing.aws import FakeAws, FakeEcs, FakeService, Parameters, ServiceFault, Trouble
from switchboard.testing.aws.checking import faults
from switchboard.testing.aws.service import described

RUN: dict[str, Any] = {
    "taskDefinition": "worker",
    "launchType": "FARGATE",
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
    "overrides": {"containerOverrides": [{"name": "worker", "command": ["worker", "--once"]}]},
}


class Lex(FakeService):
    """A service with maps in its bodies, and with members in headers."""

    def __init__(self) -> None:
        super().__init__("lexv2-runtime", {"PutSession": self._put, "DeleteSession": self._delete})

    def _put(self, given: Parameters) -> Parameters:
        attributes = given["sessionState"]["sessionAttributes"]
        return {"sessionId": ",".join(f"{name}-{value}" for name, value in attributes.items()), "audioStream": b"sound"}

    def _delete(self, given: Parameters) -> Parameters:
        return {"sessionId": given["sessionId"]}


class Catalogue(FakeService):
    """A service that is asked in the query, and answers with times."""

    def __init__(self) -> None:
        super().__init__("bedrock", {"ListCustomModels": self._list})

    def _list(self, given: Parameters) -> Parameters:
        if given.get("isOwned") is not True or given.get("maxResults") != 5:
            raise ServiceFault("ValidationException", str(given))
        arn = "arn:aws:bedrock:eu-west-1:123456789012:custom-model/amazon.one/abcdefghijkl"
        base = "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan"
        made = datetime(2026, 11, 1, tzinfo=UTC)
        model = {
            "modelArn": arn,
            "modelName": "one",
            "creationTime": made,
            "baseModelArn": base,
            "baseModelName": "amazon.titan",
        }
        return {"modelSummaries": [model]}


class Models(FakeService):
    """A service whose parameters stand in the path, in headers and in a body of any kind."""

    def __init__(self) -> None:
        super().__init__("bedrock-runtime", {"InvokeModel": self._invoke, "ApplyGuardrail": self._apply})

    def _invoke(self, given: Parameters) -> Parameters:
        if given["modelId"] == "gone":
            raise ServiceFault("ResourceNotFoundException", "There is none.")
        return {"body": given["body"][::-1], "contentType": given.get("accept", "none")}

    def _apply(self, given: Parameters) -> Parameters:
        policies: list[Parameters] = []
        return {"usage": {}, "action": "NONE", "outputs": [], "assessments": policies}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@pytest.fixture
def ecs() -> FakeEcs:
    return FakeEcs()


@pytest.fixture
def aws(ecs: FakeEcs) -> Iterator[FakeAws]:
    with FakeAws(ecs, Models(), Lex(), Catalogue()) as aws:
        yield aws


def sdk(aws: FakeAws, service: str) -> Any:
    config = Config(retries={"total_max_attempts": 1})
    return boto3.client(service, region_name="eu-west-1", endpoint_url=aws.url, config=config)


def code(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response["Error"]["Code"])


def refused(client: Any) -> None:
    """Make a call that is answered with an error."""
    with pytest.raises(ClientError):
        client.list_tasks()


def test_the_sdk_finds_the_services_by_their_variables(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL_ECS"} <= set(aws.environment)
    for name, value in aws.environment.items():
        monkeypatch.setitem(os.environ, name, value)
    assert boto3.client("ecs", region_name="eu-west-1").list_tasks()["taskArns"] == []


def test_parameters_in_the_path_and_in_headers_reach_the_operation(aws: FakeAws) -> None:
    answer = sdk(aws, "bedrock-runtime").invoke_model(modelId="amazon.model:1", body=b"abc", accept="text/plain")
    assert (answer["body"].read(), answer["contentType"]) == (b"cba", "text/plain")


def test_what_is_asked_in_the_query_reaches_the_operation_and_times_come_back(aws: FakeAws) -> None:
    (found,) = sdk(aws, "bedrock").list_custom_models(isOwned=True, maxResults=5)["modelSummaries"]
    assert found["creationTime"] == datetime(2026, 11, 1, tzinfo=UTC)


def test_maps_are_checked_and_headers_come_back(aws: FakeAws) -> None:
    place = {"botId": "B" * 10, "botAliasId": "A" * 10, "localeId": "en_US", "sessionId": "a-session"}
    lex = sdk(aws, "lexv2-runtime")
    answer = lex.put_session(**place, sessionState={"sessionAttributes": {"key": "value"}})
    assert (answer["sessionId"], answer["audioStream"].read()) == ("key-value", b"sound")
    assert lex.delete_session(**place)["sessionId"] == "a-session"


def test_an_error_in_that_protocol_has_its_status(aws: FakeAws) -> None:
    with pytest.raises(ClientError) as raised:
        sdk(aws, "bedrock-runtime").invoke_model(modelId="gone", body=b"")
    assert code(raised) == "ResourceNotFoundException"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_members_of_a_body_reach_the_operation_beside_those_of_the_path(aws: FakeAws) -> None:
    with pytest.raises(ClientError) as raised:
        sdk(aws, "bedrock-runtime").apply_guardrail(
            guardrailIdentifier="abc", guardrailVersion="DRAFT", source="SOMETHING", content=[]
        )
    assert (code(raised), "SOMETHING" in str(raised.value)) == ("ValidationException", True)


def test_an_answer_that_the_service_would_not_give_is_a_bug_of_the_fake(ecs: FakeEcs) -> None:
    def strange(given: Parameters) -> Parameters:
        return {"taskArns": "none"}

    ecs.operations = {"ListTasks": strange}
    with pytest.raises(AssertionError, match="answered what it never does"), FakeAws(ecs) as aws:
        refused(sdk(aws, "ecs"))


def test_an_error_that_the_service_does_not_know_is_a_bug_of_the_fake(ecs: FakeEcs) -> None:
    def strange(given: Parameters) -> Parameters:
        raise ServiceFault("NoSuchError")

    ecs.operations = {"ListTasks": strange}
    with pytest.raises(AssertionError, match="never answers NoSuchError"), FakeAws(ecs) as aws:
        refused(sdk(aws, "ecs"))


def test_trouble_that_the_service_does_not_know_is_refused(ecs: FakeEcs) -> None:
    with pytest.raises(ValueError, match="never answers"):
        ecs.trouble("RunTask", Trouble(code="InvalidJobIdException"))


def test_an_operation_that_the_fake_lacks_says_so(aws: FakeAws) -> None:
    with pytest.raises(ClientError) as raised:
        sdk(aws, "ecs").list_clusters()
    assert code(raised) == "UnknownOperationException"


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({}, b"{}", "MissingAuthenticationTokenException"),
        ({"X-Amz-Target": "Nobody.RunTask"}, b"{}", "UnknownOperationException"),
        ({"Content-Type": "application/cbor"}, b"{}", "SerializationException"),
        ({}, b"{", "SerializationException"),
        ({}, b"[]", "SerializationException"),
    ],
    ids=("unsigned", "for nobody", "in another form", "broken", "not an object"),
)
def test_a_request_that_is_none_is_refused(aws: FakeAws, headers: dict[str, str], body: bytes, expected: str) -> None:
    signature = "AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/ecs/aws4_request"
    sent = {
        "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.RunTask",
        "Content-Type": "application/x-amz-json-1.1",
        **({} if expected.startswith("Missing") else {"Authorization": signature}),
        **headers,
    }
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(urllib.request.Request(aws.url, data=body, headers=sent))
    assert raised.value.headers["x-amzn-ErrorType"] == expected
    raised.value.close()


def test_a_limit_that_the_sdk_does_not_hold_is_held(aws: FakeAws) -> None:
    with pytest.raises(ClientError) as raised:
        sdk(aws, "ecs").run_task(**RUN | {"launchType": "LAPTOP"})
    assert (code(raised), "LAPTOP" in str(raised.value)) == ("ValidationException", True)


def test_patterns_lengths_and_keys_of_maps_are_checked() -> None:
    shape = described("textract").operation_model("AnalyzeDocument").input_shape
    given = {"Document": {"S3Object": {"Bucket": "a bucket", "Name": "n" * 1_025}}, "FeatureTypes": ["NONE"]}
    bucket, name, feature = faults(given, shape)
    assert ("does not match" in bucket, "is more than 1024" in name, "is not one of" in feature) == (True, True, True)


def test_a_pattern_that_python_can_not_read_is_left_alone() -> None:
    shape = described("kendra").operation_model("DescribeIndex").input_shape
    assert faults({"Id": "a" * 36}, shape) == []


def test_a_task_is_started_once_for_a_token(aws: FakeAws, ecs: FakeEcs) -> None:
    client = sdk(aws, "ecs")
    first, second = (client.run_task(**RUN, clientToken="once")["tasks"][0]["taskArn"] for _ in range(2))
    assert (first, len(ecs.tasks)) == (second, 1)
    assert (ecs.tasks[0].command, ecs.tasks[0].family) == (["worker", "--once"], "worker")


def test_the_token_of_another_task_is_a_conflict(aws: FakeAws) -> None:
    client = sdk(aws, "ecs")
    client.run_task(**RUN, clientToken="once")
    with pytest.raises(ClientError) as raised:
        client.run_task(**RUN | {"count": 2}, clientToken="once")
    assert code(raised) == "ConflictException"


def test_where_there_is_no_room_no_task_starts(aws: FakeAws, ecs: FakeEcs) -> None:
    ecs.no_room = "RESOURCE:MEMORY"
    answer = sdk(aws, "ecs").run_task(**RUN)
    assert (answer["tasks"], answer["failures"][0]["reason"]) == ([], "RESOURCE:MEMORY")


def test_running_tasks_are_listed_by_family(aws: FakeAws, ecs: FakeEcs) -> None:
    client = sdk(aws, "ecs")
    client.run_task(**RUN)
    client.run_task(**RUN)
    ecs.tasks[0].running = False
    assert client.list_tasks(family="worker")["taskArns"] == [ecs.tasks[1].arn]
    assert client.list_tasks(family="other")["taskArns"] == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"cluster": "nowhere"}, "ClusterNotFoundException"),
        ({"networkConfiguration": None}, "InvalidParameterException"),
    ],
    ids=("cluster", "network"),
)
def test_a_task_that_can_not_run_is_refused(aws: FakeAws, given: dict[str, Any], expected: str) -> None:
    asked = {name: value for name, value in {**RUN, **given}.items() if value is not None}
    with pytest.raises(ClientError) as raised:
        sdk(aws, "ecs").run_task(**asked)
    assert code(raised) == expected
