"""``draft_document``: drafts as the model sees them."""

from collections.abc import Sequence
from typing import Any

from switchboard import Tool, ToolContext, ToolResult, tool
from switchboard.plugins import Setup
from tools.drafts.backend import Format
from tools.drafts.drafter import Drafter
from tools.drafts.loading import all_templates, built_in
from tools.drafts.settings import DraftSettings
from tools.drafts.templates import Template
from tools.drafts.texts import Says

ABOUT = """Draft a document from a template as Word and PDF files: {kinds}.

    Use it whenever somebody wants such a document written, and again for each answer to its questions and for each
    change to the draft. It computes totals, taxes and due dates, and asks for what is missing: pass its question on as
    it is.

    Args:
        kind: One of {names}; leave it empty if that is not clear.
        facts: Everything known so far, each time anew: either what the person wrote about the draft, word by word, a
            text for each message; or an object with these fields, and nothing made up: {fields}.
        language: Code of the language of the document, such as en or de, if the person asks for one.
        format: Which files to make; "both" unless the person wants one of them.
        version: 1 for a new draft, and one more each time that something in it was changed.

    Examples:
        - Draft an NDA between our company and a supplier
        - Write an invoice for a customer, 3 days of work at 900 EUR
        - Draft a contract with our supplier
        - Write a letter to my landlord
        - Prepare a quote for 10 licences
        - Create a service agreement
        - Write the minutes of today's meeting
        - Erstelle eine Rechnung für einen Kunden
        - Schreibe einen Brief an die Bank
        - Rédige une facture pour un client
        - Redacta un contrato con un cliente
        - Quote for a customer, 2 hours of design at 80 USD
        - Credit note for a customer, for an invoice
        - Rechnung für einen Kunden, 3 Tage Beratung zu 900 EUR
        - Brief an den Vermieter
        - Angebot an einen Kunden
        - Facture pour un client, 3 jours de conseil à 900 EUR
        - Lettre à la banque
        - Devis pour un client
        - Factura para un cliente, 2 horas de diseño a 80 EUR
        - Carta al banco
        - Presupuesto para un cliente
        - Mach mir ein Angebot
        - Fais-moi un devis
        - Hazme un presupuesto
{own}    """


def draft_tool(setup: Setup, settings: DraftSettings) -> Tool:
    """The tool ``draft_document``.

    Raises:
        ConfigError: A template of one's own is wrong.
    """
    templates = all_templates(settings.templates)
    drafter = Drafter(setup, settings, templates)

    async def draft_document(
        context: ToolContext,
        *,
        kind: str = "",
        facts: tuple[str, ...] | dict[str, Any] | str = (),
        language: str = "",
        format: Format = "both",
        version: int = 1,
    ) -> ToolResult:
        given = (facts,) if isinstance(facts, str) else facts
        if not given:
            return ToolResult(text=Says(language or context.principal.locale[:2])("nothing_said"))
        return await drafter.draft(context, kind, given, language, format, version)

    draft_document.__doc__ = ABOUT.format(
        kinds=", ".join(each.called_in("en") for each in templates),
        names=", ".join(each.name for each in templates),
        fields="; ".join(_fields(each) for each in templates),
        own="".join(f"        - Draft: {call}\n" for call in _calls_of_own(templates)),
    )
    return tool(deadline=120)(draft_document)


def _calls_of_own(templates: Sequence[Template]) -> list[str]:
    """What people call the templates of one's own: examples for the model that goes by them."""
    own = [each for each in templates if each not in built_in()]
    return [call for template in own for calls in template.called.values() for call in calls]


def _fields(template: Template) -> str:
    """A template's fields for the model; those that have to be known are marked with a star."""
    names = (f"{field.name}{'*' if field.required else ''} ({field.type})" for field in template.fields)
    return f"{template.name}: {', '.join(names)}"
