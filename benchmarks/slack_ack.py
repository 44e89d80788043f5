"""From Slack's request to the acknowledgement: ``python -m benchmarks.slack_ack [rounds] [requests]``.

Cold is the function of ``infra/functions/slack.py`` in a fresh process under the real Lambda client, its process, the
first import and the write into the queue included; beside it a function of Bolt's that acknowledges and does nothing.
Warm is the same function again, and a server that is asked a new question twenty times a second, while the turns of
those before go on. All requests are signed and verified.
"""

import hashlib
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks._lambda import ROOT, function
from benchmarks._slack import HOST, SECRET
from benchmarks._timing import p
from channels.slack.signing import sign

BOLT = f"""
from slack_bolt import App
from slack_bolt.adapter.aws_lambda import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

def known():
    return AuthorizeResult(enterprise_id=None, team_id="T0TEAM", bot_token="xoxb-none")

app = App(signing_secret={SECRET!r}, authorize=known, process_before_response=True)
app.event("app_mention")(lambda: None)
slack = SlackRequestHandler(app)

def handler(event, context):
    return slack.handle(event, context)
"""
HANDLERS = {"ours": "infra.functions.slack.handler", "bolt": "theirs.handler"}
TITLES = {"ours": "ours, once the question is stored", "bolt": "Bolt, which does nothing else"}
COLD, WARM = 1_000.0, 15.0
PAUSE = 0.05
"""Seconds between two questions to a server."""
_numbers = count(1)


def main(rounds: int, requests: int, *, warm_up: int = 1) -> None:
    """Measure and print. The first processes, which write the bytecode, are not counted."""
    cold: dict[str, list[float]] = {side: [] for side in HANDLERS}
    warm: dict[str, list[float]] = {side: [] for side in HANDLERS}
    with tempfile.TemporaryDirectory() as name, _sqs() as endpoint:
        folder = Path(name)
        (folder / "theirs.py").write_text(BOLT, encoding="utf-8")
        for number in range(-warm_up, rounds):
            for side in HANDLERS if number % 2 else reversed(HANDLERS):
                first, later = _called(side, folder, endpoint, requests // rounds if number >= 0 else 0)
                if number >= 0:
                    cold[side].append(first)
                    warm[side] += later
        served = {side: _served(side, folder, requests) for side in HANDLERS}
    print(f"{'milliseconds to the acknowledgement':<60} {'p50':>8} {'p95':>8}")
    for what, taken, most in (
        ("function, cold", cold, f"   (p95 at most {COLD:g})"),
        ("function, warm", warm, f"   (p95 at most {WARM:g})"),
        ("server, warm", served, f"   (p95 at most {WARM:g})"),
    ):
        for side, title in TITLES.items():
            times = taken[side]
            aim = most if side == "ours" else ""
            print(f"{f'{what}: {title}':<60} {p(times, 50):8.2f} {p(times, 95):8.2f}{aim}")


def _called(side: str, folder: Path, endpoint: str, more: int) -> tuple[float, list[float]]:
    """Milliseconds of a fresh function's first acknowledgement, and of so many after it."""
    environ = {f"SWITCHBOARD_{name}": value for name, value in _settings(endpoint, folder).items()}
    if sys.dont_write_bytecode:
        environ |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    with function(HANDLERS[side], folder=folder, environ=environ) as made:
        first = _acknowledged(made)
        return made.init_ms + first, [_acknowledged(made) for _ in range(more)]


def _acknowledged(made: Any) -> float:
    body, headers = _question()
    context = {"http": {"method": "POST", "path": "/slack/events"}, "stage": "$default"}
    event = {"headers": headers, "body": body.decode(), "isBase64Encoded": False, "requestContext": context}
    response, took = made.invoke(event)
    if response["statusCode"] != 200:
        raise RuntimeError(f"not acknowledged: {response}")
    return float(took)


def _served(side: str, folder: Path, requests: int) -> list[float]:
    """Milliseconds of a server's acknowledgements; the first tenth is not counted."""
    place = folder / side
    place.mkdir()
    command = [sys.executable, "-m", "benchmarks._slack", str(place), side]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = urlsplit(process.stdout.readline().strip() if process.stdout else "")
            client = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
            taken = []
            for _ in range(requests):
                taken.append(_posted(client, address.path))
                time.sleep(PAUSE)
            client.close()
        finally:
            process.kill()
    return taken[requests // 10 :]


def _posted(client: http.client.HTTPConnection, path: str) -> float:
    body, headers = _question()
    started = time.perf_counter()
    client.request("POST", path, body, headers)
    response = client.getresponse()
    response.read()
    took = (time.perf_counter() - started) * 1_000
    if response.status != 200:
        raise RuntimeError(f"not acknowledged: {response.status}")
    return took


def _question() -> tuple[bytes, dict[str, str]]:
    """A mention that was never made before, as Slack sends it, signed."""
    number, now = next(_numbers), str(int(time.time()))
    post = {
        "type": "app_mention",
        "user": f"U{number % 50}",
        "text": "<@U0APP> How long is parental leave?",
        "ts": f"{now}.{number:06d}",
        "channel": "C0GENERAL",
        "team": "T0TEAM",
    }
    bot = {"team_id": "T0TEAM", "user_id": "U0APP", "is_bot": True}
    told = {"type": "event_callback", "team_id": "T0TEAM", "api_app_id": "A0APP", "event": post}
    body = json.dumps({**told, "authorizations": [bot], "event_id": f"Ev{number}"}).encode()
    signature = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": sign(SECRET, now, body)}
    return body, {"Content-Type": "application/json", **signature}


def _settings(endpoint: str, folder: Path) -> dict[str, str]:
    return {
        "PROFILE": "aws",
        "DATA_DIR": str(folder),
        "AWS__REGION": "eu-west-1",
        "AWS__ENDPOINT": endpoint,
        "AWS__TABLE": "table",
        "AWS__BUCKET": "bucket",
        "AWS__QUEUE_URL": f"{endpoint}/000000000000/messages.fifo",
        "AWS__JOB_QUEUE_URL": f"{endpoint}/000000000000/jobs",
        "CHANNELS__SLACK__SIGNING_SECRET": SECRET,
        "CHANNELS__SLACK__BOT_TOKEN": "xoxb-none",
    }


@contextmanager
def _sqs() -> Iterator[str]:
    """The address of something that takes messages as SQS does."""

    class Sqs(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            digest = hashlib.md5(said["MessageBody"].encode()).hexdigest()
            body = json.dumps({"MessageId": "m", "MD5OfMessageBody": digest}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a table is printed here."""

    server = ThreadingHTTPServer((HOST, 0), Sqs)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(10, 500)[len(given) :])
