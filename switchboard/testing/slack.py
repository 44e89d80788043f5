"""A fake Slack: its Web API on loopback, with true posts, streams, files and refusals, for whoever tests a Slack app.

with FakeSlack() as slack:
    settings = {"api_url": slack.api_url, "bot_token": slack.token}
    ...
    assert slack.visible("C1", thread="1.000100") == ["Hello", "Good day"]

It refuses what Slack refuses: blocks over their limits, appending to a stream that has ended, an unknown token.
"""

import itertools
import json
import re
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from switchboard.testing.slack_limits import fault

Fields: TypeAlias = dict[str, Any]


class Denied(Exception):
    """A method answers with an error; the text is its code."""


@dataclass(slots=True, kw_only=True)
class Trouble:
    """What a method does instead of answering: an HTTP status, an error's code, or hanging up.

    Attributes:
        after: Do what was asked first, and then fail: whoever called can't know.
    """

    status: int = 200
    error: str = "internal_error"
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_up: bool = False
    after: bool = False


class FakeSlack:
    """One workspace with one app. Everything that was called stands in ``calls``, in order."""

    team, bot_id, bot_user, app_id = "T0TEAM", "B0APP", "U0APP", "A0APP"

    def __init__(self, *, token: str = "xoxb-fake", app_token: str = "xapp-fake") -> None:  # noqa: S107
        self.token = token
        self.app_token = app_token
        self.calls: list[tuple[str, Fields]] = []
        self.posts: dict[str, list[Fields]] = defaultdict(list)
        self.ephemeral: list[Fields] = []
        self.files: dict[str, bytes] = {}
        self.downloads: dict[str, tuple[str, bytes]] = {}
        self.troubles: dict[str, list[Trouble]] = defaultdict(list)
        self.socket_url = ""
        self._streams: dict[str, str] = {}
        self._uploads: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    def __enter__(self) -> "FakeSlack":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def api_url(self) -> str:
        """Where its Web API is."""
        return f"{self.url}/api/"

    def trouble(self, method: str, *troubles: Trouble) -> None:
        """Have the next calls of a method fail, one for each."""
        self.troubles[method] += troubles

    def visible(self, channel: str, *, thread: str = "") -> list[str]:
        """What stands in a channel, or in one of its threads, in order."""
        with self._lock:
            return [post["text"] for post in self.posts[channel] if post.get("thread_ts", "") == thread]

    def called(self, method: str) -> list[Fields]:
        """The arguments of each call of a method."""
        with self._lock:
            return [fields for name, fields in self.calls if name == method]

    def end_streams(self) -> None:
        """What happens to streams that are too old."""
        with self._lock:
            self._streams = dict.fromkeys(self._streams, "ended")

    def stop_streams(self) -> None:
        """What happens to streams that a person stops."""
        with self._lock:
            self._streams = dict.fromkeys(self._streams, "stopped")

    def answer(self, method: str, fields: Fields, token: str) -> tuple[Fields, Trouble | None]:
        """What a method answers, and how that goes wrong if it does."""
        with self._lock:
            self.calls.append((method, fields))
            trouble = self.troubles[method].pop(0) if self.troubles[method] else None
            if trouble and not trouble.after:
                return {"ok": False, "error": trouble.error}, trouble
            if token != (self.app_token if method == "apps.connections.open" else self.token):
                return {"ok": False, "error": "invalid_auth"}, None
            try:
                done = getattr(self, "_" + method.replace(".", "_"), self._unknown)(fields)
            except Denied as denied:
                return {"ok": False, "error": str(denied)}, trouble
            return {"ok": True, **done}, trouble

    def take_upload(self, path: str, data: bytes) -> bool:
        """Take the bytes for an address that was given out."""
        file_id = path.rpartition("/")[2]
        self.files[file_id] = data
        return file_id in self._uploads

    def _unknown(self, fields: Fields) -> Fields:
        raise Denied("unknown_method")

    def _auth_test(self, fields: Fields) -> Fields:
        return {"team_id": self.team, "user_id": self.bot_user, "bot_id": self.bot_id, "url": self.url}

    def _apps_connections_open(self, fields: Fields) -> Fields:
        return {"url": self.socket_url}

    def _conversations_open(self, fields: Fields) -> Fields:
        return {"channel": {"id": "D" + str(fields["users"])[1:]}}

    def _chat_postMessage(self, fields: Fields) -> Fields:
        return {"channel": fields["channel"], "ts": self._add(fields)["ts"]}

    def _chat_postEphemeral(self, fields: Fields) -> Fields:
        self.ephemeral.append(fields)
        return {"message_ts": self._ts()}

    def _chat_update(self, fields: Fields) -> Fields:
        post = self._find(fields)
        if self._streams.get(fields["ts"]) == "open":
            raise Denied("streaming_state_conflict")
        self._check(fields)
        post.update(text=fields.get("text", ""), blocks=fields.get("blocks") or [])
        post["metadata"] = fields.get("metadata") or post.get("metadata")
        return {"channel": fields["channel"], "ts": fields["ts"]}

    def _chat_delete(self, fields: Fields) -> Fields:
        self.posts[fields["channel"]].remove(self._find(fields))
        return {"ts": fields["ts"]}

    def _chat_startStream(self, fields: Fields) -> Fields:
        for needed in ("thread_ts", "recipient_team_id", "recipient_user_id"):
            if not fields.get(needed):
                raise Denied(f"missing_{needed}")
        post = self._add({**fields, "text": _streamed(fields), "blocks": None})
        self._streams[post["ts"]] = "open"
        return {"channel": fields["channel"], "ts": post["ts"]}

    def _chat_appendStream(self, fields: Fields) -> Fields:
        post = self._writable(fields)
        post["text"] += _streamed(fields)
        return {"ts": fields["ts"]}

    def _chat_stopStream(self, fields: Fields) -> Fields:
        post = self._writable(fields)
        post["text"] += _streamed(fields)
        post["metadata"] = fields.get("metadata")
        self._streams[fields["ts"]] = "ended"
        return {"ts": fields["ts"]}

    def _conversations_replies(self, fields: Fields) -> Fields:
        return self._listed(fields, fields["ts"])

    def _conversations_history(self, fields: Fields) -> Fields:
        return self._listed(fields, "")

    def _files_getUploadURLExternal(self, fields: Fields) -> Fields:
        file_id = f"F{next(self._numbers)}"
        self._uploads[file_id] = str(fields["filename"])
        return {"upload_url": f"{self.url}/upload/{file_id}", "file_id": file_id}

    def _files_completeUploadExternal(self, fields: Fields) -> Fields:
        files = fields["files"] if isinstance(fields["files"], list) else json.loads(fields["files"])
        told = [
            {
                "id": one["id"],
                "title": one["title"],
                "name": self._uploads[one["id"]],
                "size": len(self.files[one["id"]]),
            }
            for one in files
        ]
        thread = {"thread_ts": fields["thread_ts"]} if fields.get("thread_ts") else {}
        self._add({"channel": fields["channel_id"], "files": told, **thread})
        return {"files": told}

    def _files_info(self, fields: Fields) -> Fields:
        known = {"name": f"{fields['file']}.txt", "mimetype": "text/plain", "size": 5}
        return {"file": {"id": fields["file"], **known, "url_private": f"{self.url}/files/{fields['file']}"}}

    def _views_open(self, fields: Fields) -> Fields:
        return {"view": fields["view"]}

    def _views_publish(self, fields: Fields) -> Fields:
        return {"view": fields["view"]}

    def _assistant_threads_setStatus(self, fields: Fields) -> Fields:
        return {}

    def _assistant_threads_setTitle(self, fields: Fields) -> Fields:
        return {}

    def _assistant_threads_setSuggestedPrompts(self, fields: Fields) -> Fields:
        return {}

    def _listed(self, fields: Fields, thread: str) -> Fields:
        if not re.fullmatch(r"(\d+(\.\d+)?)?", fields.get("oldest", "")):
            raise Denied("invalid_ts_oldest")
        found = [
            post
            for post in self.posts[fields["channel"]]
            if post.get("thread_ts", "") == thread and post["ts"] > fields.get("oldest", "")
        ]
        start = int(fields.get("cursor") or 0)
        end = start + int(fields.get("limit") or 100)
        following = {"response_metadata": {"next_cursor": str(end)}} if end < len(found) else {}
        return {"messages": [dict(post) for post in found[start:end]], **following}

    def _ts(self) -> str:
        return f"1900000000.{next(self._numbers):06d}"

    def _add(self, fields: Fields) -> Fields:
        self._check(fields)
        kept = {name: fields[name] for name in ("text", "blocks", "metadata", "thread_ts", "files") if fields.get(name)}
        post = {"text": "", **kept, "ts": self._ts(), "bot_id": self.bot_id, "app_id": self.app_id}
        self.posts[fields["channel"]].append(post)
        return post

    def _find(self, fields: Fields) -> Fields:
        for post in self.posts[fields["channel"]]:
            if post["ts"] == fields["ts"]:
                return post
        raise Denied("message_not_found")

    def _writable(self, fields: Fields) -> Fields:
        match self._streams.get(fields["ts"]):
            case "open":
                return self._find(fields)
            case "stopped":
                raise Denied("stopped_by_user")
            case _:
                raise Denied("message_not_in_streaming_state")

    def _check(self, fields: Fields) -> None:
        if found := fault(fields):
            raise Denied(found)


def _streamed(fields: Fields) -> str:
    chunks = fields.get("chunks") or []
    return str(fields.get("markdown_text") or "") + "".join(chunk.get("text", "") for chunk in chunks)


def _handler(slack: FakeSlack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Turns HTTP into calls of methods."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            if path.startswith("/api/"):
                self._call(path, dict(parse_qsl(query)))
                return
            kind, data = slack.downloads.get(path, ("text/html", b"<html>Log in</html>"))
            if kind.startswith("redirect:"):
                self._say(302, b"", headers={"Location": kind.removeprefix("redirect:")})
                return
            authorised = self.headers.get("Authorization") == f"Bearer {slack.token}"
            self._say(200, data if authorised else b"<html>Log in</html>", kind if authorised else "text/html")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = urlsplit(self.path).path
            if path.startswith("/upload/"):
                self._say(200 if slack.take_upload(path, body) else 404, b"OK")
            elif "json" in (self.headers.get("Content-Type") or ""):
                self._call(path, json.loads(body or b"{}"))
            else:
                self._call(path, dict(parse_qsl(body.decode())))

        def _call(self, path: str, fields: Fields) -> None:
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ") or str(fields.get("token", ""))
            said, trouble = slack.answer(path.removeprefix("/api/"), fields, token)
            if trouble and trouble.hang_up:
                self.close_connection = True
                return
            status, headers = (trouble.status, trouble.headers) if trouble else (200, {})
            self._say(status, json.dumps(said).encode(), "application/json", headers)

        def _say(
            self, status: int, data: bytes, kind: str = "text/plain", headers: Mapping[str, str] | None = None
        ) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test says what it wants to see."""

    return Handler
