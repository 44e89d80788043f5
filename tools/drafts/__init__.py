"""Drafts of contracts, invoices, letters and the like: from facts and a versioned template to DOCX and PDF."""

from switchboard.plugins import Setup
from switchboard.tools import Tool


def draft_document(setup: Setup) -> Tool:
    """Draft a document from what a person says, and ask for what is missing."""
    from tools.drafts.settings import settings_of
    from tools.drafts.tool import draft_tool

    return draft_tool(setup, settings_of(setup.settings))
