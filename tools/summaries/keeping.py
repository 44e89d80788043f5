"""What a chat model has answered so far, kept so that no answer is paid for twice."""

import asyncio
import json
from dataclasses import asdict, dataclass, field

from tools.summaries.asking import Answer
from tools.summaries.backend import Save


@dataclass(slots=True, kw_only=True)
class Kept:
    """Answers by the step that they belong to.

    Attributes:
        key: Names what the answers are about: document, wishes, prompts and model.
        save: Keeps the whole as JSON text.
    """

    key: str
    save: Save
    answers: dict[str, Answer] = field(default_factory=dict)
    _saved: int = 0
    _saving: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def restored(cls, saved: str, *, key: str, save: Save) -> "Kept":
        """What an earlier attempt kept; nothing, where that was about something else."""
        data = json.loads(saved) if saved else {}
        same = data.get("key") == key
        answers = {step: Answer(**entry) for step, entry in data["answers"].items()} if same else {}
        return cls(key=key, save=save, answers=answers)

    async def keep(self, step: str, answer: Answer) -> None:
        """Keep an answer before anything else is done with it; those that come meanwhile are kept together."""
        self.answers[step] = answer
        number = len(self.answers)
        async with self._saving:
            if self._saved >= number:
                return
            entries = {name: asdict(each) for name, each in self.answers.items()}
            await self.save(json.dumps({"key": self.key, "answers": entries}, separators=(",", ":")))
            self._saved = len(entries)

    @property
    def spent(self) -> tuple[int, int]:
        """Tokens given and written, in all."""
        return (
            sum(each.input_tokens for each in self.answers.values()),
            sum(each.output_tokens for each in self.answers.values()),
        )
