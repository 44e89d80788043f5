"""Messages: to send one and wait, to send one and come back, to follow its events, to stop it."""

from collections.abc import AsyncGenerator

from pydantic import ConfigDict, Field, JsonValue
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response

from channels.http import naming, texts
from channels.http.asking import GRACE, Addressed, asked, fetched, known, reply_to, take
from channels.http.bodies import read_json
from channels.http.house import Call
from channels.http.naming import KnownId
from channels.http.preferring import preference
from channels.http.problems import problem_of
from channels.http.streaming import EventStream, frame
from channels.http.views import MessageView, Stopped, message_view, turn_view
from channels.websocket.failures import describe
from switchboard import BadInput, Message, MessageId, SwitchboardError
from switchboard.events import ends_turn
from switchboard.wire import to_json

STREAM = "text/event-stream"


_SAYS_SOMETHING: list[JsonValue] = [
    {"required": ["text"], "properties": {"text": {"pattern": r"\S"}}},
    {"required": ["attachments"], "properties": {"attachments": {"minItems": 1}}},
]


class NewMessage(Addressed):
    """What a caller sends. With neither id nor conversation it begins a conversation, anew each time."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _SAYS_SOMETHING})

    text: str = Field("", description="Plain text or Markdown; may be empty where there are attachments.")
    reply_to: KnownId | None = Field(
        None, description="The message whose question this answers: a yes to it then agrees to nothing asked since."
    )


async def create(call: Call) -> Response:
    """Take a message: wait for the reply, stream it, or leave it to be fetched."""
    house, request = call.house, call.request
    body = await read_json(request, NewMessage, limit=house.body_limit, patience=house.patience)
    after = _last_event(request.headers.get("last-event-id"))
    streams = STREAM in request.headers.get("accept", "")
    prefers = preference(request.headers.getlist("prefer"), longest=house.settings.wait_seconds)
    wait = None if streams else prefers.wait
    message = await take(house, await asked(call, body, body.text, wait=wait, reply_to=body.reply_to))
    if streams:
        return _stream(call, message, after=after)
    reply = await reply_to(house, message, seconds=prefers.wait + GRACE) if prefers.wait else None
    view = message_view(message, call.links, state="done" if reply else "running", reply=reply)
    headers = {"Location": view.url, "Vary": "Accept, Prefer"}
    if prefers.applied:
        headers["Preference-Applied"] = prefers.applied
    if reply is None:
        return JSONResponse(to_json(view), 202, headers)
    ended = BackgroundTask(fetched(house, message))
    return JSONResponse(to_json(view), 200 if reply.job is None else 202, headers, background=ended)


async def read(call: Call) -> Response:
    """A message and, once it is there, its reply."""
    turn = await known(call, missing=texts.NO_MESSAGE)
    view = to_json(turn_view(turn, call.links))
    if turn.state == "done" and not turn.delivered:
        return JSONResponse(view, background=BackgroundTask(fetched(call.house, turn.message)))
    return JSONResponse(view)


async def events(call: Call) -> Response:
    """The events of a turn, as they come, those after the one that the caller had last."""
    after = _last_event(call.request.headers.get("last-event-id"))
    if (number := call.number("after", least=0, most=2**53)) is not None:
        after = number
    return _stream(call, (await known(call, missing=texts.NO_MESSAGE)).message, after=after)


async def stop(call: Call) -> Response:
    """Stop a turn; what there is of the answer is kept."""
    message_id = MessageId(call.path("message", naming.KNOWN_ID, missing=texts.NO_MESSAGE))
    stopped = await call.house.assistant.stop(call.conversation(), message_id)
    return JSONResponse(to_json(Stopped(stopped=stopped)))


def _stream(call: Call, message: Message, *, after: int) -> EventStream:
    view = message_view(message, call.links, state="running")
    return EventStream(
        _frames(call, view, message, after),
        ended=fetched(call.house, message),
        headers={"Location": view.url, "Content-Location": view.events_url, "Vary": "Accept, Prefer"},
        heartbeat=call.house.heartbeat,
        patience=call.house.patience,
    )


async def _frames(call: Call, view: MessageView, message: Message, after: int) -> AsyncGenerator[bytes, None]:
    """First where the message is, then its events. What goes wrong on the way is told in a last frame."""
    links, conversation = call.links, message.conversation
    yield frame({"id": view.id, "conversation": view.conversation, "url": view.url}, event="message")
    try:
        async for event in call.house.assistant.events(conversation, message.id, after=after):
            yield frame(to_json(links.event(event, conversation)), event=event.kind, number=event.seq)
            if ends_turn(event):
                return
    except SwitchboardError as error:
        yield frame(to_json(problem_of(describe(error))), event="error")


def _last_event(header: str | None) -> int:
    if not header:
        return 0
    if not (header.isascii() and header.isdigit() and len(header) <= 16):
        raise BadInput(texts.BAD_EVENT_ID)
    return int(header)
