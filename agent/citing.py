"""Citations numbered by use: the model's text in pieces becomes text with markers 1, 2, ... and their sources. Pure.

The model cites passages by the numbers under which tools found them. Whoever reads the answer sees only the sources
that it uses, in the order in which it uses them.
"""

import re
from dataclasses import replace

from switchboard.events import Citation

LONGEST_SPAN = 200
"""Characters. A backtick that nothing closes within so many on its line opens no code; the text waits that long."""

_MARKER = r"\[\d{1,3}(?:, ?\d{1,3}){0,5}\]"
_TOKEN = re.compile(rf"\\.|`+|~{{3,}}| ?(?:{_MARKER}){{1,20}}(?!\()", re.DOTALL)
_UNSURE = re.compile(rf"(?:\\|`+|~+| ?(?:{_MARKER}){{0,20}}(?:\[[\d, ]{{0,28}})?)\Z")


class Citing:
    """One turn's answer on its way from the model to the reader.

    Markers of known passages are numbered anew, unknown ones are dropped with the blank before them; code, escaped
    brackets and links such as ``[1](https://...)`` stay as they are. How the text is cut makes no difference.

    Attributes:
        known: What may be cited, by the number that the model knows; it may grow between two pieces.
    """

    def __init__(self) -> None:
        self.known: dict[int, Citation] = {}
        self._numbers: dict[Citation, int] = {}
        self._held = ""
        self._block = ""

    def feed(self, text: str) -> tuple[list[Citation], str]:
        """What can be shown after one more piece: more text, and the citations that it is the first to use."""
        self._held += text
        return self._settle(final=False)

    def end(self) -> tuple[list[Citation], str]:
        """Likewise, what was held back because more text could have changed it."""
        return self._settle(final=True)

    def _settle(self, *, final: bool) -> tuple[list[Citation], str]:
        used: list[Citation] = []
        out: list[str] = []
        text, at, unsure = self._held, 0, len(self._held) if final else -1
        while at < len(text):
            if self._block:
                end = self._block_end(text, at, final=final)
                out.append(text[at:end])
                at = end
                if self._block:
                    break
                continue
            if unsure < at:
                tail = _UNSURE.search(text, at)
                unsure = tail.start() if tail else len(text)
            token = _TOKEN.search(text, at)
            if token is None or token.start() >= unsure:
                out.append(text[at:unsure])
                at = unsure
                break
            out.append(text[at : token.start()])
            at, end = token.start(), self._token_end(token, final=final)
            if end < 0:
                break
            out.append(self._renumbered(token[0], used) if token[0].lstrip(" ")[0] == "[" else text[at:end])
            at = end
        self._held = text[at:]
        return used, "".join(out)

    def _token_end(self, token: re.Match[str], *, final: bool) -> int:
        """Where what begins with this token ends; -1 while that can't be told."""
        run, text = token[0], token.string
        if run[0] not in "`~":
            return token.end()
        if len(run) >= 3:
            self._block = run
            return token.end()
        close = re.compile(rf"[^\n]{{0,{LONGEST_SPAN}}}?(?<!`){run}(?!`)").match(text, token.end())
        if close and (final or close.end() < len(text)):
            return close.end()
        line = text[token.end() :].partition("\n")
        told = final or line[1] or len(line[0]) > LONGEST_SPAN + len(run)
        return token.end() if told else -1

    def _block_end(self, text: str, at: int, *, final: bool) -> int:
        """How much of a code block can be shown; the block is over when it was closed in that."""
        for run in re.compile(rf"{self._block[0]}+").finditer(text, at):
            if run.end() == len(text) and not final:
                return run.start()
            if len(run[0]) >= len(self._block):
                self._block = ""
                return run.end()
        return len(text)

    def _renumbered(self, run: str, used: list[Citation]) -> str:
        """A run of markers as it is shown; the citations that it is the first to use are added to ``used``."""
        shown: dict[str, None] = {}
        for marker in re.findall(_MARKER, run):
            passages = [self.known.get(int(number)) for number in re.findall(r"\d+", marker)]
            found = [passage for passage in passages if passage is not None]
            if found == passages:
                shown |= {f"[{self._number(passage, used)}]": None for passage in found}
            elif len(passages) > 1:
                # One number that leads nowhere is a false citation; several may be an interval or a list of values.
                shown[marker] = None
        return " " * (run[0] == " " and bool(shown)) + "".join(shown)

    def _number(self, passage: Citation, used: list[Citation]) -> int:
        source = replace(passage, number=0, score=0.0)
        if source not in self._numbers:
            self._numbers[source] = len(self._numbers) + 1
            used.append(replace(passage, number=self._numbers[source]))
        return self._numbers[source]


def without_markers(text: str) -> str:
    """The text without any citation."""
    citing = Citing()
    return citing.feed(text)[1] + citing.end()[1]
