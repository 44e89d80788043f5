"""What a caller thinks of a reply, kept beside it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import JSONResponse, Response

from channels.http import naming, texts
from channels.http.bodies import read_json
from channels.http.house import Call
from channels.http.views import opinion_of
from switchboard import BadInput, Feedback, MessageId
from switchboard.storage import Verdict
from switchboard.wire import to_json

LONGEST = 2_000


class NewFeedback(BaseModel):
    """An opinion; a later one of the same caller replaces it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Verdict
    comment: Annotated[str, StringConstraints(max_length=LONGEST)] = Field(
        "", description="Why, in the caller's words."
    )


async def rate(call: Call) -> Response:
    """Keep what the caller thinks of a reply."""
    house = call.house
    name = call.path("conversation", naming.CONVERSATION_ID, missing=texts.NO_CONVERSATION)
    message_id = MessageId(call.path("message", naming.KNOWN_ID, missing=texts.NO_MESSAGE))
    body = await read_json(call.request, NewFeedback, limit=house.body_limit, patience=house.patience)
    conversation = call.conversation(name)
    given = Feedback(verdict=body.verdict, comment=body.comment, principal=call.principal.id, at=house.now())
    if not await house.assistant.rate(conversation, message_id, given):
        known = await house.assistant.turn(conversation, message_id)
        raise BadInput(texts.NO_MESSAGE, status=404) if known is None else BadInput(texts.NO_REPLY_YET, status=409)
    return JSONResponse(to_json(opinion_of(given)))
