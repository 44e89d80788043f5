"""Errors as callers get them: problem details (RFC 9457), and to OpenAI's clients in the form that those know."""

import math
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from channels.http import texts
from channels.websocket.failures import Failure, describe
from channels.websocket.refusing import HangingUp
from switchboard import BadInput, TooMuch
from switchboard.wire import to_json

OPENAI = ("/v1/chat/", "/v1/models")
"""Addresses whose callers know OpenAI's form of an error."""
BODIES = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong.

    Attributes:
        type: `urn:switchboard:problem:` and the code.
        title: What the status means.
        detail: One sentence for people, and what to do next.
        code: For programs.
        incident: Finds the failure in the server's log; empty where nothing was logged.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    incident: str = ""


class Unauthenticated(BadInput):
    """Nobody vouches for the caller."""

    def __init__(self) -> None:
        super().__init__(texts.NO_CREDENTIAL, status=401)


def problem_of(failure: Failure) -> Problem:
    """A failure as problem details."""
    code = "unauthenticated" if failure.status == HTTPStatus.UNAUTHORIZED else failure.code
    return Problem(
        type=f"urn:switchboard:problem:{code}",
        title=HTTPStatus(failure.status).phrase,
        status=failure.status,
        detail=failure.text,
        code=code,
        incident=failure.incident,
    )


def openai_error(problem: Problem) -> dict[str, object]:
    """The same as OpenAI's clients read it."""
    kind = {
        401: "authentication_error",
        403: "permission_error",
        404: "not_found_error",
        429: "rate_limit_error",
    }.get(problem.status, "invalid_request_error" if problem.status < 500 else "server_error")
    incident = f" (incident {problem.incident})" if problem.incident else ""
    return {"error": {"message": problem.detail + incident, "type": kind, "code": problem.code, "param": None}}


async def failed(request: Request, error: Exception) -> Response:
    """Any error as an answer. A client that hung up while it sent hears nothing and is no incident."""
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)
    failure = describe(error)
    headers = {}
    if isinstance(error, TooMuch):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="switchboard"'
    return answer(request, problem_of(failure), headers)


async def http_failed(request: Request, error: Exception) -> Response:
    """An address that is not there, or a method that it does not know."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    missing = status == HTTPStatus.NOT_FOUND
    failure = Failure(
        code="not_found" if missing else "not_allowed",
        text=texts.NOT_FOUND if missing else texts.NOT_ALLOWED,
        status=status,
    )
    headers = error.headers if isinstance(error, HTTPException) else None
    return answer(request, problem_of(failure), dict(headers or {}))


def answer(request: Request, problem: Problem, headers: dict[str, str]) -> Response:
    """A problem as a response; the rest of a refused body is not waited for."""
    response: Response
    if request.url.path.startswith(OPENAI):
        response = JSONResponse(openai_error(problem), problem.status, headers)
    else:
        response = JSONResponse(to_json(problem), problem.status, headers, media_type="application/problem+json")
    return HangingUp(response, request) if request.method in BODIES else response
