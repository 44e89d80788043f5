"""A text from which facts are taken one after the other: what was taken is not read again."""

import re
from collections.abc import Iterator, Sequence

from tools.drafts.backend import Field, FieldType

TAKEN = "\x00"
_BREAK = re.compile(r"[,;](?=\s|$)|\n|\x00|[.!?](?=\s*$|\s*\n|\s+[A-ZÀ-Þ\"“„«])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Inc|Ltd|Co|Corp|Bros|St|Dr|Mr|Mrs|Ms|No|Nr|Str|e\.V|S\.A|B\.V|S\.L|S\.r\.l|u\.a|z\.B|e\.g|i\.e|\b[A-Z]))$"
)
_OPENING, _CLOSING = '"“„«', '"”“»'
QUOTED = re.compile(f"[{_OPENING}]([^{_OPENING}{_CLOSING}\n]+)[{_CLOSING}]")
_LOOK_BACK = 60
"""Characters before a value among which its word has to stand."""


class Sheet:
    """A text being read in a language, for the fields of a template."""

    def __init__(self, text: str, fields: Sequence[Field], language: str) -> None:
        self.text = text.replace(TAKEN, "")
        self.fields = fields
        self.language = language
        stops = {word for field in fields if field.type != "currency" for word in field.spoken(language)}
        self._stops = words_pattern(stops)

    def take(self, start: int, end: int) -> None:
        """Mark a span as read."""
        self.text = self.text[:start] + TAKEN * (end - start) + self.text[end:]

    def of(self, *types: FieldType) -> list[Field]:
        """The fields of some types."""
        return [field for field in self.fields if field.type in types]

    def left(self) -> str:
        """What was not taken, without punctuation at its ends."""
        parts = (part.strip(" ,;.\n\t") for part in self.text.split(TAKEN))
        return " ".join(part for part in parts if part)

    def segment(self, at: int) -> int:
        """Where the part of the sentence begins in which a place is."""
        start = max(0, at - _LOOK_BACK)
        ends = [match.end() for match in self._breaks(start, at)]
        return ends[-1] if ends else start

    def end_of(self, start: int, *, own: Field | None = None, commas: bool = True) -> int:
        """Where a value that begins at a place ends: at a break of the sentence, or before another field's word."""
        if quoted := QUOTED.match(self.text, start):
            return quoted.end()
        mine = {word.casefold() for word in own.spoken(self.language)} if own else set()
        ends = (
            match.start() for match in self._breaks(start, len(self.text)) if commas or self.text[match.start()] != ","
        )
        end = next(ends, len(self.text))
        for match in self._stops.finditer(self.text, start + 1, end):
            if match[0].casefold() not in mine and self.text[match.start() - 1].isspace():
                return match.start()
        return end

    def next_part(self, start: int, own: Field) -> int:
        """Where behind a place a line or a part behind a semicolon begins with another field's word."""
        mine = {word.casefold() for word in own.spoken(self.language)}
        for match in re.finditer(r"[;\n]\s*", self.text[start:]):
            word = self._stops.match(self.text, start + match.end())
            if word and word[0].casefold() not in mine:
                return start + match.start()
        return len(self.text)

    def owner(self, start: int, end: int, types: Sequence[FieldType]) -> tuple[Field, int] | None:
        """The field of some types whose word stands nearest before a span, or behind it, and where that begins."""
        begin = self.segment(start)
        best: tuple[int, int, Field] | None = None
        for field in self.of(*types):
            for word in field.spoken(self.language):
                pattern = words_pattern([word])
                for match in pattern.finditer(self.text, begin, start):
                    if best is None or (match.end(), len(word)) > (best[0], len(best[2].name) and best[1]):
                        best = (match.end(), len(word), field)
        if best:
            return best[2], best[0] - best[1]
        tail = self.text[end : end + 30]
        for field in self.of(*types):
            for word in field.spoken(self.language):
                if re.match(rf"\s*(?:of\s+)?{re.escape(word)}(?!\w)", tail, re.IGNORECASE):
                    return field, start
        return None

    def _breaks(self, start: int, end: int) -> Iterator[re.Match[str]]:
        for match in _BREAK.finditer(self.text, start, end):
            if match[0] == "." and _ABBREVIATED.search(self.text, max(0, match.start() - 8), match.start()):
                continue
            yield match


def words_pattern(words: Sequence[str] | set[str]) -> re.Pattern[str]:
    """Any of some words, whole and in whatever case."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def unquoted(text: str) -> str:
    """A value without the quotation marks around it."""
    return text.strip().strip(_OPENING + _CLOSING).strip()
