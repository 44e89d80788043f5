"""Every address: what it takes, what it gives, who answers. The routes and the OpenAPI are both made of this table."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from starlette.responses import Response

from channels.http import completions, messages, naming, resources
from channels.http.completions import NewCompletion
from channels.http.house import Call
from channels.http.messages import NewMessage
from channels.http.views import ConversationList, ConversationView, FileView, JobView, MessageView, Stopped

Handler: TypeAlias = Callable[[Call], Awaitable[Response]]
Schema: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something in the path, the query or a header."""

    name: str
    place: str
    about: str
    schema: Schema
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one address.

    Attributes:
        body: The type of the JSON body; ``bytes`` for a file.
        gives: By status, what the answer holds: a type, ``bytes`` for a file, or a schema.
        streams: Whether the answer may be a stream of server-sent events instead.
        problems: The refusals that it has besides those of all.
        ticket: Whether a signed link opens it without a credential.
    """

    method: str
    path: str
    name: str
    summary: str
    handler: Handler
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    gives: Mapping[int, Any] = field(default_factory=dict)
    streams: bool = False
    problems: tuple[int, ...] = ()
    ticket: bool = False


def _text(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


def _path(name: str, pattern: str) -> Parameter:
    return Parameter(name=name, place="path", about=f"Id of the {name}.", schema=_text(pattern), required=True)


def _query(name: str, about: str, schema: Schema, *, required: bool = False) -> Parameter:
    return Parameter(name=name, place="query", about=about, schema=schema, required=required)


def _header(name: str, about: str, schema: Schema) -> Parameter:
    return Parameter(name=name, place="header", about=about, schema=schema)


_NUMBER: Schema = {"type": "integer", "minimum": 0, "maximum": 2**53}
_MESSAGE = _path("message", naming.KNOWN_ID)
_JOB = _path("job", naming.JOB_ID)
_IN = _query("conversation", "The conversation that it is in.", _text(naming.CONVERSATION_ID), required=True)
_IN_OR_TICKET = _query(
    "conversation", "The conversation that it is in; not needed with a ticket.", _text(naming.CONVERSATION_ID)
)
_TICKET = _query("ticket", "As a link has it: opens this without a credential, for a while.", {"type": "string"})
_LAST = _header("Last-Event-ID", "The last event that was received; those after it follow.", _NUMBER)
_KEY = _header(
    "Idempotency-Key",
    "Another way to name the message: sent again with the same key, it is answered once.",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
)
_PREFER = _header(
    "Prefer", "`wait=N` waits for so many seconds at most, `respond-async` not at all (RFC 7240).", {"type": "string"}
)
_JSON: Schema = {"type": "object"}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="POST",
        path="/v1/messages",
        name="createMessage",
        summary="Send a message and wait for the reply, stream it, or leave it to be fetched.",
        handler=messages.create,
        parameters=(_PREFER, _KEY, _LAST),
        body=NewMessage,
        gives={200: MessageView, 202: MessageView},
        streams=True,
        problems=(404, 408, 409, 413, 415, 422, 429, 503),
    ),
    Operation(
        method="GET",
        path="/v1/messages/{message}",
        name="readMessage",
        summary="A message and, once it is there, its reply.",
        handler=messages.read,
        parameters=(_MESSAGE, _IN),
        gives={200: MessageView},
        problems=(404,),
    ),
    Operation(
        method="GET",
        path="/v1/messages/{message}/events",
        name="followMessage",
        summary="The events of a message's turn, as they come.",
        handler=messages.events,
        parameters=(_MESSAGE, _IN, _LAST, _query("after", "As Last-Event-ID, and before it.", _NUMBER)),
        streams=True,
        problems=(404,),
    ),
    Operation(
        method="POST",
        path="/v1/messages/{message}/stop",
        name="stopMessage",
        summary="Stop a turn; what there is of the answer is kept.",
        handler=messages.stop,
        parameters=(_MESSAGE, _IN),
        gives={200: Stopped},
        problems=(404,),
    ),
    Operation(
        method="GET",
        path="/v1/conversations",
        name="listConversations",
        summary="The caller's conversations over HTTP, most recently used first.",
        handler=resources.conversations,
        gives={200: ConversationList},
    ),
    Operation(
        method="GET",
        path="/v1/conversations/{conversation}",
        name="readConversation",
        summary="Messages of a conversation, the newest or those before a number.",
        handler=resources.conversation,
        parameters=(
            _path("conversation", naming.CONVERSATION_ID),
            _query("before", "As the last answer gave it.", {**_NUMBER, "minimum": 1}),
            _query("limit", "At most so many.", {"type": "integer", "minimum": 1, "maximum": resources.PAGE}),
        ),
        gives={200: ConversationView},
        problems=(404,),
    ),
    Operation(
        method="POST",
        path="/v1/files",
        name="uploadFile",
        summary="Upload a file to a conversation; the body is the file.",
        handler=resources.upload,
        parameters=(_IN, _query("name", "The file's name.", {"type": "string", "pattern": r"\S"}, required=True)),
        body=bytes,
        gives={201: FileView},
        problems=(408, 413, 507),
    ),
    Operation(
        method="GET",
        path="/v1/files/{digest}",
        name="readFile",
        summary="An attachment, or something that the assistant made.",
        handler=resources.file,
        parameters=(_path("digest", naming.DIGEST), _IN_OR_TICKET, _TICKET),
        gives={200: bytes},
        problems=(404,),
        ticket=True,
    ),
    Operation(
        method="GET",
        path="/v1/documents/{document}",
        name="readDocument",
        summary="A cited document.",
        handler=resources.document,
        parameters=(
            Parameter(
                name="document", place="path", about="Id of the document.", schema={"type": "string"}, required=True
            ),
            _IN_OR_TICKET,
            _TICKET,
        ),
        gives={200: bytes},
        problems=(404,),
        ticket=True,
    ),
    Operation(
        method="GET",
        path="/v1/jobs/{job}",
        name="readJob",
        summary="How far a job is and, once it has ended, what it came to.",
        handler=resources.job,
        parameters=(_JOB, _IN),
        gives={200: JobView},
        problems=(404,),
    ),
    Operation(
        method="DELETE",
        path="/v1/jobs/{job}",
        name="cancelJob",
        summary="Ask for a job to end. What it has by then is kept.",
        handler=resources.cancel_job,
        parameters=(_JOB, _IN),
        gives={202: JobView},
        problems=(404, 409),
    ),
    Operation(
        method="POST",
        path="/v1/chat/completions",
        name="createChatCompletion",
        summary="OpenAI's chat completions, with or without a stream.",
        handler=completions.complete,
        parameters=(
            _KEY,
            _header("X-Conversation-Id", "The conversation to go on with.", _text(naming.CONVERSATION_ID)),
        ),
        body=NewCompletion,
        gives={200: _JSON},
        streams=True,
        problems=(404, 408, 409, 413, 415, 422, 429, 500, 503),
    ),
    Operation(
        method="GET",
        path="/v1/models",
        name="listModels",
        summary="The models, as OpenAI's clients list them: there is one.",
        handler=completions.models,
        gives={200: _JSON},
    ),
    Operation(
        method="GET",
        path="/v1/models/{model}",
        name="readModel",
        summary="A model by its name.",
        handler=completions.model,
        parameters=(
            Parameter(name="model", place="path", about="Its name.", schema={"type": "string"}, required=True),
        ),
        gives={200: _JSON},
        problems=(404,),
    ),
)
