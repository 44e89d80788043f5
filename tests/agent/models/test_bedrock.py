import io
import json
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ProfileNotFound
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from agent.models import bedrock
from agent.models.bedrock import bedrock_chat_model
from agent.models.factory import chat_model
from switchboard.errors import ConfigError
from tests.agent.models.corpus import SEARCH

MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0"
USAGE = {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10}


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


class Raw(io.BytesIO):
    def stream(self, **options: Any) -> Any:
        yield self.read()


class Answered:
    status_code = 200


def answering(body: dict[str, Any], sent: list[Any]) -> Any:
    """A real client that answers before anything reaches the network."""
    client = boto3.client("bedrock-runtime", region_name="eu-west-1")

    def reply(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {"content-type": "application/json"}, Raw(json.dumps(body).encode()))

    client.meta.events.register("before-send.bedrock-runtime.Converse", reply)
    return client


def test_a_request_carries_the_messages_and_the_tools() -> None:
    sent: list[Any] = []
    call = {"toolUse": {"toolUseId": "t1", "name": "search_documents", "input": {"query": "leave"}}}
    body = {"output": {"message": {"role": "assistant", "content": [call]}}, "stopReason": "tool_use", "usage": USAGE}
    model = bedrock_chat_model(MODEL, client=answering({**body, "metrics": {"latencyMs": 1}}, sent))
    reply = model.bind_tools([SEARCH]).invoke([SystemMessage("Rules."), HumanMessage("How much leave?")])
    (request,) = sent
    asked = json.loads(request.body)
    assert asked["system"] == [{"text": "Rules."}]
    assert asked["messages"] == [{"role": "user", "content": [{"text": "How much leave?"}]}]
    assert asked["toolConfig"]["tools"][0]["toolSpec"]["name"] == "search_documents"
    assert "claude-sonnet-4-5" in request.url
    assert isinstance(reply, AIMessage)
    assert reply.tool_calls[0]["args"] == {"query": "leave"}
    assert reply.usage_metadata is not None
    assert reply.usage_metadata["output_tokens"] == 3


def test_the_client_has_our_time_outs_and_standard_retries() -> None:
    config = bedrock._client("bedrock-runtime").meta.config
    assert (config.connect_timeout, config.read_timeout) == (bedrock.CONNECT_SECONDS, bedrock.READ_SECONDS)
    assert config.retries == {"mode": "standard", "total_max_attempts": bedrock.ATTEMPTS}


@pytest.mark.parametrize(
    ("model", "services"),
    [
        (MODEL, ["bedrock-runtime"]),
        (f"arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.{MODEL}", ["bedrock-runtime"]),
        ("arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1", ["bedrock-runtime", "bedrock"]),
    ],
)
def test_only_a_profile_of_the_account_needs_a_second_client(
    monkeypatch: pytest.MonkeyPatch, model: str, services: list[str]
) -> None:
    made: list[str] = []
    make = bedrock._client

    def noted(service: str) -> Any:
        client = make(service)
        made.append(service)
        answer = {"models": [{"modelArn": f"arn:aws:bedrock:eu-west-1::foundation-model/{MODEL}"}]}
        client.meta.events.register("before-call", lambda **_: (Answered, answer))
        return client

    monkeypatch.setattr(bedrock, "_client", noted)
    assert getattr(bedrock_chat_model(model, provider="anthropic"), "model_id", "") == model
    assert made == services


def test_the_factory_makes_it_by_name() -> None:
    model = chat_model(f"bedrock:{MODEL}", temperature=0)
    assert type(model).__name__ == "ChatBedrockConverse"
    assert getattr(model, "model_id", "") == MODEL


def test_a_region_that_is_not_set_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="AWS_REGION"):
        bedrock_chat_model(MODEL)


def test_a_profile_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(service: str) -> None:
        raise ProfileNotFound(profile="nobody")

    monkeypatch.setattr(bedrock, "_client", missing)
    with pytest.raises(ConfigError, match="nobody"):
        bedrock_chat_model(MODEL)
