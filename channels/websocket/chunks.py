"""Frames that are too large for the line, cut into chunks that fit. Pure; the other side puts them together."""

from channels.websocket.protocol import Chunk, write

FRAME = 32_000
"""Bytes of the largest frame that a gateway takes, with some room: its own limit is 32 kB."""
PIECE = 15_000
"""Characters of a chunk's data. Our frames are ASCII, and in a chunk each character may become two."""


def fitting(text: str, *, name: str) -> list[str]:
    """A frame as the frames that are sent for it: itself if it fits, else chunks of it.

    Args:
        name: Made anew for each frame: 8 to 64 letters and digits.
    """
    if len(text) <= FRAME:
        return [text]
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    return [write(Chunk(frame=name, index=index, total=len(pieces), data=piece)) for index, piece in enumerate(pieces)]
