"""Summaries of documents of any length: what one is, and how it is made from quotes or by a model."""

from typing import TYPE_CHECKING

from switchboard.jobs import JobKind
from switchboard.plugins import Setup
from switchboard.tools import Tool

if TYPE_CHECKING:
    from tools.summaries.making import Maker


def summarize_document(setup: Setup) -> Tool:
    """Summarise a whole document, with the page of each sentence."""
    from tools.summaries.tool import summarize_tool

    return summarize_tool(_maker(setup))


def summary(setup: Setup) -> JobKind:
    """Summarise a long document in the background."""
    from tools.summaries.job import summary_job

    return summary_job(_maker(setup))


def _maker(setup: Setup) -> "Maker":
    from tools.summaries.assembling import maker

    return maker(setup)
