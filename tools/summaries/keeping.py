"""What a chat model has answered so far, by what it was asked, kept so that no answer is paid for twice."""

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass, field

from tools.summaries.asking import Answer
from tools.summaries.backend import Save


@dataclass(slots=True, kw_only=True)
class Kept:
    """Answers of one model, by a digest of the prompt: another document, wish or prompt has others by that alone.

    Attributes:
        save: Keeps the whole as JSON text.
    """

    model: str
    save: Save
    answers: dict[str, Answer] = field(default_factory=dict)
    _saved: int = 0
    _saving: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def restored(cls, saved: str, *, model: str, save: Save) -> "Kept":
        """What an earlier attempt kept; nothing, where that asked another model."""
        data = json.loads(saved) if saved else {}
        same = data.get("model") == model
        answers = {digest: Answer(**entry) for digest, entry in data["answers"].items()} if same else {}
        return cls(model=model, save=save, answers=answers)

    def known(self, prompt: str) -> Answer | None:
        """The answer to a prompt, if it was asked before."""
        return self.answers.get(_digest(prompt))

    async def keep(self, prompt: str, answer: Answer) -> None:
        """Keep an answer before anything else is done with it; those that come meanwhile are kept together."""
        self.answers[_digest(prompt)] = answer
        number = len(self.answers)
        async with self._saving:
            if self._saved >= number:
                return
            entries = {digest: asdict(each) for digest, each in self.answers.items()}
            await self.save(json.dumps({"model": self.model, "answers": entries}, separators=(",", ":")))
            self._saved = len(entries)


def _digest(prompt: str) -> str:
    return hashlib.sha256(prompt.encode("utf-8", "replace")).hexdigest()[:32]
