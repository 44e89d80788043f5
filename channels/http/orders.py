"""Orders: a file announced with what is to become of it; where it can be sent to, and the job that waits for it."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import JSONResponse, Response

from channels.drops.orders import Order, Placed
from channels.http import naming, texts
from channels.http.asking import named
from channels.http.bodies import read_json
from channels.http.house import Call
from channels.http.naming import ConversationId, Digest, NewId
from channels.http.views import JobView, job_view
from channels.websocket.uploads import media_type, safe_name
from stores.s3 import VALID
from switchboard import Attachment, BadInput, Conversation, MessageId
from switchboard.wire import to_json
from tools.summaries.making import Wish

Language = Annotated[str, StringConstraints(pattern=r"^([a-z]{2})?$")]


class NewFile(BaseModel):
    """A file that is still to come: no other bytes are taken at its address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(pattern=r"\S", max_length=1_000)]
    size: int = Field(ge=1, le=2**53, description="Bytes.")
    digest: Digest = Field(description="SHA-256 of the bytes, in hexadecimal.")
    media_type: str = Field("", max_length=200, description="Empty for what the name suggests.")


class NewOrder(BaseModel):
    """A file, and the summary that it is to become."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: NewId | None = Field(None, description="The caller's own id of the order. Sent again with it, it is one order.")
    conversation: ConversationId | None = Field(None, description="Where the summary goes; a new one without it.")
    file: NewFile
    focus: str = Field("", max_length=2_000, description="What the reader is interested in; empty for all alike.")
    length: Literal["short", "medium", "long"] = "medium"
    language: Language = Field("", description="Of the summary, as an ISO 639-1 code; empty for the document's.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadView:
    """Where a file can be sent to, once.

    Attributes:
        headers: Have to be sent with it, as they are.
        seconds: For so long the address takes the file.
    """

    url: str
    headers: dict[str, str]
    seconds: int
    method: Literal["PUT"] = "PUT"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order that was taken.

    Attributes:
        job: What comes of it; its result is the summary.
        upload: ``null`` where the file is there already.
    """

    id: str
    conversation: str
    job: JobView
    upload: UploadView | None


async def create_order(call: Call) -> Response:
    """Take an order for a file of the caller's that is still to come."""
    house = call.house
    body = await read_json(call.request, NewOrder, limit=house.body_limit, patience=house.patience)
    if house.orders is None:
        raise BadInput(texts.NO_ORDERS, status=501)
    if body.file.size > house.upload_limit:
        raise BadInput(texts.FILE_TOO_LARGE.format(limit=house.upload_limit), status=413)
    name = named(body.id, call.request.headers.get("idempotency-key")) or token_hex(16)
    thread = body.conversation or naming.derived(call.principal.id, name, prefix="c")
    conversation = call.conversation(thread)
    shown = safe_name(body.file.name)
    kind = media_type(body.file.media_type, shown)
    placed = await house.orders.place(
        Order(
            id=MessageId(name),
            conversation=conversation,
            principal=call.principal,
            file=Attachment(name=shown, media_type=kind, size=body.file.size, digest=body.file.digest),
            wish=Wish(focus=body.focus.strip(), length=body.length, language=body.language),
        )
    )
    view = _view(call, name, conversation, placed)
    return JSONResponse(to_json(view), 202, {"Location": view.job.url})


def _view(call: Call, name: str, conversation: Conversation, placed: Placed) -> OrderView:
    there = placed.address
    upload = None if there is None else UploadView(url=there.url, headers=there.headers, seconds=VALID)
    return OrderView(id=name, conversation=conversation.thread, job=job_view(placed.job, call.links), upload=upload)
