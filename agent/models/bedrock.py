"""Amazon Bedrock's models through the Converse API, over a client whose time-outs and retries are ours."""

import os
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError
from langchain_aws.chat_models.bedrock_converse import ChatBedrockConverse

from stores.aws import sdk_client
from switchboard.errors import ConfigError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CONNECT_SECONDS = 5
READ_SECONDS = 120
"""Between two pieces of a stream; a long answer may take longer in all. The turn's own deadline is stricter."""
ATTEMPTS = 4
"""In botocore's standard mode: throttling and transient faults, with jittered backoff."""


def bedrock_chat_model(model: str, *, client: Any = None, **options: Any) -> "BaseChatModel":
    """A model of Bedrock.

    Args:
        model: A model id, an inference profile or an ARN, as in Bedrock's console.
        client: A ``bedrock-runtime`` client instead of one made from the environment.
        options: For `ChatBedrockConverse`, such as ``temperature`` or ``guardrail_config``.

    Raises:
        ConfigError: No region or profile is configured, or the options don't fit.
    """
    try:
        runtime = client or _client("bedrock-runtime")
        # Bedrock's other service is asked about inference profiles alone; its client takes a function long to make.
        service = _client("bedrock") if "application-inference-profile" in model else runtime
        return ChatBedrockConverse(model_id=model, client=runtime, bedrock_client=service, **options)
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(
            f"The Bedrock model {model} can't be used: {_short(error)}",
            fix="Set AWS_REGION (and AWS_PROFILE, if you use one), and check the model id.",
            where="backends.chat_model",
        ) from error


def _client(service: str) -> Any:
    return sdk_client(
        service,
        region=os.environ.get("AWS_REGION", ""),
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )


def _short(error: Exception) -> str:
    line = str(error).splitlines()[0].strip().rstrip(".") if str(error).strip() else type(error).__name__
    return f"{line[:200]}."
