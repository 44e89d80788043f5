"""Everything that drafting says to people, in the languages of `phrases`; and in English what it says to the model."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PHRASES = Path(__file__).parent / "phrases"
LANGUAGES = ("en", "de", "fr", "es")
_VALUE = 160


@dataclass(frozen=True, slots=True)
class Says:
    """What is said in one language; in English where there are no phrases of it."""

    language: str

    def __call__(self, phrase: str, **given: object) -> str:
        """A phrase by its name, with what goes into it."""
        return str(self._phrases()[phrase]).format(**given)

    def like(self, kind: str) -> str:
        """How a value of a type is written."""
        return _text(self._phrases(), "like", kind)

    def either(self, options: Sequence[str], joint: str = "or") -> str:
        """Options in a row."""
        return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} {self(joint)} {options[-1]}"

    def _phrases(self) -> Mapping[str, object]:
        return phrases(self.language if self.language in LANGUAGES else LANGUAGES[0])


@cache
def phrases(language: str) -> Mapping[str, object]:
    """The phrases of a language by their names."""
    return tomllib.loads((PHRASES / f"{language}.toml").read_text(encoding="utf-8"))


def _text(found: Mapping[str, object], table: str, name: str) -> str:
    inner = found[table]
    return str(inner[name]) if isinstance(inner, Mapping) else ""


def unknown_kind(kind: str, names: Sequence[str]) -> str:
    """For the model: there is no such kind."""
    return (
        f"There is no template for {short(kind, 60)!r}; kinds are {', '.join(names)}. Use one, or ask which is meant."
    )


def unknown_field(name: str, known: Sequence[str]) -> str:
    """For the model: facts that no field takes."""
    return f"This kind has no field {short(name, 60)!r}; its fields are {', '.join(known)}."


def not_fitting(name: str, value: str, example: str) -> str:
    """For the model: a fact that its field can't take."""
    return f"{name} can't be {short(value, 60)!r}; write it like {example}."


def short(text: str, most: int = _VALUE) -> str:
    """A text in one line of sensible length."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
