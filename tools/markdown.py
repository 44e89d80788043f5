"""Foreign text in Markdown: what a document says is shown letter by letter and never acts as markup."""

import re

_ACTIVE = re.compile(r"[\\`*\[\]<]|~|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_FIRST = re.compile(r"[-+=>#]|\d{1,9}(?=[.)](?:\s|$))")


def escaped(text: str) -> str:
    """Text that reads the same when it is rendered: no emphasis, link, picture, HTML, citation or list comes of it.

    A bare address stays as it is: what is shown is where it leads.
    """
    safe = _ACTIVE.sub(lambda match: "\\" + match[0], " ".join(text.split()))
    if first := _FIRST.match(safe):
        return f"{first[0]}\\{safe[first.end() :]}" if first[0].isdigit() else f"\\{safe}"
    return safe


def unescaped(text: str) -> str:
    """The text as it was before `escaped`."""
    return re.sub(r"\\(.)", r"\1", text)
