"""Text that somebody else chose, as a person has to see it before they agree to it."""


def visible(text: str) -> str:
    """The text with what can't be seen, or turns the direction of writing, shown as its code."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
