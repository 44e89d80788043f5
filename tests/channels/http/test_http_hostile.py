"""Twenty thousand damaged requests: each has a status that fits, none the server's fault, nobody poses as another."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from channels.http.app import build
from channels.http.keys import ApiKeys
from switchboard.testing.assistant import FakeAssistant
from tests.mutating import mutated

from .conftest import ANN, house_of

EACH = 5_000
BODIES: dict[str, Any] = {
    "/v1/messages": {"text": "Hello", "id": "message-1", "conversation": "main", "attachments": []},
    "/v1/chat/completions": {
        "model": "switchboard",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}],
        "stream": False,
        "user": "ann",
    },
}
FINE = {200, 202, 400, 404, 409, 413, 422}


async def status_of(app: ASGIApp, path: str, body: bytes, key: str) -> int:
    """The status that a request gets, without a network between."""
    headers = [
        (b"host", b"localhost"),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"authorization", f"Bearer {key}".encode("utf-8", "replace")),
        (b"prefer", b"respond-async"),
    ]
    scope = {
        **{"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""},
        **{"headers": headers, "http_version": "1.1", "scheme": "http", "root_path": ""},
        **{"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)},
    }
    came: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        return came.pop() if came else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    status: int = sent[0]["status"]
    return status


@pytest.mark.parametrize("seed", range(4))
async def test_a_damaged_request_gets_a_status_that_fits(seed: int, tmp_path: Path) -> None:
    chance, assistant = random.Random(seed), FakeAssistant()
    app = build(house_of(assistant, tmp_path))
    key, _ = ApiKeys(tmp_path).add(ANN, now=1.0)
    for _ in range(EACH):
        path = chance.choice(list(BODIES))
        body = json.dumps(mutated(chance, BODIES[path])).encode()
        cut = len(body) if chance.random() < 0.9 else chance.randrange(len(body))
        strange = chance.random() < 0.1
        shown = key[: chance.randrange(len(key))] + "x" if strange else key
        status = await status_of(app, path, body[:cut], shown)
        assert status == 401 if strange else status in FINE, (path, body[:cut], status)
    found = await assistant.conversations(ANN, tenant="local")
    assert found
    assert {principal for each in found for principal in each.principals} == {"ann"}
    await assistant.close()
