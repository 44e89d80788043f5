"""Files that people attach: fetched from Slack with the app's token, within a size, into the blob store.

The token goes to Slack's own hosts and nowhere else: no redirect is followed. Where the app may not have a file, Slack
answers with a page for logging in instead, which is not taken for the file.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from http.client import HTTPResponse
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from channels.slack import texts
from channels.slack.addresses import place_of
from channels.slack.api import Api, SlackFailed
from channels.slack.attached import address, read_file
from channels.slack.reading import at
from switchboard import Attachment, BadInput, BlobStore, Message

if TYPE_CHECKING:
    from channels.slack.settings import SlackSettings

CHUNK = 256_000


class Unavailable(Exception):
    """A file can't be had; the text says why, in words for people."""


class _NoRedirects(HTTPRedirectHandler):
    """Follows nothing, so that the token stays where it was meant for."""

    def redirect_request(self, *_: object) -> None:
        """No request."""


class Files:
    """Fetches what is attached to messages."""

    def __init__(self, settings: "SlackSettings", api: Api, *, limit: int) -> None:
        self._settings = settings
        self._api = api
        self._limit = limit

    async def fetched(self, message: Message, blobs: BlobStore) -> tuple[Message, list[str]]:
        """The message with its files in the blob store, and a sentence for each that can't be had."""
        kept: list[Attachment] = []
        faults: list[str] = []
        for attachment in message.attachments:
            if attachment.digest:
                kept.append(attachment)
                continue
            try:
                kept.append(await self._fetch(attachment, message, blobs))
            except Unavailable as fault:
                faults.append(texts.NO_FILE.format(name=attachment.name, why=fault))
        return replace(message, attachments=tuple(kept)), faults

    async def _fetch(self, attachment: Attachment, message: Message, blobs: BlobStore) -> Attachment:
        team = place_of(message.conversation).team
        attachment, url = await self._found(team, attachment)
        if attachment.size > self._limit:
            raise Unavailable(texts.FILE_TOO_LARGE.format(limit=texts.size(self._limit)))
        if not self.is_slacks(url):
            raise Unavailable(texts.FILE_ELSEWHERE)
        response = await asyncio.to_thread(self._open, url, self._settings.token(team))
        with response:
            if not _is_file(response, attachment):
                raise Unavailable(texts.FILE_FORBIDDEN)
            try:
                blob = await blobs.put(
                    _chunks(response),
                    owner=message.conversation.key,
                    name=attachment.name,
                    media_type=attachment.media_type,
                    limit=self._limit,
                )
            except BadInput:
                raise Unavailable(texts.FILE_TOO_LARGE.format(limit=texts.size(self._limit))) from None
        if not blob.size:
            raise Unavailable(texts.FILE_EMPTY)
        return replace(attachment, digest=blob.digest, size=blob.size, source="")

    def is_slacks(self, url: str) -> bool:
        """Whether an address is of the host that is called, or of one below it, over the same protocol."""
        api = urlsplit(self._settings.api_url)
        try:
            parts = urlsplit(url)
            same = (parts.scheme, parts.port) == (api.scheme, api.port)
        except ValueError:
            return False
        host, ours = parts.hostname or "", api.hostname or ""
        return same and not parts.username and (host == ours or host.endswith(f".{ours}"))

    async def _found(self, team: str, attachment: Attachment) -> tuple[Attachment, str]:
        """The file and where it is; Slack is asked where a message says no more than an id, as in shared channels."""
        source = json.loads(attachment.source)
        if source.get("url"):
            return attachment, str(source["url"])
        try:
            told = at(await self._api.call(team, "files.info", file=source.get("id", "")), "file")
        except SlackFailed:
            raise Unavailable(texts.FILE_FORBIDDEN) from None
        return read_file(told), address(told)

    def _open(self, url: str, token: str) -> HTTPResponse:
        request = Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - of Slack, by `is_slacks`
        try:
            response: HTTPResponse = build_opener(_NoRedirects()).open(request, timeout=self._settings.timeout)
        except HTTPError as error:
            error.close()
            raise Unavailable(texts.FILE_FORBIDDEN) from None
        except OSError:
            raise Unavailable(texts.FILE_BROKEN) from None
        return response


def _is_file(response: HTTPResponse, attachment: Attachment) -> bool:
    """Whether this is the file rather than a page for logging in."""
    if response.headers.get_content_type() != "text/html":
        return True
    return attachment.media_type == "text/html" and response.headers.get("Content-Length") == str(attachment.size)


async def _chunks(response: HTTPResponse) -> AsyncIterator[bytes]:
    try:
        while chunk := await asyncio.to_thread(response.read, CHUNK):
            yield chunk
    except OSError:
        raise Unavailable(texts.FILE_BROKEN) from None
