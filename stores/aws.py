"""The one door to Amazon's SDK: a client made when first used, on threads of its own, its errors in our words.

The SDK blocks, so calls run in a bounded pool. It retries throttling and transient faults itself (mode ``standard``);
what comes out here has been retried. No endpoint is known here but what the caller passes on from the settings.
"""

import asyncio
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import Any

from switchboard.errors import BackendError

THREADS = 16
"""Calls at once, and connections kept open for them."""
CONNECT_SECONDS = 3
READ_SECONDS = 10
"""Above the long-polling time that a caller asks for; a store that answers in milliseconds is stuck by then."""
ATTEMPTS = 4
"""Requests in all for one call, the first among them."""

_shared: dict[str, Any] = {}
"""What all clients share, once there is one: what reads descriptions of services, and handlers of the SDK's events."""
SIGNED = {"s3": {"signature_version": "s3v4"}}
"""By service, how its addresses are signed that are given away: so that headers are, too. Requests always are."""

_THROTTLED = re.compile(r"throttl|throughput|slowdown|toomanyrequests|requestlimit|limitexceeded", re.IGNORECASE)


class AwsError(BackendError):
    """What a service answered, for the stores; to everybody above it is a `BackendError`.

    ``retryable`` means besides that the outcome is unknown: one of the attempts may have reached the service and had
    its effect although no answer came.

    Attributes:
        answer: The error as the service sent it, such as the reasons why a transaction was cancelled.
    """

    def __init__(
        self,
        *,
        service: str,
        operation: str,
        code: str,
        retryable: bool = False,
        answer: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(service=service, operation=operation, code=code, retryable=retryable)
        self.answer = answer or {}


class AwsClient:
    """A client of one service.

    Args:
        service: As the SDK names it, such as ``dynamodb``.
        region: Empty for the environment's.
        endpoint: Another address than the service's own; empty for that.
        wait_seconds: How much longer than usual an answer may take, for long polling.
    """

    def __init__(self, service: str, *, region: str = "", endpoint: str = "", wait_seconds: float = 0) -> None:
        self.service = service
        self._region = region
        self._endpoint = endpoint
        self._read_seconds = READ_SECONDS + wait_seconds
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix=f"aws-{service}")
        self._making = threading.Lock()
        self._client: Any = None
        self._closed = False

    async def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Run an operation, such as ``get_item``.

        Raises:
            AwsError: It failed, after the SDK's own retries.
        """
        answer: dict[str, Any] = await self.run(operation, lambda client: getattr(client, operation)(**parameters))
        return answer

    def call_blocking(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """`call` for whoever may block, as at the start of a process."""
        answer: dict[str, Any] = self._work(operation, lambda client: getattr(client, operation)(**parameters))
        return answer

    async def run(self, operation: str, work: Callable[[Any], Any]) -> Any:
        """Run blocking work with the SDK's client. Raises as `call`."""
        if self._closed:
            raise AwsError(service=self.service, operation=operation, code="closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._work, operation, work)

    async def close(self) -> None:
        """Finish what is under way and let go of connections; safe to repeat."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._threads.shutdown)
            if self._client is not None:
                self._client.close()

    def _work(self, operation: str, work: Callable[[Any], Any]) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            with self._making:
                self._client = self._client or self._made()
            return work(self._client)
        except (BotoCoreError, ClientError) as error:
            raise _translated(error, self.service, operation) from error

    def _made(self) -> Any:
        return sdk_client(
            self.service,
            region=self._region,
            endpoint=self._endpoint,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=self._read_seconds,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=THREADS,
            **SIGNED.get(self.service, {}),
        )


def sdk_client(service: str, *, region: str = "", endpoint: str = "", **config: Any) -> Any:
    """A client of the SDK as it is, which may be used from any thread.

    It comes from botocore; boto3 would hand on the same, and load transfers and resources that nobody here needs.
    Sessions are not safe to share between threads, so each client has one of its own; what they read of the services'
    descriptions is shared, which makes every client after the first several times cheaper.

    Args:
        service: As the SDK names it, such as ``dynamodb``.
        region: Empty for the environment's.
        endpoint: Another address than the service's own; empty for that.
        config: For botocore's ``Config``.

    Raises:
        botocore.exceptions.BotoCoreError: The environment names no region, or a profile that is not there.
    """
    from botocore.config import Config

    return _session().create_client(
        service,
        region_name=region or None,
        endpoint_url=endpoint or None,
        config=Config(user_agent_extra="switchboard-assistant", tcp_keepalive=True, **config),
    )


def describe(by: Callable[[Any], Any]) -> None:
    """Have clients that are made from now on learn what services are like from something else.

    Args:
        by: Makes it of the SDK's own loader; it has that one's methods.
    """
    _shared.pop("data_loader", None)
    _shared["describe"] = by


def _session() -> Any:
    """A session of the SDK with what all share. What handles events keeps nothing, so a copy is as good as new."""
    from botocore.hooks import HierarchicalEmitter
    from botocore.session import Session

    if "event_hooks" not in _shared:
        events = HierarchicalEmitter()
        Session(event_hooks=events)
        _shared["event_hooks"] = events
    session = Session(event_hooks=copy(_shared["event_hooks"]), include_builtin_handlers=False)
    if "data_loader" not in _shared:
        loader = session.get_component("data_loader")
        _shared["data_loader"] = _shared.get("describe", lambda usual: usual)(loader)
    session.register_component("data_loader", _shared["data_loader"])
    return session


def _translated(error: Exception, service: str, operation: str) -> AwsError:
    from botocore import exceptions

    answer: Mapping[str, Any] = getattr(error, "response", None) or {}
    code, retryable = type(error).__name__, False
    if isinstance(error, exceptions.ClientError):
        code = str(answer.get("Error", {}).get("Code", "failed"))
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if _THROTTLED.search(code):
            code, retryable = "throttled", True
        elif status >= 500:
            code, retryable = "unavailable", True
    elif isinstance(error, exceptions.ReadTimeoutError | exceptions.ConnectTimeoutError):
        code, retryable = "timeout", True
    elif isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError | exceptions.IncompleteReadError):
        code, retryable = "unreachable", True
    return AwsError(service=service, operation=operation, code=code, retryable=retryable, answer=answer)
