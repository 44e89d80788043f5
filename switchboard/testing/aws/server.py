"""The server: one address on loopback that answers for every fake service, as Amazon's SDK expects it."""

import contextlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from switchboard.testing.aws import wire
from switchboard.testing.aws.checking import faults
from switchboard.testing.aws.service import FakeService, Parameters, ServiceFault
from switchboard.testing.aws.wire import Answer, Request


class FakeAws:
    """Services at one address.

    Attributes:
        bugs: Answers that were not what the service's description says: faults of a fake, not of whoever called. They
            fail the block when it ends.
    """

    def __init__(self, *services: FakeService) -> None:
        self.services = services
        self.bugs: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    def __enter__(self) -> "FakeAws":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        if kind is None and self.bugs:
            raise AssertionError("\n".join(self.bugs))

    @property
    def url(self) -> str:
        """Where it is: the SDK's ``endpoint_url``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which the SDK finds these services here, and any others where they are."""
        return {f"AWS_ENDPOINT_URL_{_variable(service)}": self.url for service in self.services}

    def answer(self, request: Request) -> Answer | None:
        """What a request is answered; ``None`` for hanging up."""
        service, name = None, ""
        try:
            if not request.signed_for:
                raise ServiceFault("MissingAuthenticationTokenException", "The request is not signed.")
            service, name = self._meant(request)
            return self._answered(request, service, name)
        except ServiceFault as fault:
            if service is not None and fault.code != "ValidationException":
                self._check_code(service, name, fault.code)
            return wire.refusal(fault, service.status(fault.code) if service else 400)

    def _meant(self, request: Request) -> tuple[FakeService, str]:
        for service in self.services:
            if name := wire.operation(request, service):
                return service, name
        raise ServiceFault("UnknownOperationException", f"Nobody here knows {request.method} {request.target}")

    def _answered(self, request: Request, service: FakeService, name: str) -> Answer | None:
        given = wire.parameters(request, service, name)
        shape = service.model.operation_model(name).input_shape
        if shape is not None and (wrong := faults(given, shape)):
            raise ServiceFault("ValidationException", "; ".join(wrong))
        trouble = service.next_trouble(name)
        result = service.run(name, given) if trouble is None or trouble.after else {}
        if trouble and trouble.hang_up:
            return None
        if trouble:
            raise ServiceFault(trouble.code, trouble.message)
        return self._checked(service, name, wire.answer(result, service, name), result)

    def _checked(self, service: FakeService, name: str, answer: Answer, result: dict[str, object]) -> Answer:
        wrong = list(_wrong(service.model.operation_model(name), result))
        self.bugs += [f"{service.name}.{name} answered what it never does: {fault}" for fault in wrong]
        return wire.refusal(ServiceFault("InternalFailure"), 500) if wrong else answer

    def _check_code(self, service: FakeService, name: str, code: str) -> None:
        try:
            service.check_code(name, code)
        except ValueError as error:
            self.bugs.append(str(error))


def _wrong(model: Any, result: Parameters) -> Iterator[str]:
    """What is wrong with an answer: with its events one by one, where it comes as a stream."""
    if model.output_shape is None:
        return
    if not model.has_event_stream_output:
        yield from faults(result, model.output_shape)
        return
    for event in result[model.output_shape.event_stream_name]:
        yield from faults(event, model.get_event_stream_output())


def _variable(service: FakeService) -> str:
    """A service's name as the SDK writes it into its variable."""
    return re.sub(r"[ -]", "_", str(service.model.service_id)).upper()


def _handler(aws: FakeAws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer in one piece: two would wait for each other's acknowledgement
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            with contextlib.suppress(ConnectionError):
                self._serve()

        do_GET = do_PUT = do_DELETE = do_PATCH = do_POST

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = aws.answer(Request(method=self.command, target=self.path, headers=headers, body=body))
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    return Handler
