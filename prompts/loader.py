"""Reading prompts strictly: what is wrong with a prompt's file is found when it is loaded, not when it is sent.

A prompt is a Markdown file that begins with a front matter of four lines at most:

    ---
    name: system
    version: 1
    variables: today, assistant
    untrusted: assistant
    ---

``{{today}}`` in the text is a variable. One that is also ``untrusted`` is fenced when the prompt is rendered.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.fence import fence
from switchboard.errors import ConfigError

_FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VARIABLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_KEYS = ("name", "version", "variables", "untrusted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt as it stands in its file.

    Attributes:
        version: Grows with every change of meaning; traces name it, so that answers can be compared across versions.
        variables: What ``render`` has to be given, no more and no less.
        untrusted: Those of the variables that are fenced, as their text is not ours.
    """

    name: str
    version: int
    text: str
    variables: frozenset[str] = frozenset()
    untrusted: frozenset[str] = frozenset()

    def render(self, **values: str) -> str:
        """The prompt with its variables filled in; braces in the values mean nothing.

        Raises:
            TypeError: A variable is missing, or there is none of that name.
        """
        if missing := sorted(self.variables - values.keys()):
            raise TypeError(f"the prompt {self.name} also needs: {', '.join(missing)}")
        if unknown := sorted(values.keys() - self.variables):
            raise TypeError(f"the prompt {self.name} has no variable: {', '.join(unknown)}")
        ready = {name: fence(name, value) if name in self.untrusted else value for name, value in values.items()}
        return _VARIABLE.sub(lambda match: ready[match[1].strip()], self.text)


@cache
def load(name: str, *, folder: Path = _FOLDER) -> Prompt:
    """Read and check the prompt ``<name>.md``.

    Raises:
        ConfigError: There is no such prompt, or its file is not as it should be; says where and how to mend it.
    """
    path = folder / f"{name}.md"
    if not _NAME.fullmatch(name) or not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.md"))) or "none"
        raise ConfigError(f"There is no prompt {name!r}.", fix=f"The prompts here are: {known}.")
    return parse(path.read_text(encoding="utf-8"), name=name)


def parse(source: str, *, name: str) -> Prompt:
    """Read a prompt from its file's text. Raises as ``load``."""
    front, text = _split(source, name)
    if front["name"] != name:
        raise _fault(name, f"The name is {front['name']!r}, the file's is {name!r}.", "Make them the same.")
    if not front["version"].isdecimal() or int(front["version"]) < 1:
        raise _fault(name, f"The version {front['version']!r} is not a whole number from 1.", "Write one, such as 1.")
    variables = _names(front["variables"], name)
    untrusted = _names(front["untrusted"], name)
    used = {match.strip() for match in _VARIABLE.findall(text)}
    if unknown := sorted(used - variables):
        raise _fault(name, f"The text uses {{{{{unknown[0]}}}}}.", "Add it to the line `variables:`, or remove it.")
    if unused := sorted(variables - used):
        raise _fault(name, f"The variable {unused[0]} is not used.", "Use it in the text, or remove it.")
    if odd := sorted(untrusted - variables):
        raise _fault(name, f"{odd[0]} is untrusted and not a variable.", "Add it to the line `variables:`.")
    if not text:
        raise _fault(name, "There is no text.", "Write the prompt below the front matter.")
    return Prompt(name=name, version=int(front["version"]), text=text, variables=variables, untrusted=untrusted)


def _split(source: str, name: str) -> tuple[dict[str, str], str]:
    opening, *rest = source.replace("\r\n", "\n").split("\n---\n", 1)
    first, *lines = opening.split("\n")
    if first != "---" or not rest:
        raise _fault(name, "There is no front matter.", "Begin the file with one, between two lines of ---.")
    front = dict.fromkeys(("variables", "untrusted"), "")
    seen: set[str] = set()
    for number, line in enumerate(lines, start=2):
        key, colon, value = (part.strip() for part in line.partition(":"))
        if key not in _KEYS or not colon:
            raise _fault(name, f"{line!r} is not known.", f"Lines here are {', '.join(_KEYS)}.", line=number)
        if key in seen:
            raise _fault(name, f"{key} is there twice.", "Remove one of the two lines.", line=number)
        seen.add(key)
        front[key] = value
    for key in ("name", "version"):
        if key not in front:
            raise _fault(name, f"The front matter has no {key}.", f"Add a line `{key}: ...`.")
    return front, rest[0].strip()


def _names(line: str, name: str) -> frozenset[str]:
    names = [part.strip() for part in line.split(",")] if line else []
    for variable in names:
        if not _NAME.fullmatch(variable):
            raise _fault(
                name, f"{variable!r} is not a variable's name.", "Names are lower-case words, parted by commas."
            )
        if names.count(variable) > 1:
            raise _fault(name, f"The variable {variable} is there twice.", "Name it once.")
    return frozenset(names)


def _fault(name: str, problem: str, fix: str, *, line: int = 0) -> ConfigError:
    return ConfigError(problem, fix=fix, where=f"prompts/{name}.md:{line}" if line else f"prompts/{name}.md")
