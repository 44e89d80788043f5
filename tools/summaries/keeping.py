"""What a chat model has answered so far, by what it was asked, kept so that no answer is paid for twice."""

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass, field

from tools.summaries.asking import Answer
from tools.summaries.backend import Save
from tools.summaries.chunks import tokens


@dataclass(slots=True, kw_only=True)
class Kept:
    """Answers of one model, by a digest of the prompt: another document, wish or prompt has others by that alone.

    Attributes:
        save: Keeps the whole as JSON text. What it says of answers only grows at its end.
        under_way: Calls that were begun and have not ended, with about how many tokens each was given.
        lost: About how many tokens were given to calls whose answers died with whoever had asked.
        unused: Tokens in and out of answers that were of no use: empty ones, and refusals.
    """

    model: str
    save: Save
    answers: dict[str, Answer] = field(default_factory=dict)
    under_way: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    unused: tuple[int, int] = (0, 0)
    _version: int = 0
    _saved: int = 0
    _saving: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def restored(cls, saved: str, *, model: str, save: Save) -> "Kept":
        """What an earlier attempt kept; nothing, where that asked another model."""
        data = json.loads(saved) if saved else {}
        if data.get("model") != model:
            return cls(model=model, save=save)
        given, written = data.get("unused", (0, 0))
        return cls(
            model=model,
            save=save,
            answers={digest: Answer(**entry) for digest, entry in data["answers"].items()},
            lost=data.get("lost", 0) + sum(data.get("under_way", {}).values()),
            unused=(given, written),
        )

    def known(self, prompt: str) -> Answer | None:
        """The answer to a prompt, if it was asked before."""
        return self.answers.get(_digest(prompt))

    async def begins(self, prompt: str) -> None:
        """Note that a call is made: should nobody live to see its answer, it is known that it was paid for."""
        self.under_way[_digest(prompt)] = tokens(prompt)
        await self._write()

    async def keep(self, prompt: str, answer: Answer) -> None:
        """Keep an answer before anything else is done with it."""
        digest = _digest(prompt)
        self.under_way.pop(digest, None)
        self.answers[digest] = answer
        await self._write()

    def ends(self, prompt: str, unused: Answer | None = None) -> None:
        """Note that a call failed, or was answered by what is of no use; it is kept with what comes next."""
        self.under_way.pop(_digest(prompt), None)
        if unused is not None:
            self.unused = (self.unused[0] + unused.input_tokens, self.unused[1] + unused.output_tokens)

    async def _write(self) -> None:
        """Keep all there is; changes that come meanwhile are kept together."""
        self._version += 1
        mine = self._version
        async with self._saving:
            if self._saved >= mine:
                return
            saving = self._version
            entries = {digest: asdict(each) for digest, each in self.answers.items()}
            told = {"under_way": self.under_way, "lost": self.lost, "unused": self.unused}
            await self.save(json.dumps({"model": self.model, "answers": entries, **told}, separators=(",", ":")))
            self._saved = saving


def _digest(prompt: str) -> str:
    return hashlib.sha256(prompt.encode("utf-8", "replace")).hexdigest()[:32]
