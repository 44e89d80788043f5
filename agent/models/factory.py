"""Chat models by name: the one place where a name in the settings becomes a model."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from switchboard.errors import ConfigError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from switchboard.plugins import Setup

WHERE = "backends.chat_model"
NAMES = (
    "Use `embedded`, `bedrock:<model id>`, `openai-compatible:<address>#<model>` or `<provider>:<model>`, such as "
    "`bedrock:anthropic.claude-sonnet-4-5-20250929-v1:0`."
)


def backend(setup: "Setup", name: str) -> "BaseChatModel":
    """The chat model that the settings name; the entry point of the role ``chat_model``. Raises as `chat_model`."""
    return chat_model(name)


def chat_model(name: str, **options: Any) -> "BaseChatModel":
    """Make a chat model.

    Args:
        name: ``embedded``; ``bedrock:<model id, inference profile or ARN>``; ``openai-compatible:<address>#<model>``;
            or ``<provider>:<model>`` as LangChain's ``init_chat_model`` takes it.
        options: For the model's class, such as ``temperature``.

    Raises:
        ConfigError: There is no such model, or what it needs is not installed; says what to do.
    """
    kind, _, rest = name.partition(":")
    if name == "embedded":
        from agent.models.embedded import EmbeddedChatModel

        return EmbeddedChatModel(**options)
    if not rest.strip() or name != name.strip():
        raise ConfigError(f"There is no chat model called {name!r}.", fix=NAMES, where=WHERE)
    if kind == "bedrock":
        return _bedrock(rest, options)
    if kind == "openai-compatible":
        return _openai_compatible(rest, options)
    return _by_provider(kind, rest, options)


def _bedrock(model: str, options: dict[str, Any]) -> "BaseChatModel":
    _need("boto3", "langchain_aws", fix="Install the extra: pip install 'switchboard-assistant[aws]'")
    from agent.models.bedrock import bedrock_chat_model

    return bedrock_chat_model(model, **options)


def _openai_compatible(rest: str, options: dict[str, Any]) -> "BaseChatModel":
    """A server that speaks OpenAI's protocol; its key, if it wants one, comes from ``OPENAI_API_KEY``."""
    address, _, model = rest.partition("#")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or not model:
        problem = f"{rest!r} does not name a server and a model."
        fix = "Write it like `openai-compatible:http://127.0.0.1:8000/v1#my-model`."
        raise ConfigError(problem, fix=fix, where=WHERE)
    _need("langchain_openai", fix="Install it: pip install langchain-openai")
    from langchain.chat_models import init_chat_model

    made: BaseChatModel = init_chat_model(model, model_provider="openai", base_url=address, **options)
    return made


def _by_provider(provider: str, model: str, options: dict[str, Any]) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    try:
        made: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        package = f"langchain-{provider.replace('_', '-')}"
        problem = f"The chat model {provider}:{model} needs a package that is not installed."
        raise ConfigError(problem, fix=f"Install it: pip install {package}", where=WHERE) from error
    except ValueError as error:
        problem = f"The chat model {provider}:{model} can't be made."
        fix = f"Check the name, and that the provider's key is in the environment. {NAMES}"
        raise ConfigError(problem, fix=fix, where=WHERE) from error
    return made


def _need(*modules: str, fix: str) -> None:
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ConfigError(f"The package {missing[0].replace('_', '-')} is not installed.", fix=fix, where=WHERE)
