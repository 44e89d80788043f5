"""The table ``[channels.lex]`` of the settings, checked when the channel is made."""

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from switchboard import ConfigError
from switchboard.tables import table

if TYPE_CHECKING:
    from switchboard.settings import Settings


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mapped(_Table):
    """An intent that stands for a tool, ``[channels.lex.intents.NAME]``."""

    tool: str = Field(min_length=1, description="The tool that the assistant is asked to use.")
    slots: dict[str, str] = Field({}, description="The slot of an argument, where it has another name.")


class Caller(_Table):
    """Who calls through a bot's alias, ``[channels.lex.callers."BOT/ALIAS"]``. IAM decides who may call that alias."""

    principal: str = Field(
        min_length=1,
        max_length=200,
        description="The person's id. `{session}` in it is the session id: only where your own server makes those.",
    )
    groups: frozenset[str] = Field(frozenset(), description="The groups that the person is in.")


class LexSettings(_Table):
    """How the Lex channel answers and whom it trusts."""

    secret: SecretStr = Field(
        SecretStr(""), description="Signs the session's state and checks tokens; at least 32 characters."
    )
    text: Literal["PlainText", "CustomPayload"] = Field(
        "PlainText", description="How text is sent; `CustomPayload` is Markdown, for clients that show it."
    )
    ask: dict[str, str] = Field(
        {},
        description="Intents whose words go to the assistant, besides the fallback intent: the slot that holds the"
        " words, or empty for all that was said.",
    )
    intents: dict[str, Mapped] = Field({}, description="Intents that stand for tools.")
    callers: dict[str, Caller] = Field({}, description="Who calls through which alias, by `BOT/ALIAS` ids.")
    token_attribute: str = Field(
        "switchboardToken", min_length=1, description="The session attribute with the person's token."
    )
    port: int = Field(8081, ge=0, le=65_535, description="Port of the local Lex runtime; 0 for any free one.")
    origins: tuple[str, ...] = Field((), description="Origins whose pages may use the local Lex runtime.")

    @property
    def key(self) -> bytes:
        """The secret as bytes."""
        return self.secret.get_secret_value().encode()


def lex_settings(settings: "Settings", *, secret: str = "") -> LexSettings:
    """The channel's table of the settings.

    Args:
        secret: Used where the settings have none, by whoever keeps one.

    Raises:
        ConfigError: Something in it is wrong, or there is no secret.
    """
    made = table(settings, "channels", "lex", LexSettings, page="docs/lex.md")
    if not made.key and secret:
        made = made.model_copy(update={"secret": SecretStr(secret)})
    if len(made.key) < 32:
        raise ConfigError(
            "The Lex channel needs a secret of at least 32 characters.",
            fix="Set SWITCHBOARD_CHANNELS__LEX__SECRET to a long random text, the same for all its functions.",
            where="channels.lex.secret",
        )
    return made
