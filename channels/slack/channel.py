"""Slack as a `Channel`: a signed payload becomes a message, a reply becomes posts and files."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from channels.slack import blocks
from channels.slack.addresses import CHANNEL
from channels.slack.api import Api
from channels.slack.blocks import Part
from channels.slack.incoming import Asked
from channels.slack.parsing import Delivery, read
from channels.slack.previews import LivePreviews, Stop
from channels.slack.progress import JobProgresses
from channels.slack.sending import Sender
from channels.slack.uploading import Uploader
from switchboard import BlobStore, Event, Limits, Message, Receipt, Reply
from switchboard.assistant import Assistant
from switchboard.storage import Job

if TYPE_CHECKING:
    from channels.slack.settings import SlackSettings
    from switchboard.plugins import Setup


class SlackChannel:
    """Slack, in the workspaces of the settings.

    Attributes:
        previews: What is shown of answers while they are written, in this process.
    """

    name = CHANNEL

    def __init__(
        self,
        settings: "SlackSettings",
        *,
        tenant: str,
        blobs: Callable[[], BlobStore],
        limits: Limits = blocks.LIMITS,
        api: Api | None = None,
    ) -> None:
        self.settings = settings
        self.tenant = tenant
        self.limits = limits
        self.api = api or Api(settings)
        self.previews = LivePreviews(self.api, streams=settings.streaming == "auto", limits=limits)
        self._jobs = JobProgresses(self.api)
        self._sender = Sender(self.api, Uploader(self.api, blobs), self.previews, looks=settings.streaming != "off")

    def parse(self, payload: Delivery) -> Sequence[Message]:
        """The message in a payload that is addressed to the assistant; see ``read`` for what else payloads tell."""
        told = read(payload, self.settings, tenant=self.tenant)
        answered = isinstance(told, Asked) and not (told.overheard or told.bot)
        return (told.message,) if isinstance(told, Asked) and answered else ()

    def render(self, reply: Reply) -> Sequence[Part]:
        """The reply as posts and files."""
        return blocks.render(reply)

    async def send(self, message: Message, parts: Sequence[Part], *, again: bool = False) -> Receipt:
        """Send what is not there yet, in the thread or direct message of the message."""
        return await self._sender.send(message, parts, again=again)

    @asynccontextmanager
    async def showing(self, message: Message, *, stop: Stop) -> AsyncIterator[Callable[[Event], None]]:
        """Show a turn while the block lasts, as the settings say. Gives what takes its events."""
        if self.settings.streaming == "off":
            yield lambda event: None
            return
        async with self.previews.showing(message, stop=stop) as show:
            yield show

    def show_job(self, assistant: Assistant, job: Job) -> None:
        """Show how far a job of this process is, until its result is there. Safe to repeat."""
        self._jobs.follow(assistant, job)

    def share(self) -> None:
        """Leave alone what the bot posts and says nothing of itself: others post by it as well."""
        self._sender.alone = False

    async def close(self) -> None:
        """Show nothing more."""
        await self._jobs.close()


def channel(setup: "Setup") -> SlackChannel:
    """Slack as the settings want it; what the plug-in registry calls."""
    from dataclasses import replace

    from channels.slack.settings import slack_settings

    limits = replace(blocks.LIMITS, upload=setup.settings.limits.upload_bytes)
    return SlackChannel(
        slack_settings(setup.settings),
        tenant=setup.settings.tenant,
        blobs=lambda: setup.backend("blobs"),
        limits=limits,
    )
