"""Markdown as plain text: the marks go, the words and addresses stay. Text without marks is left as it is.

Not a parser: what only looks like a mark stays, so that no content can get lost, and code keeps all its characters.
What a pattern spans is bounded, so that hostile text costs no more than other text.
"""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_LINES = (
    (re.compile(r"^ {0,3}#{1,6}[ \t]+(.*)$"), r"\1"),
    (re.compile(r"^ {0,3}\|(.*)\|[ \t]*$"), r"\1"),
)
_TABLE_RULE = re.compile(r"^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_INLINE = (
    (re.compile(r"!\[([^][\n]{0,500})\]\(([^][()\s]{1,2000})\)"), r"\1 (\2)"),
    (re.compile(r"\[([^][\n]{1,500})\]\(([^][()\s]{1,2000})\)"), r"\1 (\2)"),
    (re.compile(r"<(https?://[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"\*\*(?=\S)([^*\n]{1,500}?)(?<=\S)\*\*"), r"\1"),
    (re.compile(r"(?<![\w/=?&#])__(?=\S)([^_\n]{1,500}?)(?<=\S)__(?!\w|\.\w)"), r"\1"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,500}?)(?<=[^\s*])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w/=?&#])_(?=[^\s_])([^_\n]{1,500}?)(?<=[^\s_])_(?![\w_])"), r"\1"),
)
_CODE = re.compile(r"(?<!`)(`{1,8})(?!`)(.{1,1000}?)(?<!`)\1(?!`)")
_CITED = re.compile(r"^\[\d{1,3}\](?!\()[ \t]*|[ \t]*\[\d{1,3}\](?!\()", re.MULTILINE)


def plain(markdown: str) -> str:
    """The text without its marks."""
    return "\n".join(_unmarked(markdown.split("\n")))


def spoken(markdown: str) -> str:
    """The text as it is read aloud: no marks, and no numbers of citations within sentences."""
    return _CITED.sub("", plain(markdown))


def _unmarked(lines: list[str]) -> Iterator[str]:
    closing = ""
    for line in lines:
        fence = _FENCE.match(line)
        if closing:
            if fence and fence[1].startswith(closing) and not line.strip("`~ \t"):
                closing = ""
            else:
                yield line
        elif fence and "`" not in line[fence.end() :]:
            closing = fence[1]
            if name := line[fence.end() :].strip():
                yield f"({name})"
        elif not ("-" in line and "|" in line and _TABLE_RULE.match(line)):
            yield _line(line)


def _line(line: str) -> str:
    for mark, instead in _LINES:
        line = mark.sub(instead, line)
    pieces, at = [], 0
    for code in _CODE.finditer(line):
        pieces += [_inline(line[at : code.start()]), code[2]]
        at = code.end()
    return "".join([*pieces, _inline(line[at:])]) if at else _inline(line)


def _inline(text: str) -> str:
    for mark, instead in _INLINE:
        text = mark.sub(instead, text)
    return text
