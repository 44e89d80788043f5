"""The messages of a Lex reply, as values with a JSON form."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

TextType = Literal["PlainText", "SSML", "CustomPayload"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A message of text, of 1 to 1,024 UTF-16 units, in the form that ``content_type`` names."""

    content: str
    content_type: TextType = "PlainText"

    def to_json(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"contentType": self.content_type, "content": self.content}


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button: pressing it says ``value``."""

    text: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card with a picture, buttons, or both. An empty address is no picture."""

    title: str
    image_url: str = ""
    buttons: tuple[Button, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As the service takes it: empty members are left out, as it refuses them."""
        card: dict[str, Any] = {"title": self.title}
        if self.image_url:
            card["imageUrl"] = self.image_url
        if self.buttons:
            card["buttons"] = [{"text": button.text, "value": button.value} for button in self.buttons]
        return {"contentType": "ImageResponseCard", "imageResponseCard": card}


LexMessage: TypeAlias = Text | Card


def one_card(title: str, labels: Iterable[str]) -> Card:
    """A card with buttons that say what is on them."""
    return Card(title=title, buttons=tuple(Button(text=label, value=label) for label in labels))
