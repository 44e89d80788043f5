"""The size limit on bytes that stream in: pure, and here so that every blob store refuses in the same words."""

from collections.abc import AsyncIterator

from switchboard.errors import BadInput


async def within(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    """The chunks, as long as they come to no more than ``limit`` bytes.

    Raises:
        BadInput: They come to more (status 413). Nothing more is taken from ``chunks``.
    """
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise BadInput(f"That file is larger than {_in_words(limit)}. Please send a smaller one.", status=413)
        yield chunk


def _in_words(size: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:,.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"
