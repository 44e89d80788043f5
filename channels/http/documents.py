"""The library's documents, as far as the caller may read them: the list, and each as a file."""

from starlette.responses import JSONResponse, Response

from channels.http import texts
from channels.http.house import Call
from channels.http.views import DocumentList, document_view
from channels.websocket.files import served
from switchboard import BadInput
from switchboard.wire import to_json

PAGE = 100
MOST = 100_000
"""Documents that a caller can page through."""


async def documents(call: Call) -> Response:
    """The documents that the caller may read, by title; with a conversation also what was attached there."""
    offset = call.number("offset", least=0, most=MOST) or 0
    limit = call.number("limit", least=1, most=PAGE) or PAGE
    here = call.place()
    found = await call.house.library.sources(
        principal=call.principal, conversation=here.key if here else "", limit=offset + limit + 1
    )
    shown = found[offset : offset + limit]
    view = DocumentList(
        documents=tuple(document_view(source, here, call.links) for source in shown),
        next=offset + limit if len(found) > offset + limit else None,
    )
    return JSONResponse(to_json(view))


async def document(call: Call) -> Response:
    """A document as a file; the same answer for unknown and forbidden."""
    here = call.place()
    found = await call.house.assistant.source(
        call.request.path_params["document"], principal=call.principal, conversation=here.key if here else ""
    )
    if found is None:
        raise BadInput(texts.NO_FILE, status=404)
    return served(found)
