"""OpenAI's chat completions: its stateless clients send all that was said, of which the last question is new."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response

from channels.http import naming, texts
from channels.http.asking import fetched, reply_to, take
from channels.http.bodies import read_json
from channels.http.channel import Asked
from channels.http.chats import NewCompletion, Said, files
from channels.http.house import Call
from channels.http.problems import openai_error, problem_of
from channels.http.streaming import EventStream, frame, gone
from channels.http.writing import below, written
from channels.websocket.failures import Failure, describe
from channels.websocket.uploads import store
from switchboard import (
    Attachment,
    BadInput,
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

log = logging.getLogger("switchboard.channels")

MODEL = "switchboard"
RETRIED_WITHIN = 600
"""Seconds in which the same request counts as the same message that was sent again."""


async def complete(call: Call) -> Response:
    """Answer the last question of a chat."""
    house = call.house
    limit = 4 * house.body_limit + 4 * house.upload_limit // 3  # room for a history, and for a file in base64
    body = await read_json(call.request, NewCompletion, limit=limit, patience=house.patience)
    _check(body)
    message = await take(house, await _asked(call, body))
    hung_up = _stopping(call, message) if house.settings.after_hang_up == "stop" else None
    headers = {"X-Conversation-Id": message.conversation.thread, "X-Message-Id": message.id}
    head = {"id": f"chatcmpl-{message.id}", "created": int(house.now()), "model": MODEL}
    if body.stream:
        usage = body.stream_options is not None and body.stream_options.include_usage
        return EventStream(
            _chunks(call, message, head, usage=usage),
            ended=fetched(house, message),
            left=hung_up,
            headers=headers,
            heartbeat=house.heartbeat,
            patience=house.patience,
        )
    async with _watched(call, hung_up):
        reply = await reply_to(house, message, seconds=None)
    background = BackgroundTask(fetched(house, message))
    if reply is None or reply.status == "failed":
        return JSONResponse(_failure(reply), 500, headers, background=background)
    said = {"role": "assistant", "content": written(reply, call.links, message.conversation)}
    choice = {"index": 0, "message": {**said, "refusal": None}, "logprobs": None, "finish_reason": "stop"}
    whole = {**head, "object": "chat.completion", "choices": [choice], "usage": _usage(reply)}
    return JSONResponse(whole, headers=headers, background=background)


def _stopping(call: Call, message: Message) -> Callable[[], Awaitable[None]]:
    async def stop() -> None:
        try:
            await call.house.assistant.stop(message.conversation, message.id)
        except SwitchboardError as error:
            log.warning("an answer whose caller has hung up could not be stopped: %s", error)

    return stop


@asynccontextmanager
async def _watched(call: Call, hung_up: Callable[[], Awaitable[None]] | None) -> AsyncIterator[None]:
    """Meanwhile it is heard if the caller hangs up, where that matters."""

    async def watch(then: Callable[[], Awaitable[None]]) -> None:
        await gone(call.request.receive)
        await then()

    watching = asyncio.create_task(watch(hung_up)) if hung_up is not None else None
    try:
        yield
    finally:
        if watching is not None:
            watching.cancel()


async def models(call: Call) -> Response:
    """The one model that there is."""
    return JSONResponse({"object": "list", "data": [_MODEL]})


async def model(call: Call) -> Response:
    """That model, by its name."""
    if (name := call.request.path_params["model"]) != MODEL:
        raise BadInput(texts.NO_MODEL.format(name=name[:100]), status=404)
    return JSONResponse(_MODEL)


_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


async def _chunks(call: Call, message: Message, head: dict[str, Any], *, usage: bool) -> AsyncGenerator[bytes, None]:
    """The answer piece by piece, as it is written."""
    events: list[Event] = []
    if usage:
        head = {**head, "usage": None}  # every chunk but the last has it like that
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
    rest = _rest(events, reply) + below(reply, call.links, message.conversation)
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
    attached = any(part.type != "text" for part in question.parts)
    if question.role != "user" or not (question.text.strip() or attached):
        raise BadInput(texts.NO_QUESTION, status=422)


async def _asked(call: Call, body: NewCompletion) -> Asked:
    """The last question as a message: in the named conversation, otherwise in the one that began with these words."""
    begins = next(index for index, said in enumerate(body.messages) if said.role == "user")
    named = call.request.headers.get("x-conversation-id") or (body.metadata and body.metadata.conversation)
    opening = [part for said in body.messages[: begins + 1] for part in (said.role, said.text)]
    thread = named or naming.derived(call.principal.id, body.user or "", *opening, prefix="chat")
    conversation, now = call.conversation(thread), call.house.now()
    attachments = await _attachments(call, body.messages[-1], conversation)
    key = call.request.headers.get("idempotency-key")
    return Asked(
        id=naming.derived(key, prefix="k") if key else await _identity(call, body, attachments, conversation, now),
        conversation=conversation,
        principal=call.principal,
        text=body.messages[-1].text,
        attachments=attachments,
        received_at=now,
    )


async def _attachments(call: Call, question: Said, conversation: Conversation) -> tuple[Attachment, ...]:
    """The question's files, put where those are that were uploaded to the conversation."""
    house = call.house
    found = list(files(question))
    if len(found) > house.attachment_limit:
        raise BadInput(texts.TOO_MANY_FILES.format(limit=house.attachment_limit), status=413)
    stored = [
        await store(
            _once(file.data),
            house.assistant.blobs,
            conversation=conversation,
            name=file.name,
            claimed_type=file.media_type,
            limit=house.upload_limit,
            patience=house.patience,
        )
        for file in found
    ]
    return tuple(
        Attachment(name=blob.name, media_type=blob.media_type, size=blob.size, digest=blob.digest) for blob in stored
    )


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _identity(
    call: Call, body: NewCompletion, attachments: tuple[Attachment, ...], conversation: Conversation, now: float
) -> str:
    """The same for the same history, if it comes again soon: clients that try again do not say so."""
    history = [part for said in body.messages for part in (said.role, said.text)]
    history += [file.digest for file in attachments]
    window = int(now // RETRIED_WITHIN)
    current, before = (naming.derived(*history, str(number), prefix="m") for number in (window, window - 1))
    turn = await call.house.assistant.turn(conversation, MessageId(before))
    return before if turn is not None and turn.message.received_at > now - RETRIED_WITHIN else current
