import sys

import pytest
from langchain_core.language_models import BaseChatModel

from agent.models.embedded import EmbeddedChatModel
from agent.models.factory import backend, chat_model
from switchboard.errors import ConfigError
from switchboard.plugins import Setup
from switchboard.settings import Settings


def test_embedded_is_the_built_in_model() -> None:
    assert isinstance(chat_model("embedded"), EmbeddedChatModel)


def test_the_settings_name_the_model() -> None:
    assert isinstance(Setup(Settings()).backend("chat_model"), EmbeddedChatModel)
    assert isinstance(backend(Setup(Settings()), "embedded"), EmbeddedChatModel)


@pytest.mark.parametrize("name", ["", "Embedded", "embedded ", "claude", "bedrock:", "bedrock: ", ":model"])
def test_a_wrong_name_is_refused_with_the_right_ones(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        chat_model(name)
    assert "`embedded`, `bedrock:<model id>`" in caught.value.fix
    assert caught.value.where == "backends.chat_model"


def test_bedrock_without_its_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.models.factory.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'switchboard-assistant\[aws\]'"):
        chat_model("bedrock:some.model-v1:0")


@pytest.mark.parametrize("rest", ["", "localhost:8000#m", "http://#m", "http://127.0.0.1:1/v1", "ftp://host/v1#m"])
def test_a_server_needs_an_address_and_a_model(rest: str) -> None:
    with pytest.raises(ConfigError):
        chat_model(f"openai-compatible:{rest}")


def test_a_server_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.models.factory.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install langchain-openai"):
        chat_model("openai-compatible:http://127.0.0.1:1/v1#m")


def test_a_server_is_reached_through_langchain(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, dict[str, object]]] = []

    def made(model: str, **options: object) -> BaseChatModel:
        given.append((model, options))
        return EmbeddedChatModel()

    monkeypatch.setattr("agent.models.factory.find_spec", lambda name: object())
    monkeypatch.setattr("langchain.chat_models.init_chat_model", made)
    chat_model("openai-compatible:http://127.0.0.1:1/v1#my-model", temperature=0)
    assert given == [("my-model", {"model_provider": "openai", "base_url": "http://127.0.0.1:1/v1", "temperature": 0})]


def test_a_provider_without_its_package_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_mistralai", None)
    with pytest.raises(ConfigError, match="pip install langchain-mistralai"):
        chat_model("mistralai:large")


def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(ConfigError, match="can't be made"):
        chat_model("nobody:model")
