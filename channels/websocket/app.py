"""The web chat's server as one Starlette application: the socket, the page, uploads and documents."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from channels.websocket import texts
from channels.websocket.assets import load_assets
from channels.websocket.channel import WebSocketChannel
from channels.websocket.failures import describe
from channels.websocket.files import served
from channels.websocket.guard import Guard, refused
from channels.websocket.house import Gone, House
from channels.websocket.identity import Visitors
from channels.websocket.protocol import is_digest
from channels.websocket.refusing import HangingUp
from channels.websocket.rooms import Rooms
from channels.websocket.session import Session
from channels.websocket.settings import WebSettings
from channels.websocket.uploads import check_length, store
from channels.websocket.views import file_view
from channels.websocket.visits import Visiting
from switchboard import BadInput, Conversation, Limits, Principal, SwitchboardError
from switchboard.assistant import Assistant, SourceFile
from switchboard.wire import to_json

LISTED = 100


def build(assistant: Assistant, settings: WebSettings) -> Starlette:
    """The application. Whoever made the assistant closes it, once the server has ended."""
    rooms = Rooms(patience=settings.patience)
    house = House(
        assistant=assistant,
        settings=settings,
        visitors=Visitors(settings),
        rooms=rooms,
        channel=WebSocketChannel(rooms, limits=Limits(text=settings.text_limit, upload=settings.upload_limit)),
    )
    pages = _Pages(house)
    return Starlette(
        routes=[
            WebSocketRoute("/ws", pages.socket),
            Route("/", pages.index),
            Route("/health", pages.health),
            Route("/api/uploads", pages.upload, methods=["POST"]),
            Route("/api/conversations", pages.conversations),
            Route("/documents/{document:path}", pages.document),
            Route("/files/{digest}", pages.file),
            Route("/{path:path}", pages.asset),
        ],
        middleware=[Middleware(Guard, settings=settings)],
        exception_handlers={
            SwitchboardError: _failed,
            ClientDisconnect: _failed,
            HTTPException: _http_failed,
            Exception: _failed,
        },
    )


class _Pages:
    """The endpoints."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._visiting = Visiting(house.visitors)
        self._assets = load_assets()

    async def socket(self, socket: WebSocket) -> None:
        """A chat, from hello to goodbye."""
        visit = self._visiting.visit(socket)
        await socket.accept(headers=self._visiting.cookie_headers(socket, visit))
        await Session(_Wire(socket), visit.principal, self._house).run()

    async def index(self, request: Request) -> Response:
        """The page, or with ``?key=`` the sign-in that leads to it."""
        if (key := request.query_params.get("key")) is not None:
            visit = self._house.visitors.sign_in(key)
            if visit is None:
                return PlainTextResponse(texts.BAD_KEY, status_code=403)
            response: Response = RedirectResponse("/", status_code=303)
            response.headers["Cache-Control"] = "no-store"
        else:
            visit, response = self._visiting.visit(request), self._asset(request, "index.html")
        response.raw_headers.extend(self._visiting.cookie_headers(request, visit))
        return response

    async def health(self, request: Request) -> Response:
        """That the server answers; nothing about what it holds."""
        return JSONResponse({"status": "ok"})

    async def asset(self, request: Request) -> Response:
        """A file of the widget, for pages of any site: it holds nothing private."""
        response = self._asset(request, request.path_params["path"])
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    async def upload(self, request: Request) -> Response:
        """Store a file for a conversation; the body is the file."""
        limit = self._house.settings.upload_limit
        check_length(request.headers.get("content-length"), limit=limit)
        name = request.query_params.get("name", "")
        if not name.strip():
            raise BadInput(texts.NO_NAME)
        conversation = self._conversation(request, self._visiting.visit(request).principal)
        blob = await store(
            request.stream(),
            self._house.assistant.blobs,
            conversation=conversation,
            name=name,
            claimed_type=request.headers.get("content-type", ""),
            limit=limit,
            patience=self._house.settings.patience,
        )
        return JSONResponse(to_json(file_view(blob, conversation)), status_code=201)

    async def conversations(self, request: Request) -> Response:
        """The visitor's conversations in the web chat, most recently used first."""
        principal = self._visiting.visit(request).principal
        found = await self._house.assistant.conversations(principal, tenant=self._house.settings.tenant, limit=LISTED)
        lines = [
            {"id": one.conversation.thread, "title": one.first_text, "turns": one.turns, "updated_at": one.updated_at}
            for one in found
            if one.conversation == self._house.visitors.conversation(principal, one.conversation.thread)
        ]
        return JSONResponse({"conversations": lines}, headers={"Cache-Control": "no-store"})

    async def document(self, request: Request) -> Response:
        """A cited document; the same answer for unknown and forbidden."""
        principal = self._visiting.visit(request).principal
        thread = request.query_params.get("conversation", "")
        conversation = self._house.visitors.conversation(principal, thread)
        source = await self._house.assistant.source(
            request.path_params["document"], principal=principal, conversation=conversation.key if conversation else ""
        )
        return _file(source)

    async def file(self, request: Request) -> Response:
        """An attachment or something that the assistant made, for whoever has the conversation."""
        owner = self._conversation(request, self._visiting.visit(request).principal).key
        blobs, digest = self._house.assistant.blobs, request.path_params["digest"]
        blob = await blobs.stat(digest, owner=owner) if is_digest(digest) else None
        if blob is None:
            return _file(None)
        data = await blobs.read(digest, owner=owner)
        return _file(SourceFile(name=blob.name or "file", title=blob.name, media_type=blob.media_type, data=data))

    def _conversation(self, request: Request, principal: Principal) -> Conversation:
        found = self._house.visitors.conversation(principal, request.query_params.get("conversation", ""))
        if found is None:
            raise BadInput(texts.NO_CONVERSATION, status=404)
        return found

    def _asset(self, request: Request, path: str) -> Response:
        asset = self._assets.get(path)
        if asset is None:
            raise HTTPException(404)
        headers = {"ETag": asset.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == asset.tag:
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(asset.data, media_type=asset.media_type, headers=headers)
        return Response(asset.packed, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})


class _Wire:
    """Starlette's socket as the session wants it."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def receive(self) -> str | None:
        """See `Wire.receive`."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise Gone
        text = message.get("text")
        return text if isinstance(text, str) else None

    async def send(self, text: str) -> None:
        """See `Wire.send`."""
        try:
            await self._socket.send_text(text)
        except WebSocketDisconnect:
            raise Gone from None

    async def close(self, code: int, reason: str) -> None:
        """See `Wire.close`."""
        try:
            await self._socket.close(code, reason)
        except WebSocketDisconnect:
            raise Gone from None


def _file(source: SourceFile | None) -> Response:
    if source is None:
        return PlainTextResponse(texts.NO_DOCUMENT, status_code=404, headers={"Cache-Control": "no-store"})
    return served(source)


async def _failed(request: Request, error: Exception) -> Response:
    """Any error as a sentence. A client that hung up in mid-upload hears nothing and is no incident."""
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)
    failure = describe(error)
    response = refused(failure.text, code=failure.code, status=failure.status, incident=failure.incident)
    return HangingUp(response, request) if request.method == "POST" else response


async def _http_failed(request: Request, error: Exception) -> Response:
    """An address that is not there, or a method that it does not know."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    text = texts.NOT_FOUND if status == HTTPStatus.NOT_FOUND else texts.NOT_ALLOWED
    headers = error.headers if isinstance(error, HTTPException) else None
    response = refused(text, code="not_found" if status == HTTPStatus.NOT_FOUND else "not_allowed", status=status)
    response.headers.update(headers or {})
    return response
