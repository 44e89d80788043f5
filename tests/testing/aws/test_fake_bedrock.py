"""The fake of Bedrock, asked by LangChain's client as Bedrock is; and that of API Gateway, by the SDK."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from langchain_core.messages import HumanMessage

from agent.models.bedrock import bedrock_chat_model
from switchboard.testing.aws import FakeAws, FakeBedrock, FakeGateway, Parameters, Trouble
from switchboard.testing.aws.bedrock import said

REGION = "eu-west-1"
MODEL = "anthropic.claude-3-5-sonnet-20240620-v1:0"
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@pytest.fixture
def bedrock() -> FakeBedrock:
    return FakeBedrock(lambda request: f"You said: {said(request)}, and that was all of it.")


@pytest.fixture
def model(bedrock: FakeBedrock) -> Iterator[Any]:
    with FakeAws(bedrock) as aws:
        client = boto3.client("bedrock-runtime", region_name=REGION, endpoint_url=aws.url)
        yield bedrock_chat_model(MODEL, client=client, region_name=REGION)


def test_an_answer_comes_whole_with_what_it_took(model: Any, bedrock: FakeBedrock) -> None:
    answer = model.invoke([HumanMessage("hello")])
    assert answer.text == "You said: hello, and that was all of it."
    assert answer.usage_metadata["total_tokens"] > 0
    assert bedrock.called("Converse")[0]["modelId"] == MODEL


def test_an_answer_comes_as_a_stream_in_pieces_with_the_same_words(model: Any) -> None:
    pieces = list(model.stream([HumanMessage("hello")]))
    assert len([piece for piece in pieces if piece.text]) > 1
    assert "".join(piece.text for piece in pieces) == "You said: hello, and that was all of it."
    assert pieces[-1].usage_metadata or pieces[-2].usage_metadata


@pytest.mark.parametrize("how", ["invoke", "stream"])
def test_a_tool_is_called_whole_and_in_a_stream(model: Any, bedrock: FakeBedrock, how: str) -> None:
    call = {"toolUse": {"toolUseId": "call-1", "name": "weather", "input": {"city": "Oslo", "days": [1, 2]}}}
    bedrock.answer = lambda request: [{"text": "I'll look."}, call]
    asked = getattr(model.bind_tools([WEATHER]), how)([HumanMessage("hello")])
    if how == "stream":
        first, *rest = asked
        for piece in rest:
            first += piece
        asked = first
    (found,) = asked.tool_calls
    assert (found["name"], found["args"]) == ("weather", {"city": "Oslo", "days": [1, 2]})


def test_a_model_that_is_throttled_is_asked_again_by_the_sdk(model: Any, bedrock: FakeBedrock) -> None:
    bedrock.trouble("Converse", Trouble(code="ThrottlingException"))
    assert model.invoke([HumanMessage("hello")]).text.startswith("You said")


def test_a_request_that_bedrock_would_refuse_is_refused(model: Any) -> None:
    message: Parameters = {"role": "nobody", "content": [{"text": "hello"}]}
    with pytest.raises(ClientError, match="not one of user, assistant"):
        model.client.converse(modelId=MODEL, messages=[message])


def test_a_text_goes_to_a_connection_until_it_is_gone() -> None:
    there: dict[str, list[str]] = {"one": []}

    def post(name: str, text: str) -> bool:
        if name in there:
            there[name].append(text)
        return name in there

    with FakeAws(FakeGateway(post)) as aws:
        gateway = boto3.client("apigatewaymanagementapi", region_name=REGION, endpoint_url=aws.url)
        gateway.post_to_connection(ConnectionId="one", Data="größer".encode())
        with pytest.raises(gateway.exceptions.GoneException):
            gateway.post_to_connection(ConnectionId="two", Data=b"text")
    assert there == {"one": ["größer"]}
