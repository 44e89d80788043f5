"""The fence around text that nobody vouches for: what is inside can't end it, begin another or pose as instructions."""

import re

_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def fence(tag: str, text: str, **attributes: str | int) -> str:
    """Put text between ``<tag ...>`` and ``</tag>``, each on its own line.

    Inside, whatever begins like this tag has its ``<`` written as ``&lt;``. Characters that nobody sees (controls, tag
    characters, bidirectional overrides) are dropped, as they can hide words from the people who read what the model
    reads. Everything else stays as it is, so that quotes are verbatim.

    Raises:
        ValueError: The tag or an attribute's name is not a lower-case word.
    """
    for name in (tag, *attributes):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a lower-case word")
    look_alike = re.compile(rf"<(?=\s*/?\s*{tag})", re.IGNORECASE)
    inside = look_alike.sub("&lt;", _seen(text))
    shown = "".join(f' {name}="{_attribute(value)}"' for name, value in attributes.items())
    return f"<{tag}{shown}>\n{inside}\n</{tag}>"


def _attribute(value: str | int) -> str:
    text = " ".join(_seen(str(value)).split())
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _seen(text: str) -> str:
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
