"""What exceptions of providers' libraries mean."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import openai
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError, ReadTimeoutError

from tools.summaries.trouble import trouble

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def amazon(code: str, status: int, **headers: str) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers}}
    return ClientError(answer, "Converse")


def open_ai(status: int, message: str = "no", **headers: str) -> openai.APIStatusError:
    request = httpx.Request("POST", "http://127.0.0.1/v1")
    response = httpx.Response(status, headers=headers, request=request)
    kinds = {429: openai.RateLimitError, 401: openai.AuthenticationError, 400: openai.BadRequestError}
    return kinds.get(status, openai.InternalServerError)(message, response=response, body=None)


class OverloadedError(Exception):
    """As some library may call it."""


class ModelRefusalError(ValueError):
    """As another one may call it."""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (amazon("ThrottlingException", 429), "throttled"),
        (amazon("ThrottlingException", 400), "throttled"),
        (amazon("ServiceQuotaExceededException", 400), "throttled"),
        (amazon("ModelTimeoutException", 408), "passing"),
        (amazon("ServiceUnavailableException", 503), "passing"),
        (amazon("AccessDeniedException", 403), "denied"),
        (amazon("ExpiredTokenException", 400), "denied"),
        (amazon("ResourceNotFoundException", 404), "denied"),
        (amazon("ValidationException", 400), "failed"),
        (NoCredentialsError(), "denied"),
        (ReadTimeoutError(endpoint_url="e"), "passing"),
        (ConnectTimeoutError(endpoint_url="e"), "passing"),
        (open_ai(429), "throttled"),
        (open_ai(401), "denied"),
        (open_ai(500), "passing"),
        (open_ai(400), "failed"),
        (open_ai(400, "This model's maximum context length is 8192 tokens"), "too_long"),
        (openai.APIConnectionError(request=httpx.Request("POST", "http://127.0.0.1")), "passing"),
        (openai.APITimeoutError(request=httpx.Request("POST", "http://127.0.0.1")), "passing"),
        (httpx.ConnectError("refused"), "passing"),
        (httpx.RemoteProtocolError("closed"), "passing"),
        (TimeoutError(), "passing"),
        (ConnectionResetError(), "passing"),
        (OverloadedError(), "passing"),
        (ModelRefusalError(), "refused"),
        (ValueError("anything"), "failed"),
    ],
    ids=lambda value: getattr(type(value), "__name__", value) if isinstance(value, Exception) else value,
)
def test_an_exception_is_of_a_kind(error: Exception, kind: str) -> None:
    assert trouble(error).kind == kind


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("100000", 600.0),
        ("soon", None),
        ("-3", None),
        ("nan", None),
        ("", None),
    ],
)
def test_the_provider_says_when_to_come_again(value: str, seconds: float | None) -> None:
    assert trouble(open_ai(429, **{"retry-after": value}), now=NOW).retry_after == seconds
    assert trouble(amazon("ThrottlingException", 429, **{"retry-after": value}), now=NOW).retry_after == seconds


def test_an_answer_of_an_unknown_form_is_survived() -> None:
    error = ValueError("odd")
    error.response = SimpleNamespace(status_code="429", headers=None)  # type: ignore[attr-defined]
    assert trouble(error).kind == "failed"
