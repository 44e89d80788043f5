"""What every channel does with files: taken whole or refused with a sentence, and kept for their own conversation."""
# ruff: noqa: D102 - a test's name is its description

from typing import Any

import pytest

from stores.memory import MemoryBlobStore
from switchboard.channels import Channel
from switchboard.errors import BadInput
from switchboard.messages import Attachment, Message
from switchboard.storage import BlobStore
from switchboard.testing.channel_case import ChannelCase
from switchboard.testing.samples import HOSTILE_NAMES

ASKER, OTHER = "5551", "5552"


def a_file(size: int, *, name: str = "a.pdf", media_type: str = "application/pdf") -> Attachment:
    """What a platform says of a file."""
    return Attachment(name=name, media_type=media_type, size=size)


class FilesContract(ChannelCase):
    """Files become attachments. A channel whose ``limits.upload`` is 0 takes none."""

    @pytest.fixture
    def blobs(self) -> BlobStore:
        """Where files are kept."""
        return MemoryBlobStore()

    @pytest.mark.asyncio
    async def test_a_file_of_the_largest_size_is_taken(self, channel: Channel[Any, Any], blobs: BlobStore) -> None:
        message = await self._file(channel, a_file(channel.limits.upload), blobs)
        assert not isinstance(message, BadInput)
        assert [file.size for file in message.attachments] == [channel.limits.upload]

    @pytest.mark.asyncio
    async def test_a_file_over_the_limit_is_refused_with_a_sentence(
        self, channel: Channel[Any, Any], blobs: BlobStore
    ) -> None:
        refused = await self._file(channel, a_file(channel.limits.upload + 1), blobs)
        assert isinstance(refused, BadInput), "a file over the limit was taken"
        assert refused.status == 413
        assert refused.user_text.strip()

    @pytest.mark.asyncio
    async def test_a_hostile_file_name_costs_a_sentence_at_most(
        self, channel: Channel[Any, Any], blobs: BlobStore
    ) -> None:
        for name in HOSTILE_NAMES:
            message = await self._file(channel, a_file(1, name=name, media_type=name), blobs)
            assert not isinstance(message, BadInput) or message.user_text.strip()

    @pytest.mark.asyncio
    async def test_a_file_that_is_kept_is_for_its_own_conversation(
        self, channel: Channel[Any, Any], blobs: BlobStore
    ) -> None:
        """Where the platform hands over the bytes with the payload, whoever offers the message keeps them."""
        messages = [await self._file(channel, a_file(8), blobs, sender=sender) for sender in (ASKER, OTHER, ASKER)]
        kept = {each.conversation.key: each.attachments for each in messages if isinstance(each, Message)}
        assert len(kept) == len({ASKER, OTHER})
        for file in (file for files in kept.values() for file in files if file.digest):
            assert len(await blobs.read(file.digest, owner=next(iter(kept)))) == file.size
            assert await blobs.stat(file.digest, owner="local/elsewhere/x/") is None

    async def _file(
        self, channel: Channel[Any, Any], file: Attachment, blobs: BlobStore, *, sender: str = ASKER
    ) -> Message | BadInput:
        """What the channel makes of a message with a file, or how it, or already its platform, refuses it."""
        if not channel.limits.upload:
            pytest.skip("the channel takes no files")
        try:
            return await self.filed(channel, file, id="1", sender=sender, blobs=blobs)
        except NotImplementedError:
            pytest.skip("the channel says nothing of how files come; where none do, say `upload=0` in its limits")
        except BadInput as error:
            return error
        except ValueError:
            return BadInput("There is no such file.")
