"""Forms: labels with what is filled in beside them, answers to questions, signatures; as fields, and as text. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tools.reading.backend import Block, Box, Field, Page
from tools.reading.textract.items import ANSWER, VALUE, Item, Sighting

SIGNATURE = "[signature]"
_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)


def fields(seen: Sighting) -> tuple[Field, ...]:
    """What the page says as a form, in the order in which the service found it."""
    found = [
        Field(
            kind="form",
            name=_said(seen, [key]),
            value=_said(seen, values),
            confidence=round(key.confidence, 3),
            box=_box(values[0] if values else key),
        )
        for key, values in _pairs(seen)
    ]
    for question in seen.all("QUERY"):
        for answer in seen.beside(question, ANSWER):
            sure, box = round(answer.confidence, 3), _box(answer)
            found.append(Field(kind="answer", name=question.text, value=answer.text, confidence=sure, box=box))
    signed = seen.all("SIGNATURE")
    found += [Field(kind="signature", confidence=round(one.confidence, 3), box=_box(one)) for one in signed]
    return tuple(found)


def joined(seen: Sighting) -> Sighting:
    """The page with a label and what is filled in on one line where both are lines of their own, ticks before labels.

    Lines in which anything else stands, or that belong to a table, are left as they are: no word is lost or moved.
    """
    line_of = {child: line for line in seen.all("LINE") for child in line.children}
    in_cells = {child for cell in seen.all("CELL") for child in cell.children}
    changed: dict[str, Item] = {}
    for key, values in _pairs(seen):
        named = _own_lines([key], seen, line_of)
        filled = _own_lines(values, seen, line_of)
        lines = [*named, *filled]
        tabled = any(child in in_cells for line in lines for child in line.children)
        if not named or tabled or changed.keys() & {line.id for line in lines}:
            continue
        ticks = " ".join(item.text for value in values for item in seen.of(value, "SELECTION_ELEMENT"))
        first, last = named[0], named[-1]
        changed |= {line.id: replace(line, text="") for line in filled}
        changed[last.id] = replace(last, text=" ".join([last.text, *(line.text for line in filled)]))
        if ticks:
            changed[first.id] = replace(first, text=f"{ticks} {changed.get(first.id, first).text}")
    return replace(seen, items={**seen.items, **changed})


def told(page: Page, found: Sequence[Field]) -> Page:
    """The page with its fields, and with those in its text that have no lines of their own there."""
    blocks = list(page.blocks)
    for one in found:
        if one.kind == "signature":
            place(Block(kind="text", text=SIGNATURE, box=one.box), blocks)
    if answers := [f"- {one.name}: {one.value}" for one in found if one.kind == "answer"]:
        blocks.append(Block(kind="list", text="\n".join(answers)))
    return replace(page, blocks=tuple(blocks), fields=tuple(found))


def place(block: Block, blocks: list[Block]) -> None:
    """Put a block where it stands among others: above the first that is lower, at the end if its place is not known."""
    bottom = block.box[3] if block.box else 1.0
    lower = (at for at, other in enumerate(blocks) if other.box and other.box[1] >= bottom)
    blocks.insert(next(lower, len(blocks)), block)


def _pairs(seen: Sighting) -> Iterator[tuple[Item, list[Item]]]:
    """Each label with what is filled in."""
    for item in seen.all("KEY_VALUE_SET"):
        if VALUE in item.others:
            yield item, list(seen.beside(item, VALUE))


def _said(seen: Sighting, items: Sequence[Item]) -> str:
    return " ".join(part.text for item in items for part in seen.of(item, "WORD", "SELECTION_ELEMENT") if part.text)


def _own_lines(items: Sequence[Item], seen: Sighting, line_of: dict[str, Item]) -> list[Item]:
    """The lines of these words, if nothing else stands in any of them; otherwise none."""
    words = [word.id for item in items for word in seen.of(item, "WORD")]
    lines = {line_of[word].id: line_of[word] for word in words if word in line_of}
    whole = {child for line in lines.values() for child in line.children} <= set(words)
    return list(lines.values()) if whole else []


def _box(item: Item) -> Box | None:
    return item.box if item.box != _NOWHERE else None
