"""From what was said about a draft to the next question or the files: the steps of one call."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from switchboard import BackendError, Question, Status, ToolContext, ToolFailed, ToolResult, ToolRetry, Warning
from switchboard.plugins import Setup
from tools.drafts import illustrating, languages, telling, texts
from tools.drafts.backend import Format, Value
from tools.drafts.drafting import Made, Order, make, stored
from tools.drafts.gathering import LONGEST, State, drops, gather, lacking, settled
from tools.drafts.mapping import from_mapping
from tools.drafts.phrasing import Phrasing
from tools.drafts.reckoning import reckon
from tools.drafts.settings import DraftSettings, letterhead_of
from tools.drafts.showing import amount_text, locale_of
from tools.drafts.templates import Template, named, spoken_of
from tools.drafts.texts import Says
from tools.drafts.understanding import Setting

_MONTH_FIRST = ("en_US",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is to be drafted, as far as that is told by the call."""

    template: Template
    language: str
    locale: str
    says: Says
    said: tuple[str, ...] = ()
    given: Mapping[str, Any] | None = None


class Drafter:
    """Drafts for one installation."""

    def __init__(self, setup: Setup, settings: DraftSettings, templates: Sequence[Template]) -> None:
        self._setup = setup
        self._settings = settings
        self._templates = tuple(templates)
        self._letterhead = letterhead_of(settings)
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
        if isinstance(wanted, ToolResult):
            return wanted
        template, language = wanted.template, wanted.language
        if language not in template.languages:
            return ToolResult(question=_no_language(wanted), data={"asks": "language"})
        state = await asyncio.to_thread(self._state, wanted, version)
        if state.dropped:
            return ToolResult(text=wanted.says("dropped"))
        if state.asked is not None or state.note:
            first = len(wanted.said) == 1 or wanted.given is not None
            text = telling.question(state, template, language, wanted.says, first=first)
            options = telling.options(state, wanted.says)
            return ToolResult(question=Question(text=text, options=options), data=_asking(state, template))
        return await self._made(context, wanted, state, form)

    def _wanted(
        self, context: ToolContext, kind: str, facts: Sequence[str] | Mapping[str, Any], wish: str
    ) -> _Wanted | ToolResult:
        """The template and the language, or the question which."""
        said = () if isinstance(facts, Mapping) else tuple(text for text in facts if text.strip())
        given = facts if isinstance(facts, Mapping) else None
        heard = spoken_of(self._templates, "\n".join(said))
        says = Says(_talk(said, heard[1] if heard else "", wish, context.principal.locale))
        if sum(map(len, said)) > LONGEST:
            raise ToolFailed(says("too_much"))
        template = named(self._templates, kind) if kind.strip() else None
        if kind.strip() and template is None:
            raise ToolRetry(texts.unknown_kind(kind, [each.name for each in self._templates]))
        if template is None:
            if heard is None:
                if len(said) > 1 and drops(said[-1]):
                    return ToolResult(text=says("dropped"))
                kinds = sorted(each.called_in(says.language) for each in self._templates)
                asked = Question(text=says("which_kind", kinds=says.either(kinds)), options=tuple(kinds))
                return ToolResult(question=asked, data={"asks": "kind"})
            template = heard[0]
            said = _from_the_kind(said, self._templates)
        usual = says.language if says.language in template.languages else template.usual
        language = wish.strip().lower()[:2] or languages.wished(said) or usual
        locale = locale_of(language, self._settings.locale, context.principal.locale)
        return _Wanted(
            template=template.told_in(says.language),
            language=language,
            locale=locale,
            says=says,
            said=said,
            given=given,
        )

    def _state(self, wanted: _Wanted, version: int) -> State:
        setting = Setting(language=wanted.says.language, today=date.today(), month_first=wanted.locale in _MONTH_FIRST)
        if wanted.given is None:
            return gather(wanted.said, wanted.template, setting, self._settings)
        state = from_mapping(wanted.given, wanted.template, setting)
        state = settled(state, wanted.template, setting, self._settings, seed=str(sorted(wanted.given)))
        return replace(state, version=max(version, state.version))

    async def _made(self, context: ToolContext, wanted: _Wanted, state: State, form: Format) -> ToolResult:
        template, says = wanted.template, wanted.says
        context.emit(Status(text=says("drafting", title=template.title[wanted.language])))
        values, warnings = await self._phrased(wanted, state.values)
        picture, without = await self._picture(context, state, says)
        order = Order(
            template=template,
            language=wanted.language,
            locale=wanted.locale,
            values=values,
            reckoned=reckon(template, values),
            version=state.version,
            format=form,
            picture=picture,
            letterhead=self._letterhead,
        )
        made = await asyncio.to_thread(make, order)
        try:
            artifacts = await stored(made.files, context)
        except BackendError as error:
            raise ToolFailed(says("keep_failed"), retryable=error.retryable) from error
        missing = tuple(says(name) for name, gone in (("illustration", without), ("pdf", made.without)) if gone)
        return ToolResult(
            text=telling.told(order, state, says, phrased=values is not state.values),
            status="partial" if missing else "complete",
            missing=missing,
            artifacts=artifacts,
            warnings=(*warnings, *without, *_shortcomings(made, says), *_total(order, state, says)),
            data=_contents(order, state),
        )

    async def _picture(
        self, context: ToolContext, state: State, says: Says
    ) -> tuple[bytes | None, tuple[Warning, ...]]:
        """The illustration that was wished for, or why there is none."""
        if not state.picture:
            return None, ()
        tools = {each.name: each for each in self._setup.tools}
        made, why = await illustrating.illustration(state.picture, tools.get(illustrating.TOOL), context, says)
        return made, (why,) if why else ()

    async def _phrased(
        self, wanted: _Wanted, values: Mapping[str, Value]
    ) -> tuple[Mapping[str, Value], tuple[Warning, ...]]:
        """The values with clauses in a contract's words, where there is a model that writes."""
        template, language = wanted.template, wanted.language
        field = template.only("clauses")
        wishes = values.get(field.name) if field else None
        if field is None or wishes is None or self._setup.settings.backends.chat_model == "embedded":
            return values, ()
        if wishes.origin.source != "said" or not isinstance(wishes.value, tuple):
            return values, ()
        self._phrasing = self._phrasing or Phrasing(self._setup.backend("chat_model"))
        said = [str(each) for each in wishes.value]
        clauses, warnings = await self._phrasing.clauses(
            said, title=template.title[language], language=language, says=wanted.says
        )
        if list(clauses) == said:
            return values, warnings
        return {**values, field.name: replace(wishes, value=clauses)}, warnings


def _from_the_kind(said: tuple[str, ...], templates: Sequence[Template]) -> tuple[str, ...]:
    """The texts with those up to the first that names the kind as one: before it nothing else was asked."""
    first = next((at for at, text in enumerate(said) if spoken_of(templates, text)), 0)
    return ("\n".join(said[: first + 1]), *said[first + 1 :])


def _asking(state: State, template: Template) -> dict[str, Any]:
    missing = [field.name for field in lacking(template, state.values)]
    return {"asks": state.asked.name if state.asked else "", "missing": missing, "kind": template.name}


def _talk(said: Sequence[str], heard: str, wish: str, locale: str) -> str:
    """The language in which the person is spoken to: theirs; an object of facts has none but what was wished."""
    usual = heard or locale[:2] or "en"
    spoken = languages.spoken("\n".join(said), usual) if said else wish.strip().lower()[:2] or usual
    return spoken if spoken in texts.LANGUAGES else texts.LANGUAGES[0]


def _no_language(wanted: _Wanted) -> Question:
    """That the template is not there in the language, and the question which one to take."""
    says, template = wanted.says, wanted.template
    names = [languages.named(each, says.language) for each in template.languages]
    title, name = template.called_in(says.language), languages.named(wanted.language, says.language)
    text = says("no_language", title=title, wanted=name, there=says.either(names))
    return Question(text=text, options=tuple(names))


def _contents(order: Order, state: State) -> dict[str, Any]:
    """What the draft holds, for programs."""
    listed = {
        name: {"source": value.origin.source, "message": value.origin.message} for name, value in order.values.items()
    }
    reckoned = order.reckoned
    taxes = [{name: f"{getattr(tax, name):f}" for name in ("rate", "base", "amount")} for tax in reckoned.taxes]
    sums = {"net": str(reckoned.net), "taxes": taxes, "total": str(reckoned.total), "currency": reckoned.currency}
    return {
        "kind": order.template.name,
        "template_version": order.template.version,
        "version": order.version,
        "language": order.language,
        "origins": listed,
        "changed": list(state.changed),
        **(sums if reckoned.amounts else {}),
    }


def _shortcomings(made: Made, says: Says) -> tuple[Warning, ...]:
    """What the files lack of what they should hold."""
    out: list[Warning] = []
    if made.unshown:
        phrase = "unshown_one" if made.unshown == 1 else "unshown"
        out.append(Warning(text=says(phrase, count=f"{made.unshown:,}"), code="unshown"))
    if made.without:
        out.append(Warning(text=says(made.without), code="no_pdf"))
    return tuple(out)


def _total(order: Order, state: State, says: Says) -> tuple[Warning, ...]:
    """Whether the total that was named is that of the lines, with tax or without."""
    reckoned, total = order.reckoned, state.total
    if total is None or not reckoned.amounts or total.amount in (reckoned.total, reckoned.net):
        return ()
    given, net, whole = (
        amount_text(amount, reckoned.currency, order.locale) for amount in (total.amount, reckoned.net, reckoned.total)
    )
    text = says("total_differs", given=given, net=net, total=whole)
    return (Warning(text=text, code="total_differs"),)
