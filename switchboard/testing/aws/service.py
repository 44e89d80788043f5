"""What a fake service is: a name, a function for each operation, and what goes wrong when a test wants it to."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

Parameters: TypeAlias = dict[str, Any]
Operation: TypeAlias = Callable[[Parameters], Parameters]

COMMON = frozenset(
    {
        "AccessDeniedException",
        "InternalFailure",
        "MissingAuthenticationTokenException",
        "SerializationException",
        "ServiceUnavailable",
        "ThrottlingException",
        "UnknownOperationException",
        "ValidationException",
    }
)
"""Errors that any service may answer, though none describes them."""
STATUSES = {"InternalFailure": 500, "InternalServerError": 500, "ServiceUnavailable": 503}
"""Of errors whose description does not say."""


class ServiceFault(Exception):
    """An operation answers with an error."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message or code


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What an operation does instead of answering.

    Attributes:
        code: The error; one that the service knows.
        hang_up: Close the connection without an answer.
        after: Do what was asked first, and then fail: whoever called can't know.
    """

    code: str = "ThrottlingException"
    message: str = ""
    hang_up: bool = False
    after: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that was taken."""

    operation: str
    parameters: Parameters


class FakeService:
    """A service: its subclasses keep its things, and hand over a function for each operation.

    Args:
        name: As the SDK names the service.
        operations: By name; what is not in it is an unknown operation.

    Attributes:
        calls: What was asked, in order.
        lock: Held while an operation runs.
    """

    def __init__(self, name: str, operations: Mapping[str, Operation]) -> None:
        self.name = name
        self.model = described(name)
        self.operations = operations
        self.calls: list[Call] = []
        self.lock = threading.RLock()
        self._troubles: dict[str, list[Trouble]] = defaultdict(list)

    def trouble(self, operation: str, *troubles: Trouble) -> None:
        """Have the next calls of an operation fail, one for each."""
        for trouble in troubles:
            self.check_code(operation, trouble.code)
        with self.lock:
            self._troubles[operation] += troubles

    def called(self, operation: str) -> list[Parameters]:
        """The parameters of each call of an operation."""
        with self.lock:
            return [call.parameters for call in self.calls if call.operation == operation]

    def next_trouble(self, operation: str) -> Trouble | None:
        """What is to go wrong now."""
        with self.lock:
            return self._troubles[operation].pop(0) if self._troubles[operation] else None

    def run(self, operation: str, parameters: Parameters) -> Parameters:
        """Do what an operation does.

        Raises:
            ServiceFault: It answers with an error.
        """
        with self.lock:
            self.calls.append(Call(operation=operation, parameters=parameters))
            return self.operations[operation](parameters)

    def check_code(self, operation: str, code: str) -> None:
        """Refuse an error that the operation can't answer.

        Raises:
            ValueError: It is none of the service's.
        """
        known = {shape.name for shape in self.model.operation_model(operation).error_shapes} | COMMON
        if code not in known:
            raise ValueError(f"{self.name}.{operation} never answers {code}; it knows {', '.join(sorted(known))}")

    def status(self, code: str) -> int:
        """The HTTP status of an error."""
        shape = next((shape for shape in self.model.error_shapes if shape.name == code), None)
        told = shape.metadata.get("error", {}).get("httpStatusCode") if shape is not None else None
        return int(told or STATUSES.get(code, 400))


@cache
def described(name: str) -> Any:
    """The service's description, as botocore ships it."""
    from botocore.session import get_session

    return get_session().get_service_model(name)
