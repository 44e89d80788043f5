"""The table ``[tools.summaries]`` of the settings, checked when the tool is made."""

import re
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from switchboard.tables import table

if TYPE_CHECKING:
    from switchboard.settings import Settings


_PLACE = re.compile(r"(?:s3://|\*\.)?[a-z0-9][a-z0-9.-]*")


class SummarySettings(BaseModel):
    """What is summarised at once and what as a job, what may be fetched, and how a chat model is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hosts: tuple[str, ...] = Field(
        (),
        description="Whence linked documents may be fetched: hosts (`docs.example.org`, `*.example.org`) and buckets"
        " (`s3://reports`). Nothing is fetched from anywhere else.",
    )
    pages_in_turn: int = Field(50, ge=0, le=5_000, description="Longer documents are summarised as a job.")
    seconds_in_turn: float = Field(
        12.0, ge=0, le=600, description="What takes longer, or would by its first pages, goes on as a job."
    )
    chunk_tokens: int = Field(
        6_000, ge=500, le=500_000, description="How much of a document a chat model is given at once, in tokens."
    )
    parallel: int = Field(4, ge=1, le=100, description="Most calls of the chat model at a time.")
    calls_per_minute: int = Field(120, ge=1, le=100_000, description="Most calls of the chat model in a minute.")
    attempts: int = Field(6, ge=1, le=50, description="How often a call that was throttled or broke is made.")
    most_tokens: int = Field(
        5_000_000, ge=1_000, description="A document that would take more tokens of the chat model is refused."
    )

    @field_validator("hosts", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value.split(",")) if isinstance(value, str) and value else value or ()

    @field_validator("hosts")
    @classmethod
    def _places(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for place in value:
            if not _PLACE.fullmatch(place):
                raise ValueError(f"{place!r} is neither a host in lower case nor a bucket written `s3://name`")
        return value


def summary_settings(settings: "Settings") -> SummarySettings:
    """The settings of summaries.

    Raises:
        ConfigError: One of them is not right.
    """
    return table(settings, "tools", "summaries", SummarySettings, page="docs/summaries.md")
