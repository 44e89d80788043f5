"""Conversations and their files: what was said, what was uploaded, what was made."""

from starlette.responses import JSONResponse, Response

from channels.http import naming, texts
from channels.http.house import Call
from channels.http.views import ConversationList, ConversationView, file_view, line_view, turn_view
from channels.websocket.files import served
from channels.websocket.protocol import is_digest
from channels.websocket.uploads import check_length, store
from switchboard import BadInput, SourceFile
from switchboard.wire import to_json

LISTED = 100
PAGE = 50


async def conversations(call: Call) -> Response:
    """The caller's conversations over HTTP, most recently used first."""
    found = await call.house.assistant.conversations(call.principal, tenant=call.house.tenant, limit=LISTED)
    lines = [line_view(one, call.links) for one in found if naming.is_own(one.conversation, call.principal)]
    return JSONResponse(to_json(ConversationList(conversations=tuple(lines))))


async def conversation(call: Call) -> Response:
    """The newest messages of a conversation, or those before a number."""
    name = call.path("conversation", naming.CONVERSATION_ID, missing=texts.NO_CONVERSATION)
    before = call.number("before", least=1, most=2**53)
    limit = call.number("limit", least=1, most=PAGE) or PAGE
    turns = await call.house.assistant.transcript(call.conversation(name), limit=limit, before=before)
    if not turns and before is None:
        raise BadInput(texts.NO_CONVERSATION, status=404)
    view = ConversationView(
        id=name,
        messages=tuple(turn_view(turn, call.links) for turn in turns),
        before=turns[0].number if turns and turns[0].number > 0 else None,
    )
    return JSONResponse(to_json(view))


async def upload(call: Call) -> Response:
    """Store a file for a conversation; the body is the file."""
    house, request = call.house, call.request
    check_length(request.headers.get("content-length"), limit=house.upload_limit)
    name = request.query_params.get("name", "")
    if not name.strip():
        raise BadInput(texts.NO_NAME)
    owner = call.conversation()
    blob = await store(
        request.stream(),
        house.assistant.blobs,
        conversation=owner,
        name=name,
        claimed_type=request.headers.get("content-type", ""),
        limit=house.upload_limit,
        patience=house.patience,
    )
    return JSONResponse(to_json(file_view(blob, owner, call.links)), 201)


async def file(call: Call) -> Response:
    """An attachment, or something that the assistant made."""
    owner, digest = call.conversation(missing=texts.NO_FILE).key, call.request.path_params["digest"]
    blobs = call.house.assistant.blobs
    blob = await blobs.stat(digest, owner=owner) if is_digest(digest) else None
    if blob is None:
        raise BadInput(texts.NO_FILE, status=404)
    data = await blobs.read(digest, owner=owner)
    return served(SourceFile(name=blob.name or "file", title=blob.name, media_type=blob.media_type, data=data))
