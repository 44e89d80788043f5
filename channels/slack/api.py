"""Calling Slack's Web API: off the event loop, each failure sorted, and no call before Slack wants to hear it again.

Rate limits are per method and workspace, so that is how they are kept: a method that Slack has answered with 429 is not
called again before ``Retry-After`` is over, while others go on.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from switchboard import DeliveryFailed

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from channels.slack.settings import SlackSettings

THREADS = 16
"""Calls at a time. They are threads of their own, so that a slow Slack holds up nobody else."""
LATER = frozenset(
    {
        "accesslimited",
        "fatal_error",
        "internal_error",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "http_error",
        "streaming_state_conflict",
    }
)
"""Errors that pass by themselves."""
OURS = frozenset(
    {"account_inactive", "invalid_auth", "missing_scope", "not_authed", "no_token", "token_expired", "token_revoked"}
)
"""Errors that somebody has to mend in the settings; replies wait for that."""
MENDING_SECONDS = 300.0


class SlackFailed(DeliveryFailed):
    """Slack did not do what it was asked; ``code`` is its word for why, ``unsure`` whether it may have done it."""

    def __init__(self, code: str, *, method: str, retry_after: float | None = None, unsure: bool = False) -> None:
        retryable = unsure or code in LATER or code in OURS
        pause = MENDING_SECONDS if code in OURS else retry_after
        super().__init__(channel="slack", why=f"{method}: {code}", retryable=retryable, retry_after=pause)
        self.code = code
        self.unsure = unsure


class Api:
    """The Web API in all workspaces of the settings. ``clock`` gives seconds that only grow."""

    def __init__(self, settings: "SlackSettings", *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._clients: dict[str, WebClient] = {}
        self._closed_until: dict[tuple[str, str], float] = {}
        self._bots: dict[str, str] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="slack")

    async def call(self, team: str, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a method such as ``chat.postMessage``.

        Raises:
            SlackFailed: It was not done, or nobody knows.
        """
        name = method.replace(".", "_")
        return await self.use(team, method, lambda client: getattr(client, name)(**arguments))

    async def use(self, team: str, method: str, work: "Callable[[WebClient], Any]") -> Mapping[str, Any]:
        """Do some work with the library's client, such as an upload. Raises as ``call``."""
        left = self._closed_until.get((team, method), 0.0) - self._clock()
        if left > 0:
            raise SlackFailed("ratelimited", method=method, retry_after=left)
        client = self._client(team, method)
        outcome = await asyncio.get_running_loop().run_in_executor(self._threads, partial(_tried, client, work, method))
        if isinstance(outcome, SlackFailed):
            if outcome.code == "ratelimited":
                pause = 1.0 if outcome.retry_after is None else outcome.retry_after
                self._closed_until[team, method] = self._clock() + pause
            raise outcome
        return outcome

    async def bot(self, team: str) -> str:
        """The id of our bot in a workspace. Raises as ``call``."""
        if team not in self._bots:
            self._bots[team] = str((await self.call(team, "auth.test")).get("bot_id", ""))
        return self._bots[team]

    def _client(self, team: str, method: str) -> "WebClient":
        token = self._settings.token(team)
        if not token:
            raise SlackFailed("no_token", method=method)
        if token not in self._clients:
            from slack_sdk import WebClient

            client = WebClient(token=token, base_url=self._settings.api_url, timeout=int(self._settings.timeout) or 1)
            client.retry_handlers.clear()  # whoever calls knows whether once more is safe, and need not sleep for it
            self._clients[token] = client
        return self._clients[token]


def _tried(client: "WebClient", work: "Callable[[WebClient], Any]", method: str) -> Mapping[str, Any] | SlackFailed:
    """What came of the work; an error is a value here, as a thread's traceback would keep the token alive."""
    from slack_sdk.errors import SlackApiError, SlackClientError

    try:
        response = work(client)
    except SlackApiError as error:
        return _sorted(error.response, method)
    except (SlackClientError, OSError, ValueError) as error:
        return SlackFailed(type(error).__name__, method=method, unsure=True)
    return response.data if hasattr(response, "data") and isinstance(response.data, dict) else response or {}


def _sorted(response: Any, method: str) -> SlackFailed:
    data = response.data if hasattr(response, "data") else response
    code = str(data.get("error") or "http_error") if isinstance(data, dict) else "http_error"
    status = getattr(response, "status_code", 200)
    if status == 429:
        return SlackFailed("ratelimited", method=method, retry_after=_seconds(response.headers))
    return SlackFailed(code, method=method, unsure=status >= 500)


def _seconds(headers: Mapping[str, Any]) -> float:
    """How long to wait, as the header says it."""
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "1")
    text = str(found[0] if isinstance(found, list) else found)
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1.0
