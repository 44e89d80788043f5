"""Pieces put together again: what stands below one heading, where that is short enough to be quoted as it is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from agent.models.passages import Piece

LONGEST = 900
"""A longer section is quoted in parts only, in characters."""


def sections(found: Sequence[Piece]) -> list[Piece]:
    """The sections of several blocks among the pieces, which come in the order of their passages."""
    made: list[Piece] = []
    for _, group in groupby(found, key=lambda piece: (id(piece.passage), piece.heading)):
        blocks = _blocks([piece for piece in group if piece.kind != "heading"])
        text = "\n".join(block.text for block in blocks)
        if len(blocks) > 1 and blocks[0].heading and len(text) <= LONGEST:
            made.append(
                replace(blocks[0], kind="section", text=text, lead="", header="", whole="", blocks=tuple(blocks))
            )
    return made


def _blocks(parts: Sequence[Piece]) -> list[Piece]:
    """The largest pieces, each part once."""
    out: list[Piece] = []
    for piece in parts:
        if piece.kind in ("list", "table"):
            part = "bullet" if piece.kind == "list" else "row"
            while out and out[-1].kind == part:
                out.pop()
        if piece.kind != "sentence" or not piece.whole:
            out.append(piece)
    return out
