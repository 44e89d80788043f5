"""The table ``[channels.drops]`` of the settings, checked when a function starts."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from switchboard.settings import Settings
from switchboard.tables import table


class DropSettings(BaseModel):
    """Who is told when a file was recognised."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: str = Field("", description="ARN of the SNS topic that Textract tells when it is done.")
    role: str = Field("", description="ARN of the role by which Textract may do so.")

    @model_validator(mode="after")
    def _whole(self) -> "DropSettings":
        if bool(self.topic) != bool(self.role):
            raise ValueError("set topic and role, or neither")
        return self


def drop_settings(settings: Settings) -> DropSettings:
    """The channel's part of the settings.

    Raises:
        ConfigError: Something in it is wrong.
    """
    return table(settings, "channels", "drops", DropSettings, page="docs/reading-on-aws.md")
