"""Sending on the wire: the SDK's own requests to a server that is gone, busy or broken at will."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from channels.gateway.posting import PAUSES, GatewayPost, Gone
from stores.aws import AwsClient
from switchboard import BackendError, Principal
from switchboard.connections import Connection
from tests.aws import REGION

ATTEMPTS_OF_THE_SDK = 4


class Platform(ThreadingHTTPServer):
    """Answers ``POST /prod/@connections/<id>`` with the statuses that it is given, then with 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[tuple[int, str]] = []
        self.taken: list[tuple[str, str]] = []
        self.requests = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/prod"


class _Handler(BaseHTTPRequestHandler):
    server: Platform

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.requests += 1
        status, error = self.server.answers.pop(0) if self.server.answers else (200, "")
        if status == 200:
            self.server.taken.append((self.path, body))
        self.send_response(status)
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    server = Platform()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def pauses() -> list[float]:
    return []


def posting(platform: Platform, pauses: list[float], *, endpoint: str = "") -> GatewayPost:
    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    made = lambda address: AwsClient("apigatewaymanagementapi", region=REGION, endpoint=address)  # noqa: E731
    return GatewayPost(made, endpoint=endpoint, pause=pause)


def connection(endpoint: str) -> Connection:
    return Connection(id="FxA=", endpoint=endpoint, principal=Principal(id="ann"), expires_at=0.0)


async def test_a_text_is_posted_to_the_address_that_the_connection_came_through(
    platform: Platform, pauses: list[float]
) -> None:
    post = posting(platform, pauses)
    await post.send(connection(platform.address), '{"type": "pong"}')
    await post.close()
    assert platform.taken == [("/prod/@connections/FxA%3D", '{"type": "pong"}')]


async def test_the_settings_may_name_another_address(platform: Platform, pauses: list[float]) -> None:
    post = posting(platform, pauses, endpoint=platform.address)
    await post.send(connection("https://elsewhere.invalid/prod"), "{}")
    await post.close()
    assert len(platform.taken) == 1


async def test_a_socket_that_is_gone_is_tried_once(platform: Platform, pauses: list[float]) -> None:
    platform.answers = [(410, "GoneException")]
    post = posting(platform, pauses)
    with pytest.raises(Gone):
        await post.send(connection(platform.address), "{}")
    await post.close()
    assert (platform.requests, pauses) == (1, [])


async def test_a_gateway_that_is_busy_is_asked_again_with_longer_pauses(
    platform: Platform, pauses: list[float]
) -> None:
    platform.answers = [(429, "LimitExceededException")] * (2 * ATTEMPTS_OF_THE_SDK)
    post = posting(platform, pauses)
    await post.send(connection(platform.address), "{}")
    await post.close()
    assert len(platform.taken) == 1
    assert [0.5 <= pause / planned <= 1.5 for pause, planned in zip(pauses, PAUSES, strict=False)] == [True, True]


async def test_a_gateway_that_stays_busy_is_given_up_on(platform: Platform, pauses: list[float]) -> None:
    platform.answers = [(429, "LimitExceededException")] * 100
    post = posting(platform, pauses)
    with pytest.raises(BackendError) as caught:
        await post.send(connection(platform.address), "{}")
    await post.close()
    assert (caught.value.code, caught.value.retryable) == ("throttled", True)
    assert len(pauses) == len(PAUSES)


async def test_what_is_forbidden_is_not_tried_again(platform: Platform, pauses: list[float]) -> None:
    platform.answers = [(403, "ForbiddenException")]
    post = posting(platform, pauses)
    with pytest.raises(BackendError):
        await post.send(connection(platform.address), "{}")
    await post.close()
    assert (platform.requests, pauses) == (1, [])
