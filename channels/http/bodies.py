"""Bodies of requests: read within limits of size and time, then checked against a type."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from channels.http import texts
from switchboard import BadInput

Model = TypeVar("Model", bound=BaseModel)
_SUBJECT = re.compile(r"^(Value error, it|Input|String|Tuple|Dictionary|List) ")
"""How the library begins its sentences; what it is about has been named by then."""


async def read_json(request: Request, kind: type[Model], *, limit: int, patience: float) -> Model:
    """The body, checked.

    Raises:
        BadInput: It is too large (status 413), not JSON (400 or 415), not of that type (422), or stopped coming (408).
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise BadInput(texts.NOT_JSON_TYPE, status=415)
    data = await _read(request, limit=limit, patience=patience)
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        raise _bad(error) from None


async def _read(request: Request, *, limit: int, patience: float) -> bytes:
    """All of the body. One that announces that it is too long is not read at all."""
    too_large = BadInput(texts.BODY_TOO_LARGE.format(limit=limit), status=413)
    announced = request.headers.get("content-length", "0")
    if not (announced.isascii() and announced.isdigit()):
        raise BadInput(texts.BODY_BROKEN)
    if len(announced) > 15 or int(announced) > limit:
        raise too_large
    data, chunks = bytearray(), request.stream()
    while (chunk := await _next(chunks, patience)) is not None:
        data += chunk
        if len(data) > limit:
            raise too_large
    return bytes(data)


async def _next(chunks: AsyncIterator[bytes], patience: float) -> bytes | None:
    try:
        async with asyncio.timeout(patience):
            return await anext(chunks, None)
    except TimeoutError:
        raise BadInput(texts.BODY_BROKEN, status=408) from None


def _bad(error: ValidationError) -> BadInput:
    """The first fault as a sentence."""
    fault: Any = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if fault["type"] == "json_invalid":
        return BadInput(texts.NOT_JSON)
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return BadInput(texts.NO_SUCH_MEMBER.format(where=where), status=422)
    problem = texts.MISSING if fault["type"] == "missing" else _SUBJECT.sub("it ", fault["msg"].rstrip("."))
    sentence = (
        texts.BAD_MEMBER.format(where=where, problem=problem) if where else texts.BAD_BODY.format(problem=problem)
    )
    return BadInput(sentence, status=422)
