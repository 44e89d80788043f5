"""The table ``[channels.drops]`` of the settings, checked when a function starts."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from switchboard import ConfigError
from switchboard.settings import Settings
from switchboard.tables import table

SHORTEST_SECRET = 32


class DropSettings(BaseModel):
    """Whose orders are believed, and who is told when a file was recognised."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    secret: SecretStr = Field(
        SecretStr(""), description="Signs orders; 32 characters at least. Without it no file is taken."
    )
    topic: str = Field("", description="ARN of the SNS topic that Textract tells when it is done.")
    role: str = Field("", description="ARN of the role by which Textract may do so.")

    @field_validator("secret")
    @classmethod
    def _long(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"it has to have at least {SHORTEST_SECRET} characters")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "DropSettings":
        if bool(self.topic) != bool(self.role):
            raise ValueError("set topic and role, or neither")
        return self

    @property
    def key(self) -> bytes:
        """The secret as bytes.

        Raises:
            ConfigError: There is none.
        """
        if not self.secret.get_secret_value():
            raise ConfigError(
                "Orders can't be checked without a secret.",
                fix="Set SWITCHBOARD_CHANNELS__DROPS__SECRET.",
                where="channels.drops",
            )
        return self.secret.get_secret_value().encode()


def drop_settings(settings: Settings) -> DropSettings:
    """The channel's part of the settings.

    Raises:
        ConfigError: Something in it is wrong.
    """
    return table(settings, "channels", "drops", DropSettings, page="docs/reading-on-aws.md")
