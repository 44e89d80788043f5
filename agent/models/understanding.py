"""How a piece reads beside what stands around it: what a person would take it to be about. Pure."""

import re

from agent.models.passages import Piece, cells
from agent.models.words import content, periods, tokens

SHORT = 8
"""A piece of fewer words is read together with what stands around it."""
_REFERS = re.compile(r"(?:it|its|they|their|this|these|those|such|he|she|es|sie|dies\w*|il|elle|cela)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|der|die|das|le|la|les)\b", re.IGNORECASE)


def understood(piece: Piece) -> str:
    """The piece with as much around it as a reader needs to know what it is about."""
    if piece.kind == "table":
        rows = (cells(row)[0] for row in piece.text.splitlines())
        return f"{piece.lead or piece.heading}: {piece.header.replace(' | ', ', ')}: {', '.join(rows)}"
    if piece.kind in ("paragraph", "list", "section"):
        return ": ".join(filter(None, (piece.heading, piece.lead, piece.text)))
    if piece.kind == "row":
        return ": ".join(part for part in (piece.lead, row_in_words(piece)) if part)
    if leans(piece):
        return f"{piece.before} {piece.text}"
    above = piece.lead or piece.heading
    if piece.kind == "bullet":
        return f"{above} {piece.text}".strip()
    return f"{above or piece.passage.title}: {piece.text}" if len(tokens(piece.text)) < SHORT else piece.text


def row_in_words(piece: Piece) -> str:
    """``France: 2025 60, 2024 58``."""
    label, *values = piece.cells
    columns = piece.header.split(" | ")[1:] if piece.header else []
    columns += [""] * (len(values) - len(columns))
    pairs = zip(columns, values, strict=False)
    return f"{label}: " + ", ".join(f"{column} {value}".strip() for column, value in pairs if value)


def leans(piece: Piece) -> bool:
    """Whether a sentence can't be understood without the one before: ``It weighs 13 kg.``, ``The budget is 5 EUR.``"""
    brief = len(tokens(piece.text)) < SHORT and bool(_ARTICLE.match(piece.text))
    return piece.kind == "sentence" and bool(piece.before) and (brief or bool(_REFERS.match(piece.text)))


def vocabulary(text: str) -> frozenset[str]:
    """What a text speaks of: the stems of its words, and its periods."""
    return frozenset(content(text)) | periods(text)
