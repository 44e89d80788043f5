"""Handlers as Lambda runs them: the real runtime client in a process of its own, against a runtime API on loopback."""

import json
import os
import queue
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
"""Seconds after which a process counts as stuck."""
RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
"""The runtime client, with what it requires."""


@dataclass(slots=True, kw_only=True)
class Function:
    """A function in a process that was just started.

    Attributes:
        init_ms: Milliseconds from the start of the process to its first call for work.
        processor_ms: Milliseconds of processor time, once the process has ended. Others that end meanwhile count, too.
    """

    init_ms: float = 0.0
    processor_ms: float = 0.0
    _started: float = 0.0
    _asking: threading.Event = field(default_factory=threading.Event)
    _events: "queue.Queue[tuple[str, bytes, float]]" = field(default_factory=queue.Queue)
    _answers: "queue.Queue[tuple[str, bytes]]" = field(default_factory=queue.Queue)
    _process: "subprocess.Popen[bytes] | None" = None

    def invoke(self, event: object, *, seconds: float = 30.0) -> tuple[Any, float]:
        """What the handler returns, and the milliseconds that it took.

        Raises:
            RuntimeError: The handler raised, could not be loaded, is stuck, or was ended.
        """
        self.wait()
        started = time.perf_counter()
        self._events.put((f"request-{started}", json.dumps(event).encode(), time.time() + seconds))
        try:
            kind, body = self._answers.get(timeout=PATIENCE)
        except queue.Empty:
            raise RuntimeError("the function does not answer") from None
        took = (time.perf_counter() - started) * 1_000
        if kind != "response":
            raise RuntimeError(body.decode())
        return json.loads(body), took

    def wait(self) -> None:
        """Until the process asks for work, or can't.

        Raises:
            RuntimeError: It is stuck.
        """
        if not self._asking.wait(PATIENCE):
            raise RuntimeError("the function does not ask for work")

    def next_event(self) -> tuple[str, bytes, float]:
        """The event that the process gets next: request id, JSON, and the deadline in seconds since the epoch."""
        if not self._asking.is_set():
            self.init_ms = (time.perf_counter() - self._started) * 1_000
            self._asking.set()
        return self._events.get()

    def answered(self, kind: str, body: bytes) -> None:
        """Take what the process says."""
        self._asking.set()
        self._answers.put((kind, body))

    def start(self, command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
        """Start the process."""
        self._started = time.perf_counter()
        self._process = subprocess.Popen(command, cwd=folder, env=dict(variables), stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """End the process at once, whatever it is doing, and whoever waits for its answer."""
        if self._process is not None:
            before = _processor_ms()
            self._process.kill()
            self._process.wait()
            self.processor_ms = _processor_ms() - before
        self._answers.put(("error", b"the process was ended"))
        self._events.put(("", b"", 0.0))


def _processor_ms() -> float:
    """Of all processes that have been waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1_000


def link_runtime(folder: Path) -> None:
    """Put the runtime client into a folder, as a base image has it besides the function's package."""
    for name in RUNTIME:
        made = distribution(name)
        for first in {file.parts[0] for file in made.files or () if ".." not in file.parts}:
            (folder / first).symlink_to(str(made.locate_file(first)))


@contextmanager
def function(
    handler: str, *, folder: Path = ROOT, environ: Mapping[str, str] | None = None, path: Sequence[Path] = ()
) -> Iterator[Function]:
    """A handler in a fresh process, ended afterwards.

    Args:
        handler: As Lambda's configuration names it.
        folder: The code, as the function's task root.
        environ: More variables.
        path: All that the process sees besides the folder and the standard library; without it, this project and what
            is installed.
    """
    made = Function()
    server = _Server(("127.0.0.1", 0), _api(made))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SWITCHBOARD_"))},
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
        "_HANDLER": handler,
        "LAMBDA_TASK_ROOT": str(folder),
        "PYTHONPATH": os.pathsep.join(str(each) for each in (folder, *(path or [ROOT]))),
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
        "AWS_LAMBDA_LOG_GROUP_NAME": "group",
        "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_EC2_METADATA_DISABLED": "true",
        **(environ or {}),
    }
    made.start([sys.executable, *(["-S"] if path else []), "-m", "awslambdaric", handler], folder, variables)
    try:
        yield made
    finally:
        made.kill()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """A server that takes it that a process ends while it is asked."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a connection that the process took with it."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _api(made: Function) -> type[BaseHTTPRequestHandler]:
    class Api(BaseHTTPRequestHandler):
        """The runtime API for one function. Unbuffered answers would cost 40 ms each."""

        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            if self.path.endswith("/restore/next"):  # as after a snapshot
                self._say(200, b"{}", {})
                return
            request_id, event, deadline = made.next_event()
            if not request_id:
                self.close_connection = True
                return
            self._say(
                200,
                event,
                {
                    "Lambda-Runtime-Aws-Request-Id": request_id,
                    "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1_000)),
                    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:function",
                },
            )

        def do_POST(self) -> None:
            body = self._body()
            made.answered("response" if self.path.endswith("/response") else "error", body)
            self._say(202, b"{}", {})

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {
                **headers,
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: tests and tables are printed here."""

    return Api
