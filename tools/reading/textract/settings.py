"""The table ``[tools.textract]`` of the settings, checked when the reader is made."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from switchboard.settings import Settings
from switchboard.tables import table
from tools.reading.textract.records import Wanted

Feature: TypeAlias = Literal["FORMS", "LAYOUT", "SIGNATURES", "TABLES"]
MOST_QUESTIONS = 15
"""That Textract answers of a page at once; of a file in a bucket it would be twice as many."""
Question: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[ -~]{1,200}$", strip_whitespace=True)]


class TextractSettings(BaseModel):
    """What Textract is asked for, and of which pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    features: tuple[Feature, ...] = Field(
        ("LAYOUT", "TABLES"),
        description="`LAYOUT` (headings, lists, reading order), `TABLES` (cells), `FORMS` (labels with what is filled"
        " in), `SIGNATURES`; empty for words alone, which are put in order here. Each has its price.",
    )
    queries: dict[Question, Question] = Field(
        {}, max_length=MOST_QUESTIONS, description="Questions that every page is asked, by a name for each."
    )
    pages: Literal["all", "scans"] = Field(
        "all", description="Of PDF files: all pages, or those alone that have no text of their own."
    )

    @field_validator("features", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(filter(None, value.split(","))) if isinstance(value, str) else value

    @field_validator("features")
    @classmethod
    def _in_order(cls, value: tuple[Feature, ...]) -> tuple[Feature, ...]:
        if "TABLES" in value and "LAYOUT" not in value:
            raise ValueError("TABLES needs LAYOUT, which says where a table stands in the text")
        return tuple(sorted(set(value)))  # so that the same wish is the same request, whatever its order

    @property
    def wanted(self) -> Wanted:
        """What is asked for, as requests have it."""
        return Wanted(features=self.features, questions=tuple(sorted(self.queries.items())), pages=self.pages)


def textract_settings(settings: Settings) -> TextractSettings:
    """The settings of the reader.

    Raises:
        ConfigError: One of them is not right.
    """
    return table(settings, "tools", "textract", TextractSettings, page="docs/reading-on-aws.md")
