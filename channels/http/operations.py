"""Every address: what it takes, what it gives, who answers. The routes and the OpenAPI are both made of this table."""

from channels.http import completions, documents, feedback, jobs, messages, naming, orders, resources, tool_requests
from channels.http.chats import NewCompletion
from channels.http.feedback import NewFeedback
from channels.http.messages import NewMessage
from channels.http.operation import Operation, Schema, in_header, in_path, in_query, text
from channels.http.orders import NewOrder, OrderView
from channels.http.outcomes import Outcome
from channels.http.tool_requests import NewImage, NewSummary
from channels.http.views import (
    ConversationList,
    ConversationView,
    DocumentList,
    FileView,
    JobList,
    JobView,
    MessageView,
    Opinion,
    Stopped,
)

_NUMBER: Schema = {"type": "integer", "minimum": 0, "maximum": 2**53}
_MESSAGE = in_path("message", text(naming.KNOWN_ID))
_JOB = in_path("job", text(naming.JOB_ID))
_IN = in_query("conversation", "The conversation that it is in.", text(naming.CONVERSATION_ID), required=True)
_IN_OR_TICKET = in_query(
    "conversation", "The conversation that it is in; not needed with a ticket.", text(naming.CONVERSATION_ID)
)
_AMONG = in_query("conversation", "A conversation whose attached documents count, too.", text(naming.CONVERSATION_ID))
_TICKET = in_query("ticket", "As a link has it: opens this without a credential, for a while.", {"type": "string"})
_LAST = in_header("Last-Event-ID", "The last event that was received; those after it follow.", _NUMBER)
_KEY = in_header(
    "Idempotency-Key",
    "Another way to name the message: sent again with the same key, it is answered once.",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
)
_PREFER = in_header(
    "Prefer", "`wait=N` waits for so many seconds at most, `respond-async` not at all (RFC 7240).", {"type": "string"}
)
_JSON: Schema = {"type": "object"}
_TURN = (
    "`event` is the kind, `id` the number, `data` the event as JSON (schemas of the same name). First comes `message`"
    " with `id`, `conversation` and `url`; `error` with a Problem may be the last."
)
_JOB_NEWS = "`event` is `job`, `data` a JobProgress; the last has the `result`. `error` with a Problem may be the last."
_TAKING = (404, 408, 409, 413, 415, 422, 429, 503)
"""How a message can be refused."""

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
        streams=_TURN,
        problems=_TAKING,
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
        parameters=(_MESSAGE, _IN, _LAST, in_query("after", "As Last-Event-ID, and before it.", _NUMBER)),
        streams=_TURN,
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
            in_path("conversation", text(naming.CONVERSATION_ID)),
            in_query("before", "As the last answer gave it.", {**_NUMBER, "minimum": 1}),
            in_query("limit", "At most so many.", {"type": "integer", "minimum": 1, "maximum": resources.PAGE}),
        ),
        gives={200: ConversationView},
        problems=(404,),
    ),
    Operation(
        method="PUT",
        path="/v1/conversations/{conversation}/messages/{message}/feedback",
        name="rateMessage",
        summary="Say what you think of a reply; a later opinion replaces the earlier.",
        handler=feedback.rate,
        parameters=(in_path("conversation", text(naming.CONVERSATION_ID)), _MESSAGE),
        body=NewFeedback,
        gives={200: Opinion},
        problems=(404, 408, 409, 413, 415, 422, 503),
    ),
    Operation(
        method="POST",
        path="/v1/files",
        name="uploadFile",
        summary="Upload a file to a conversation; the body is the file.",
        handler=resources.upload,
        parameters=(_IN, in_query("name", "The file's name.", {"type": "string", "pattern": r"\S"}, required=True)),
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
        parameters=(in_path("digest", text(naming.DIGEST)), _IN_OR_TICKET, _TICKET),
        gives={200: bytes},
        problems=(404,),
        ticket=True,
    ),
    Operation(
        method="GET",
        path="/v1/documents",
        name="listDocuments",
        summary="The documents that the caller may read, by title.",
        handler=documents.documents,
        parameters=(
            _AMONG,
            in_query("offset", "As the last answer gave it.", {**_NUMBER, "maximum": documents.MOST}),
            in_query("limit", "At most so many.", {"type": "integer", "minimum": 1, "maximum": documents.PAGE}),
        ),
        gives={200: DocumentList},
    ),
    Operation(
        method="GET",
        path="/v1/documents/{document}",
        name="readDocument",
        summary="A document of the library as a file.",
        handler=documents.document,
        parameters=(
            in_path("document", {"type": "string"}),
            _AMONG,
            _TICKET,
        ),
        gives={200: bytes},
        problems=(404,),
        ticket=True,
    ),
    Operation(
        method="GET",
        path="/v1/jobs",
        name="listJobs",
        summary="The jobs of a conversation, newest first.",
        handler=jobs.jobs,
        parameters=(_IN,),
        gives={200: JobList},
    ),
    Operation(
        method="GET",
        path="/v1/jobs/{job}",
        name="readJob",
        summary="How far a job is and, once it has ended, what it came to.",
        handler=jobs.job,
        parameters=(_JOB, _IN),
        gives={200: JobView},
        problems=(404,),
    ),
    Operation(
        method="GET",
        path="/v1/jobs/{job}/events",
        name="followJob",
        summary="How far a job is, now and whenever that changes, until its result was told.",
        handler=jobs.events,
        parameters=(_JOB, _IN),
        streams=_JOB_NEWS,
        problems=(404,),
    ),
    Operation(
        method="DELETE",
        path="/v1/jobs/{job}",
        name="cancelJob",
        summary="Ask for a job to end. What it has by then is kept.",
        handler=jobs.cancel,
        parameters=(_JOB, _IN),
        gives={202: JobView},
        problems=(404, 409),
    ),
    Operation(
        method="POST",
        path="/v1/images",
        name="createImage",
        summary="Have a picture made by the tool `generate_image`, with what moderation has to say of it.",
        handler=tool_requests.create_image,
        parameters=(_PREFER, _KEY),
        body=NewImage,
        gives={200: Outcome, 202: Outcome},
        problems=(*_TAKING, 501),
    ),
    Operation(
        method="GET",
        path="/v1/images/{message}",
        name="readImage",
        summary="What became of a picture.",
        handler=tool_requests.read_image,
        parameters=(_MESSAGE, _IN),
        gives={200: Outcome},
        problems=(404,),
    ),
    Operation(
        method="POST",
        path="/v1/summaries",
        name="createSummary",
        summary="Have a document summarised by the tool `summarize_document`. Nobody waits unless `Prefer` says so.",
        handler=tool_requests.create_summary,
        parameters=(_PREFER, _KEY),
        body=NewSummary,
        gives={200: Outcome, 202: Outcome},
        problems=(*_TAKING, 501),
    ),
    Operation(
        method="GET",
        path="/v1/summaries/{message}",
        name="readSummary",
        summary="What became of a summary.",
        handler=tool_requests.read_summary,
        parameters=(_MESSAGE, _IN),
        gives={200: Outcome},
        problems=(404,),
    ),
    Operation(
        method="POST",
        path="/v1/orders",
        name="createOrder",
        summary="Announce a file that is to be summarised: where to send it, past this server, and the job for it.",
        handler=orders.create_order,
        parameters=(_KEY,),
        body=NewOrder,
        gives={202: OrderView},
        problems=(408, 409, 413, 415, 422, 429, 501, 503),
    ),
    Operation(
        method="POST",
        path="/v1/chat/completions",
        name="createChatCompletion",
        summary="OpenAI's chat completions, with or without a stream.",
        handler=completions.complete,
        parameters=(
            _KEY,
            in_header("X-Conversation-Id", "The conversation to go on with.", text(naming.CONVERSATION_ID)),
        ),
        body=NewCompletion,
        gives={200: _JSON},
        streams="OpenAI's chunks, with `[DONE]` at the end.",
        problems=(*_TAKING, 500),
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
        parameters=(in_path("model", {"type": "string"}),),
        gives={200: _JSON},
        problems=(404,),
    ),
)
