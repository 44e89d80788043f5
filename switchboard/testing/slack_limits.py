"""What Slack refuses in a post: the limits of Block Kit, as its reference has them."""

from collections.abc import Iterator, Mapping
from typing import Any

BLOCKS, TEXT, TOGETHER = 50, 40_000, 13_200
_TEXTS = {"section": 3_000, "header": 150, "button": 75}
_ELEMENTS = {"actions": 25, "context": 10, "context_actions": 5}


def fault(fields: Mapping[str, Any]) -> str:
    """The code with which Slack would refuse it; empty if it would not."""
    blocks = fields.get("blocks") or []
    if not blocks and not fields.get("text") and not fields.get("files") and not fields.get("chunks"):
        return "no_text"
    if len(str(fields.get("text") or "")) > TEXT:
        return "msg_too_long"
    if len(blocks) > BLOCKS or any(map(_block_fault, blocks)):
        return "invalid_blocks"
    named = [block["block_id"] for block in blocks if "block_id" in block]
    if len(named) != len(set(named)):
        return "invalid_blocks"
    return "msg_blocks_too_long" if sum(len(text) for block in blocks for text in words(block)) > TOGETHER else ""


def words(value: object) -> Iterator[str]:
    """Every text that stands in a block."""
    if isinstance(value, Mapping):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from words(inner)


def _block_fault(block: Mapping[str, Any]) -> bool:
    kind, elements = block["type"], block.get("elements") or []
    wrong = len(block.get("block_id", "")) > 255 or len(elements) > _ELEMENTS.get(kind, 10_000)
    if kind in _TEXTS:
        wrong = wrong or not 0 < len(block["text"]["text"]) <= _TEXTS[kind]
    if kind == "image":
        wrong = wrong or not 0 < len(block["alt_text"]) <= 2_000 or len(block["image_url"]) > 3_000
    return wrong or any(map(_element_fault, elements))


def _element_fault(element: Mapping[str, Any]) -> bool:
    match element["type"]:
        case "button":
            label = element["text"]["text"]
            return not 0 < len(label) <= 75 or len(element["value"]) > 2_000 or len(element["action_id"]) > 255
        case "mrkdwn":
            return not 0 < len(element["text"]) <= 3_000
        case "text":
            return not element["text"]
        case "link":
            return len(element["url"]) > 3_000 or not element["url"]
        case _:
            return any(map(_element_fault, element.get("elements") or []))
