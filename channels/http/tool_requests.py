"""Pictures and summaries for programs: whichever tool of that name is installed does it, and its outcome is given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue, field_validator
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response

from channels.http import texts
from channels.http.asking import GRACE, Addressed, asked, fetched, known, reply_to, take
from channels.http.bodies import read_json
from channels.http.house import Call
from channels.http.outcomes import Outcome, outcome
from channels.http.preferring import Preference, preference
from switchboard import BadInput, Message, Reply, ToolRetry
from switchboard import Call as ToolCall
from switchboard.wire import to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Something that can be asked for: what its address calls it, and the tool that does it."""

    name: str
    tool: str


IMAGES = Kind(name="images", tool="generate_image")
SUMMARIES = Kind(name="summaries", tool="summarize_document")
_NAMES_SOMETHING: list[JsonValue] = [
    {"required": ["document"], "properties": {"document": {"pattern": r"\S"}}},
    {"required": ["attachments"], "properties": {"attachments": {"minItems": 1}}},
]


class NotInstalled(BadInput):
    """There is no such tool in this installation."""

    code = "not_installed"

    def __init__(self, tool: str) -> None:
        super().__init__(texts.NO_TOOL.format(tool=tool), status=501)


class Requested(Addressed):
    """What every request may say."""

    approved: bool = Field(False, description="The person has agreed to this very call, where the tool needs that.")


class NewImage(Requested):
    """A picture to be made."""

    prompt: str = Field(pattern=r"\S", description="What it shows, in words.")
    options: dict[str, JsonValue] = Field({}, description="Further arguments, as the installed tool takes them.")

    @field_validator("options")
    @classmethod
    def _further(cls, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if "prompt" in value:
            raise ValueError("it should have arguments besides the prompt")
        return value


class NewSummary(Requested):
    """A document to be summarised: one of the library by its title or id, or an uploaded file."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _NAMES_SOMETHING})

    document: str = Field("", description="Title, id or file name; may be empty where there is an attachment.")
    focus: str = Field("", description="What the reader is interested in; empty for everything alike.")
    length: Literal["short", "medium", "long"] = "medium"
    language: str = Field("", description="Of the summary, as an ISO 639-1 code; empty for the document's.")


async def create_image(call: Call) -> Response:
    """Have a picture made, and wait for it."""
    house = call.house
    body = await read_json(call.request, NewImage, limit=house.body_limit, patience=house.patience)
    prefers = _preference(call, unasked=house.settings.wait_seconds)
    return await _create(call, IMAGES, body, {**body.options, "prompt": body.prompt}, body.prompt, prefers)


async def create_summary(call: Call) -> Response:
    """Have a document summarised. Without being asked to, nobody waits: it may take long."""
    house = call.house
    body = await read_json(call.request, NewSummary, limit=house.body_limit, patience=house.patience)
    if not body.document.strip() and not body.attachments:
        raise BadInput(texts.NOTHING_TO_SUMMARISE, status=422)
    arguments = body.model_dump(include={"document", "focus", "length", "language"}, exclude_defaults=True)
    said = texts.SUMMARISE.format(what=body.document.strip() or texts.THE_FILE)
    said += texts.FOCUS.format(focus=body.focus.strip()) if body.focus.strip() else ""
    return await _create(call, SUMMARIES, body, arguments, said, _preference(call, unasked=0.0))


async def read_image(call: Call) -> Response:
    """What became of a picture."""
    return await _read(call, IMAGES)


async def read_summary(call: Call) -> Response:
    """What became of a summary."""
    return await _read(call, SUMMARIES)


async def _create(
    call: Call, kind: Kind, body: Requested, arguments: Mapping[str, Any], said: str, prefers: Preference
) -> Response:
    """Ask the tool by a message that says the same in words, so that the conversation can go on from it."""
    tool = call.house.tools.get(kind.tool)
    if tool is None:
        raise NotInstalled(kind.tool)
    try:
        tool.validate(dict(arguments))
    except ToolRetry as error:
        raise BadInput(texts.BAD_CALL.format(tool=kind.tool, hint=error.hint), status=422) from None
    wanted = ToolCall(tool=kind.tool, arguments=json.dumps(arguments, sort_keys=True), approved=body.approved)
    message = await take(call.house, await asked(call, body, said, wait=prefers.wait, tool_call=wanted))
    reply = await reply_to(call.house, message, seconds=prefers.wait + GRACE) if prefers.wait else None
    return await _answer(call, kind, message, reply, applied=prefers.applied)


async def _read(call: Call, kind: Kind) -> Response:
    turn = await known(call, missing=texts.NO_REQUEST)
    if turn.message.call is None or turn.message.call.tool != kind.tool:
        raise BadInput(texts.NO_REQUEST, status=404)
    return await _answer(call, kind, turn.message, turn.reply, looked_up=True)


async def _answer(
    call: Call, kind: Kind, message: Message, reply: Reply | None, *, applied: str = "", looked_up: bool = False
) -> Response:
    """The outcome as far as it has come: 202 to whoever asked for what is still being worked on."""
    assistant = call.house.assistant
    job = await assistant.job(message.conversation, reply.job.job_id) if reply and reply.job else None
    view: Outcome = outcome(message, reply, job, call.links, kind=kind.name, tool=kind.tool)
    headers = {"Vary": "Prefer"} if looked_up else {"Vary": "Prefer", "Location": view.url}
    if applied:
        headers["Preference-Applied"] = applied
    status = 202 if view.state == "running" and not looked_up else 200
    read = BackgroundTask(fetched(call.house, message)) if reply is not None else None
    return JSONResponse(to_json(view), status, headers, background=read)


def _preference(call: Call, *, unasked: float) -> Preference:
    headers = call.request.headers.getlist("prefer")
    return preference(headers, longest=call.house.settings.wait_seconds, unasked=unasked)
