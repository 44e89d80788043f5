"""``draft_document``: drafts as the model sees them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from switchboard import BackendError, Status, Tool, ToolContext, ToolFailed, ToolResult, ToolRetry, Warning, tool
from switchboard.plugins import Setup
from tools.drafts import illustrating, languages, telling, texts
from tools.drafts.backend import Format, Value
from tools.drafts.drafting import Order, make, stored
from tools.drafts.gathering import LONGEST, State, drops, gather, settled
from tools.drafts.mapping import from_mapping
from tools.drafts.phrasing import Phrasing
from tools.drafts.reckoning import reckon
from tools.drafts.settings import DraftSettings
from tools.drafts.showing import amount_text, locale_of
from tools.drafts.templates import Template, all_templates, built_in, named, spoken_of
from tools.drafts.understanding import Setting

MONTH_FIRST = ("en_US",)
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
        - Mach mir ein Angebot
        - Fais-moi un devis
        - Hazme un presupuesto
{own}    """


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is to be drafted, as far as that is told by the call."""

    template: Template
    language: str
    locale: str
    said: tuple[str, ...] = ()
    given: Mapping[str, Any] | None = None


class Drafter:
    """Drafts for one installation."""

    def __init__(self, setup: Setup, settings: DraftSettings, templates: Sequence[Template]) -> None:
        self._setup = setup
        self._settings = settings
        self._templates = tuple(templates)
        self._phrasing: Phrasing | None = None

    async def draft(
        self,
        context: ToolContext,
        kind: str,
        facts: Sequence[str] | Mapping[str, Any],
        wish: str,
        form: Format,
        version: int,
    ) -> ToolResult:
        """Ask for what is missing, or make the files."""
        wanted = self._wanted(context, kind, facts, wish)
        if isinstance(wanted, str):
            return ToolResult(text=wanted, data={"asks": "kind"})
        template, language = wanted.template, wanted.language
        if language not in template.languages:
            names = [languages.named(each) for each in template.languages]
            text = texts.no_language(template.called_in("en"), languages.named(language), names)
            return ToolResult(text=text, data={"asks": "language"})
        state = await asyncio.to_thread(self._state, wanted, version)
        if state.dropped:
            return ToolResult(text=texts.DROPPED)
        if state.asked is not None or state.note:
            text = telling.question(state, template, language, first=len(wanted.said) == 1 or wanted.given is not None)
            return ToolResult(text=text, data=_asking(state, template))
        return await self._made(context, wanted, state, form)

    def _wanted(
        self, context: ToolContext, kind: str, facts: Sequence[str] | Mapping[str, Any], wish: str
    ) -> _Wanted | str:
        """The template and the language, or the question which."""
        said = () if isinstance(facts, Mapping) else tuple(text for text in facts if text.strip())
        given = facts if isinstance(facts, Mapping) else None
        if sum(map(len, said)) > LONGEST:
            raise ToolFailed(texts.TOO_MUCH)
        template = named(self._templates, kind) if kind.strip() else None
        if kind.strip() and template is None:
            raise ToolRetry(texts.unknown_kind(kind, [each.name for each in self._templates]))
        heard = spoken_of(self._templates, "\n".join(said))
        if template is None:
            if heard is None:
                if len(said) > 1 and drops(said[-1]):
                    return texts.DROPPED
                return texts.which_kind(sorted(each.called_in("en") for each in self._templates))
            template = heard[0]
            said = _from_the_kind(said, self._templates)
        spoken = languages.spoken("\n".join(said), heard[1] if heard else context.principal.locale[:2] or "en")
        language = (
            wish.strip().lower()[:2] or languages.wished(said) or (spoken if spoken in template.languages else "en")
        )
        locale = locale_of(language, self._settings.locale, context.principal.locale)
        return _Wanted(template=template, language=language, locale=locale, said=said, given=given)

    def _state(self, wanted: _Wanted, version: int) -> State:
        spoken = languages.spoken("\n".join(wanted.said), wanted.language)
        setting = Setting(language=spoken, today=date.today(), month_first=wanted.locale in MONTH_FIRST)
        if wanted.given is None:
            return gather(wanted.said, wanted.template, setting, self._settings)
        state = from_mapping(wanted.given, wanted.template, setting)
        state = settled(state, wanted.template, setting, self._settings, seed=str(sorted(wanted.given)))
        return replace(state, version=max(version, state.version))

    async def _made(self, context: ToolContext, wanted: _Wanted, state: State, form: Format) -> ToolResult:
        template = wanted.template
        context.emit(Status(text=texts.drafting(template.title[wanted.language])))
        values, warnings = await self._phrased(template, wanted.language, state.values)
        picture: bytes | None = None
        missing: tuple[str, ...] = ()
        if state.picture:
            tools = {each.name: each for each in self._setup.tools}
            picture, without = await illustrating.illustration(state.picture, tools.get(illustrating.TOOL), context)
            warnings += (without,) if without else ()
            missing = (texts.ILLUSTRATION,) if without else ()
        reckoned = reckon(template, values)
        order = Order(
            template=template,
            language=wanted.language,
            locale=wanted.locale,
            values=values,
            reckoned=reckoned,
            version=state.version,
            format=form,
            picture=picture,
        )
        made = await asyncio.to_thread(make, order)
        try:
            artifacts = await stored(made.files, context)
        except BackendError as error:
            raise ToolFailed(texts.KEEP_FAILED, retryable=error.retryable) from error
        if made.unshown:
            warnings += (Warning(text=texts.unshown(made.unshown), code="unshown"),)
        warnings += _total(order, state)
        return ToolResult(
            text=telling.told(order, state, phrased=values is not state.values),
            status="partial" if missing else "complete",
            missing=missing,
            artifacts=artifacts,
            warnings=warnings,
            data=_contents(order, state),
        )

    async def _phrased(
        self, template: Template, language: str, values: Mapping[str, Value]
    ) -> tuple[Mapping[str, Value], tuple[Warning, ...]]:
        """The values with clauses in a contract's words, where there is a model that writes."""
        field = template.only("clauses")
        wishes = values.get(field.name) if field else None
        if field is None or wishes is None or self._setup.settings.backends.chat_model == "embedded":
            return values, ()
        if wishes.origin.source != "said" or not isinstance(wishes.value, tuple):
            return values, ()
        self._phrasing = self._phrasing or Phrasing(self._setup.backend("chat_model"))
        said = [str(each) for each in wishes.value]
        clauses, warnings = await self._phrasing.clauses(said, title=template.title[language], language=language)
        if list(clauses) == said:
            return values, warnings
        return {**values, field.name: replace(wishes, value=clauses)}, warnings


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
            return ToolResult(text=texts.NOTHING_SAID)
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


def _from_the_kind(said: tuple[str, ...], templates: Sequence[Template]) -> tuple[str, ...]:
    """The texts with those up to the first that names the kind as one: before it nothing else was asked."""
    first = next((at for at, text in enumerate(said) if spoken_of(templates, text)), 0)
    return ("\n".join(said[: first + 1]), *said[first + 1 :])


def _asking(state: State, template: Template) -> dict[str, Any]:
    missing = [field.name for field in template.fields if field.required and field.name not in state.values]
    return {"asks": state.asked.name if state.asked else "", "missing": missing, "kind": template.name}


def _contents(order: Order, state: State) -> dict[str, Any]:
    """What the draft holds, for programs."""
    listed = {
        name: {"source": value.origin.source, "message": value.origin.message} for name, value in order.values.items()
    }
    reckoned = order.reckoned
    sums = {"net": str(reckoned.net), "total": str(reckoned.total), "currency": reckoned.currency}
    return {
        "kind": order.template.name,
        "template_version": order.template.version,
        "version": order.version,
        "language": order.language,
        "origins": listed,
        "changed": list(state.changed),
        **(sums if reckoned.amounts else {}),
    }


def _total(order: Order, state: State) -> tuple[Warning, ...]:
    """Whether the total that was named is that of the lines, with tax or without."""
    reckoned, total = order.reckoned, state.total
    if total is None or not reckoned.amounts or total.amount in (reckoned.total, reckoned.net):
        return ()
    given, net, whole = (
        amount_text(amount, reckoned.currency, order.locale) for amount in (total.amount, reckoned.net, reckoned.total)
    )
    return (Warning(text=texts.total_differs(given, net, whole), code="total_differs"),)
