"""What the embedded model does next: say something fixed, call a tool, ask back, or quote what came back."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall

from agent.models import answering, phrases
from agent.models.arguments import Said, answered, fill
from agent.models.cards import DOCUMENT, FREE_TEXT, Card, cards
from agent.models.documents import asks_what_it_says, is_file, named_document, points_to_document, without_document
from agent.models.followups import FollowUp, standalone
from agent.models.gathering import continued
from agent.models.german import in_english
from agent.models.markdown import escaped
from agent.models.meaning import Meaning
from agent.models.quoting import sources
from agent.models.reactions import react, reaction, said_before
from agent.models.routing import Route, nearest, route
from agent.models.talk import without_courtesies
from agent.models.transcript import Exchange, exchanges
from agent.models.words import tokens

SHORT_ANSWER = 8
"""So many words at most are taken for the answer to a question that the model asked."""
SHOWN_EXAMPLES = 4
SUMMARISE = "Summarise this document"
"""What a question about nothing in particular in a document comes to."""
LONGEST = 2_000
"""Of a longer message the beginning and the end are read; the question usually stands in one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Decides on the next message; pure apart from the encoder behind ``meaning``.

    Attributes:
        tools: The bound tools.
        choice: The name of a tool that has to be called, ``any`` for one of them, or empty.
        today: For *tomorrow* and the like.
    """

    meaning: Meaning
    tools: Sequence[Card]
    choice: str
    today: date

    def reply(self, messages: Sequence[BaseMessage]) -> AIMessage:
        """The next message of the conversation."""
        told = exchanges(messages)
        if not told:
            return AIMessage(phrases.EMPTY)
        if told[-1].results:
            return self._close(told)
        return self._open(told)

    def _close(self, told: Sequence[Exchange]) -> AIMessage:
        """After the tools: once more without a document that nobody knows, or the answer."""
        now = told[-1]
        if again := self._without_document(now):
            return _calling(again.name, again.arguments, told)
        results = []
        for number, call in enumerate(now.calls):
            message = now.result_of(call)
            repeated = any(later["name"] == call["name"] for later in now.calls[number + 1 :])
            if message and not (repeated and message.status == "error"):
                searched = "search" in call["name"]
                question = _asked(call) or now.text
                results.append(answering.read(message, tool=call["name"], question=question, searched=searched))
        setting = answering.Setting(
            wanted=reaction(now.text),
            said_before=said_before(told),
            files=frozenset(name for exchange in told for name in exchange.files),
            spoken_of=_file_was_spoken_of(told),
        )
        said = answering.answer(results, self.meaning, setting)
        if said.startswith(phrases.NOT_FOUND) and (english := self._in_english(now)):
            return _calling(english.name, english.arguments, told)
        return AIMessage(said)

    def _without_document(self, now: Exchange) -> "_Call | None":
        call = now.calls[-1]
        message = now.result_of(call)
        named = [name for name in call["args"] if name in DOCUMENT]
        card = self._card(call["name"])
        tried = sum(other["name"] == call["name"] for other in now.calls)
        if not (message and message.status == "error" and named and card) or tried > 1 or named[0] in card.required:
            return None
        if not answering.wants_another_call(message) or is_file(str(call["args"][named[0]])):
            return None
        return _Call(name=call["name"], arguments={k: v for k, v in call["args"].items() if k not in named})

    def _in_english(self, now: Exchange) -> "_Call | None":
        """A search that has found nothing once more in English, if it was in German: many papers are."""
        call = now.calls[-1]
        name = next((name for name in call["args"] if name in FREE_TEXT), "")
        english = in_english(str(call["args"][name])) if name and len(now.calls) == 1 else ""
        return _Call(name=call["name"], arguments={**call["args"], name: english}) if english else None

    def _open(self, told: Sequence[Exchange]) -> AIMessage:
        """Before the tools: find out what is wanted."""
        now = told[-1]
        if not now.text:
            names = ", ".join(f"**{escaped(name)}**" for name in now.files)
            return AIMessage(phrases.WHAT_ABOUT_FILE.format(names=names) if names else phrases.EMPTY)
        if pending := self._answer_to_own_question(told):
            return _calling(pending.name, pending.arguments, told)
        if not self.choice and (gathered := continued(told, self.tools, self.meaning)):
            return _calling(gathered[0].name, gathered[1], told)
        if not self.choice and (reacted := react(told, self.tools)):
            return AIMessage(reacted) if isinstance(reacted, str) else _calling(reacted[0].name, reacted[1], told)
        asked, _ = without_courtesies(_readable(now.text))
        way = route(_readable(now.text), self.tools, self.meaning)
        if not self.choice and (whole := self._whole(asked, told)):
            return _calling(whole.name, whole.arguments, told)
        bare = without_document(asked)
        follow = standalone(bare, _previous_question(told) if bare == asked else "", self.meaning)
        if way.kind not in ("tool", "unclear") and not self.choice:
            return AIMessage(self._say(way))
        card = self._tool_for(follow, way, asked)
        if card is None:
            return AIMessage(self._say(way))
        document = _document(asked, follow, told, loose=not card.searches)
        query = now.text if len(now.text) > LONGEST and not card.searches else asked if bare != asked else follow.query
        said = Said(text=asked, query=query, document=document, files=now.files, today=self.today)
        filled = fill(card, said, self.meaning)
        if filled.missing:
            return AIMessage(_question_for(filled.missing, card))
        return _calling(card.name, filled.arguments, told)

    def _whole(self, asked: str, told: Sequence[Exchange]) -> "_Call | None":
        """The call that tells what a document says as a whole, if that is asked of one that came along or just did."""
        spoken = _spoken_of(told) if asks_what_it_says(asked) else None
        card = route(SUMMARISE, self.tools, self.meaning).tool
        if spoken is None or card is None:
            return None
        said = Said(text=asked, query=asked, document=spoken, files=told[-1].files, today=self.today)
        return _Call(name=card.name, arguments=fill(card, said, self.meaning).arguments)

    def _tool_for(self, follow: FollowUp, way: Route, asked: str) -> Card | None:
        if self.choice and self.tools:
            return self._card(self.choice) or nearest(asked, self.tools, self.meaning)
        return way.tool if follow.query == asked else route(follow.query, self.tools, self.meaning).tool

    def _say(self, way: Route) -> str:
        declared = [card.examples for card in self.tools if card.declared]
        examples = [example for row in zip(*declared, strict=False) for example in row][:SHOWN_EXAMPLES]
        match way.kind:
            case "greeting":
                return phrases.GREETING
            case "thanks":
                return phrases.THANKS
            case "goodbye":
                return phrases.GOODBYE
            case "fine":
                return phrases.FINE
            case "assent":
                return phrases.NOTHING_ASKED
            case "about":
                return phrases.abilities(examples)
            case "beyond":
                return phrases.can_not(way.what, examples)
            case _:
                return phrases.UNCLEAR if self.tools else phrases.abilities(())

    def _answer_to_own_question(self, told: Sequence[Exchange]) -> "_Call | None":
        """The call that the last answer asked an argument for, now that it is there.

        The question is recognised by making it again: so nothing has to be remembered besides the conversation.
        """
        if len(told) < 2 or len(tokens(told[-1].text)) > SHORT_ANSWER or told[-1].text.rstrip().endswith("?"):
            return None
        before, now = told[-2], told[-1]
        for card in self.tools:
            said = Said(text=before.text, query=before.text, files=before.files, today=self.today)
            filled = fill(card, said, self.meaning)
            if filled.missing and before.answer == _question_for(filled.missing, card):
                reply = Said(text=now.text, query=now.text, document=now.text, files=now.files, today=self.today)
                value = answered(filled.missing, card, reply, self.meaning)
                if value is not None:
                    return _Call(name=card.name, arguments={**filled.arguments, filled.missing: value})
        return None

    def _card(self, name: str) -> Card | None:
        return next((card for card in self.tools if card.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    name: str
    arguments: Mapping[str, Any]


def decider(meaning: Meaning, options: Mapping[str, Any], today: date) -> Decider:
    """A decider for the options of one model call: the bound tools and the tool choice, in any provider's spelling."""
    choice = options.get("tool_choice")
    if isinstance(choice, dict):
        choice = (choice.get("function") or choice).get("name")
    tools = [] if choice == "none" else cards(options.get("tools") or ())
    free = choice in (None, False, "auto", "none")
    return Decider(meaning=meaning, tools=tools, choice="" if free else str(choice), today=today)


def _calling(name: str, arguments: Mapping[str, Any], told: Sequence[Exchange]) -> AIMessage:
    """A message with one call. Its id is the same when a turn is run again, and no other call of the window has it."""
    taken = {str(call["id"]) for exchange in told for call in exchange.calls}
    attempt = 0
    while True:
        seed = f"{len(told)}/{told[-1].text}/{attempt}"
        call_id = "call_" + hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:16]
        if call_id not in taken:
            return AIMessage("", tool_calls=[ToolCall(name=name, args=dict(arguments), id=call_id, type="tool_call")])
        attempt += 1


def _question_for(missing: str, card: Card) -> str:
    schema = card.properties[missing]
    return phrases.missing_argument(card.name, missing, str(schema.get("description") or ""), schema.get("enum") or ())


def _asked(call: ToolCall) -> str:
    return next((str(value) for name, value in call["args"].items() if name in FREE_TEXT), "")


def _previous_question(told: Sequence[Exchange]) -> str:
    """The newest question that a tool was asked before this message, complete as it was asked."""
    calls = (call for exchange in reversed(told[:-1]) for call in reversed(exchange.calls))
    return next((question for question in map(_asked, calls) if question), "")


def _spoken_of(told: Sequence[Exchange]) -> str | None:
    """What *this* and *it* are: the file that came along (empty if several did), or the document spoken of last."""
    now = told[-1]
    if now.files:
        return now.files[0] if len(now.files) == 1 else ""
    if not points_to_document(now.text):
        return None
    for exchange in reversed(told[:-1]):
        if exchange.files:
            return exchange.files[0]
        if exchange.calls:
            named = (str(value) for name, value in exchange.calls[-1]["args"].items() if name in DOCUMENT)
            quoted = sources(exchange.answer)
            return next(named, quoted[0] if len(quoted) == 1 else None)
    return None


def _file_was_spoken_of(told: Sequence[Exchange]) -> bool:
    """Whether the newest exchange about anything was about a file that the person attached."""
    names = {name for exchange in told for name in exchange.files}
    for exchange in reversed(told[:-1]):
        given = exchange.calls[-1]["args"].items() if exchange.calls else ()
        about = {str(value) for name, value in given if name in DOCUMENT} or set(sources(exchange.answer))
        if about or exchange.files:
            return bool(exchange.files or about & names)
    return bool(told[-1].files)


def _readable(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"


def _document(asked: str, follow: FollowUp, told: Sequence[Exchange], *, loose: bool) -> str:
    """The document that is named, or the one spoken of if the message points back to it."""
    earlier = told[:-1]
    titles = [sources(exchange.answer) for exchange in reversed(earlier)]
    asked_about = earlier[-1].files if earlier and not earlier[-1].text else ()
    named = named_document(
        asked,
        files=told[-1].files or asked_about,
        earlier_files=[name for exchange in reversed(earlier) for name in exchange.files],
        known=list(dict.fromkeys(title for quoted in titles for title in quoted)),
        loose=loose,
    )
    last = next((exchange.calls[-1] for exchange in reversed(earlier) if exchange.calls), None)
    before = next((str(value) for name, value in last["args"].items() if name in DOCUMENT), "") if last else ""
    if follow.same_document and not is_file(named) and (before or (titles and len(titles[0]) == 1)):
        return before or titles[0][0]
    return named or (before if follow.query != asked else "")
