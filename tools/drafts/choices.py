"""Options of a choice, in what people write: by the words that mean them, or by what they are called in a list."""

from tools.drafts.backend import Field
from tools.drafts.sheet import words_pattern


def option(each: Field, text: str) -> str | None:
    """The option whose words stand somewhere in a text."""
    for name, words in each.options.items():
        if words_pattern([name, name.replace("_", " "), *words]).search(text):
            return name
    return None


def named(each: Field, text: str) -> str | None:
    """The option that is called so in a list; only an answer may be as short as that."""
    called = {name.casefold(): option for option, names in each.names.items() for name in names.values()}
    return called.get(text.strip(" .!").casefold())
