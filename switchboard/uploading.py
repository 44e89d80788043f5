"""Uploads that go past us: a store may give out an address that takes one file, so that no function has to carry it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadAddress:
    """Where a file can be sent to, by ``PUT``, once it is known what it holds.

    Attributes:
        url: Whoever has it can send this very file, for as long as it holds. It is a secret.
        headers: Have to be sent with it, as they are.
    """

    url: str
    headers: dict[str, str]


@runtime_checkable
class GivesAddresses(Protocol):
    """A `switchboard.storage.BlobStore` that gives out addresses for uploads."""

    async def upload_address(
        self, digest: str, *, size: int, owner: str, name: str = "", media_type: str = "", order: str = ""
    ) -> UploadAddress:
        """Where the owner's file can be sent to. Once it is there, it is a blob of the owner as any other.

        Args:
            digest: SHA-256 of the bytes in hexadecimal: no others are taken, or at least given out.
            size: How many bytes there are: neither more nor fewer are taken.
            order: Name of what is to become of the file, for whoever hears of its arrival. It comes with the file and
                is anybody's word: what it names has to be kept elsewhere, and to belong to this very place.

        Raises:
            BadInput: The name is too long.
        """
        ...
