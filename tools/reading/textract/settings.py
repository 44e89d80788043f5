"""The table ``[tools.textract]`` of the settings, checked when the reader is made."""

from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator

from switchboard.settings import Settings
from switchboard.tables import table

Feature: TypeAlias = Literal["LAYOUT", "TABLES"]


class TextractSettings(BaseModel):
    """What Textract is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    features: tuple[Feature, ...] = Field(
        ("LAYOUT", "TABLES"),
        description="`LAYOUT` (headings, lists, reading order), `TABLES` (cells); empty for words alone, which are put"
        " in order here. Each has its price.",
    )

    @field_validator("features", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(filter(None, value.split(","))) if isinstance(value, str) else value

    @field_validator("features")
    @classmethod
    def _in_order(cls, value: tuple[Feature, ...]) -> tuple[Feature, ...]:
        return tuple(sorted(set(value)))  # so that the same wish is the same request, whatever its order


def textract_settings(settings: Settings) -> TextractSettings:
    """The settings of the reader.

    Raises:
        ConfigError: One of them is not right.
    """
    return table(settings, "tools", "textract", TextractSettings, page="docs/reading-on-aws.md")
