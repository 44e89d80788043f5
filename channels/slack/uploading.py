"""Files to Slack: from the blob store, by the library's two-step upload, into the thread that they belong to."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from channels.slack import texts
from channels.slack.api import Api
from channels.slack.blocks import Upload, note
from channels.slack.incoming import Place
from channels.slack.posting import REPLY, body, metadata, target
from switchboard import BackendError, BlobStore, Message

if TYPE_CHECKING:
    from slack_sdk import WebClient

ALT_TEXT = 1_000


class Uploader:
    """Uploads what replies bring along. ``blobs`` gives the store when first needed."""

    def __init__(self, api: Api, blobs: Callable[[], BlobStore]) -> None:
        self._api = api
        self._blobs = blobs

    async def upload(self, message: Message, place: Place, part: Upload) -> str:
        """Upload a file into the conversation, or say that it is gone. Returns its id in Slack.

        Raises:
            SlackFailed: Slack did not take it.
            BackendError: The store does not answer.
        """
        artifact = part.artifact
        try:
            data = await self._blobs().read(artifact.digest, owner=message.conversation.key)
        except BackendError as error:
            if error.code != "missing":
                raise
            post = body(message, note(texts.ARTIFACT_GONE.format(name=artifact.name)))
            post["metadata"] = metadata(REPLY, message.id, part.number)
            said = await self._api.call(place.team, "chat.postMessage", **target(place), **post)
            return str(said.get("ts", ""))
        done = await self._api.use(place.team, "files.uploadV2", partial(_upload, part=part, place=place, data=data))
        return str((done.get("file") or {}).get("id", ""))


def _upload(client: "WebClient", *, part: Upload, place: Place, data: bytes) -> Any:
    artifact = part.artifact
    return client.files_upload_v2(
        filename=artifact.name,
        title=artifact.name,
        content=data,
        alt_txt=artifact.name[:ALT_TEXT] if artifact.media_type.startswith("image/") else None,
        channel=place.channel,
        thread_ts=place.thread or None,
    )
