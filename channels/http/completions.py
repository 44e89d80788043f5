"""OpenAI's chat completions: its stateless clients send all that was said, of which the last question is new."""

from collections.abc import AsyncGenerator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response

from channels.http import naming, texts
from channels.http.asking import fetched, reply_to, take
from channels.http.bodies import read_json
from channels.http.channel import Asked
from channels.http.house import Call
from channels.http.naming import ConversationId
from channels.http.problems import openai_error, problem_of
from channels.http.streaming import EventStream, frame
from channels.http.tickets import Links
from channels.websocket.failures import Failure, describe
from switchboard import (
    BadInput,
    Citation,
    Conversation,
    Delta,
    Event,
    Message,
    MessageId,
    Reply,
    SwitchboardError,
    fold,
)
from switchboard.events import ends_turn

MODEL = "switchboard"
RETRIED_WITHIN = 600
"""Seconds in which the same request counts as the same message that was sent again."""


class _Foreign(BaseModel):
    """OpenAI's clients send more than is heard here; the rest is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(_Foreign):
    """A piece of what was said."""

    type: str
    text: str = ""


class Said(_Foreign):
    """One message of the history."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | tuple[Part, ...] | None = None

    @property
    def text(self) -> str:
        """The text of all parts."""
        if isinstance(self.content, tuple):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class Metadata(_Foreign):
    """What a caller may say besides."""

    conversation: ConversationId | None = Field(None, description="The conversation to go on with.")


class StreamOptions(_Foreign):
    """What a stream has besides."""

    include_usage: bool = False


class NewCompletion(_Foreign):
    """A chat as OpenAI's clients send it. The last message is the question; what was said before is known."""

    model: str
    messages: tuple[Said, ...] = Field(min_length=1, max_length=10_000)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    user: str | None = Field(None, max_length=1_000, description="Keeps apart the chats of the caller's own users.")
    metadata: Metadata | None = None


async def complete(call: Call) -> Response:
    """Answer the last question of a chat."""
    house = call.house
    body = await read_json(call.request, NewCompletion, limit=4 * house.body_limit, patience=house.patience)
    _check(body)
    message = await take(house, await _asked(call, body))
    headers = {"X-Conversation-Id": message.conversation.thread, "X-Message-Id": message.id}
    head = {"id": f"chatcmpl-{message.id}", "created": int(house.now()), "model": MODEL}
    if body.stream:
        usage = body.stream_options is not None and body.stream_options.include_usage
        return EventStream(
            _chunks(call, message, head, usage=usage),
            ended=fetched(house, message),
            headers=headers,
            heartbeat=house.heartbeat,
            patience=house.patience,
        )
    reply = await reply_to(house, message, seconds=None)
    background = BackgroundTask(fetched(house, message))
    if reply is None or reply.status == "failed":
        return JSONResponse(_failure(reply), 500, headers, background=background)
    said = {"role": "assistant", "content": reply.text + sources(reply, call.links, message.conversation)}
    choice = {"index": 0, "message": {**said, "refusal": None}, "logprobs": None, "finish_reason": "stop"}
    whole = {**head, "object": "chat.completion", "choices": [choice], "usage": _usage(reply)}
    return JSONResponse(whole, headers=headers, background=background)


async def models(call: Call) -> Response:
    """The one model that there is."""
    return JSONResponse({"object": "list", "data": [_MODEL]})


async def model(call: Call) -> Response:
    """That model, by its name."""
    if (name := call.request.path_params["model"]) != MODEL:
        raise BadInput(texts.NO_MODEL.format(name=name[:100]), status=404)
    return JSONResponse(_MODEL)


_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def sources(reply: Reply, links: Links, conversation: Conversation) -> str:
    """The sources and files below the text, as links: these clients show text and nothing else."""
    reply = links.reply(reply, conversation)
    lines = [_line(f"[{one.number}] {one.title}", _page(one), one.link) for one in reply.citations]
    lines += [_line(one.name, "", one.link) for one in reply.artifacts]
    return "\n\n" + "\n".join([texts.SOURCES, "", *lines]) if lines else ""


def _line(title: str, page: str, link: str) -> str:
    plain = " ".join(title.split()).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return f"- [{plain}{page}](<{link}>)" if link else f"- {plain}{page}"


def _page(citation: Citation) -> str:
    return f", page {citation.page}" if citation.page else ""


async def _chunks(call: Call, message: Message, head: dict[str, Any], *, usage: bool) -> AsyncGenerator[bytes, None]:
    """The answer piece by piece, as it is written."""
    events: list[Event] = []
    yield _chunk(head, {"role": "assistant", "content": ""})
    try:
        async for event in call.house.assistant.events(message.conversation, message.id):
            events.append(event)
            if isinstance(event, Delta) and event.text:
                yield _chunk(head, {"content": event.text})
            if ends_turn(event):
                break
    except SwitchboardError as error:
        yield frame(openai_error(problem_of(describe(error))))
        return
    reply = fold(events)
    if reply.status == "failed":
        yield frame(_failure(reply))
        return
    rest = _rest(events, reply) + sources(reply, call.links, message.conversation)
    if rest:
        yield _chunk(head, {"content": rest})
    yield _chunk(head, {}, finish="stop")
    if usage:
        yield frame({**head, "object": "chat.completion.chunk", "choices": [], "usage": _usage(reply)})
    yield frame("[DONE]")


def _rest(events: list[Event], reply: Reply) -> str:
    """What the pieces lack of the whole text; all of it where it has become another."""
    shown = "".join(event.text for event in events if isinstance(event, Delta))
    if reply.text.startswith(shown):
        return reply.text[len(shown) :]
    return f"\n\n{reply.text}"


def _chunk(head: dict[str, Any], delta: dict[str, str], *, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return frame({**head, "object": "chat.completion.chunk", "choices": [choice]})


def _usage(reply: Reply) -> dict[str, int]:
    total = reply.input_tokens + reply.output_tokens
    return {"prompt_tokens": reply.input_tokens, "completion_tokens": reply.output_tokens, "total_tokens": total}


def _failure(reply: Reply | None) -> dict[str, object]:
    text, incident = (reply.text, reply.incident) if reply is not None else (texts.NO_REPLY, "")
    return openai_error(problem_of(Failure(code="failed", text=text, status=500, incident=incident)))


def _check(body: NewCompletion) -> None:
    if body.model != MODEL:
        raise BadInput(texts.NO_MODEL.format(name=body.model[:100]), status=404)
    if body.n not in (None, 1):
        raise BadInput(texts.ONE_CHOICE, status=422)
    question = body.messages[-1]
    if isinstance(question.content, tuple) and any(part.type != "text" for part in question.content):
        raise BadInput(texts.ONLY_TEXT, status=422)
    if question.role != "user" or not question.text.strip():
        raise BadInput(texts.NO_QUESTION, status=422)


async def _asked(call: Call, body: NewCompletion) -> Asked:
    """The last question as a message: in the named conversation, otherwise in the one that began with these words."""
    begins = next(index for index, said in enumerate(body.messages) if said.role == "user")
    named = call.request.headers.get("x-conversation-id") or (body.metadata and body.metadata.conversation)
    opening = [part for said in body.messages[: begins + 1] for part in (said.role, said.text)]
    thread = named or naming.derived(call.principal.id, body.user or "", *opening, prefix="chat")
    conversation, now = call.conversation(thread), call.house.now()
    key = call.request.headers.get("idempotency-key")
    return Asked(
        id=naming.derived(key, prefix="k") if key else await _identity(call, body, conversation, now),
        conversation=conversation,
        principal=call.principal,
        text=body.messages[-1].text,
        received_at=now,
    )


async def _identity(call: Call, body: NewCompletion, conversation: Conversation, now: float) -> str:
    """The same for the same history, if it comes again soon: clients that try again do not say so."""
    history = [part for said in body.messages for part in (said.role, said.text)]
    window = int(now // RETRIED_WITHIN)
    current, before = (naming.derived(*history, str(number), prefix="m") for number in (window, window - 1))
    turn = await call.house.assistant.turn(conversation, MessageId(before))
    return before if turn is not None and turn.message.received_at > now - RETRIED_WITHIN else current
