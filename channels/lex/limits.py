"""What Lex V2 carries, as numbers: the one table that the renderer, the local runtime, the tests and docs/lex.md share.

Most are in the service's model, as maxima that its client library does not check. Sizes of text are in UTF-16 units, as
the service counts code units and most emoji are two.
"""

from typing import Final

from switchboard import Limits

INPUT_TEXT: Final = 1_024
MESSAGE_TEXT: Final = 1_024
MESSAGES: Final = 10
CARD_FIELD: Final = 250
"""Largest title, subtitle and address of a picture."""
BUTTONS: Final = 5
BUTTON_FIELD: Final = 50
"""Largest label and largest value of a button."""
REPLY_BYTES: Final = 20_000
"""Largest reply of the function as JSON, attributes included; the guide gives 25 kB."""
OWN_ATTRIBUTE_BYTES: Final = 2_000
"""Largest session attribute that we write; the guide gives 12 kB for all of them."""
FULFILMENT_SECONDS: Final = 30.0
"""How long the service waits for the function."""

LIMITS: Final = Limits(
    text=MESSAGE_TEXT,
    unit="utf16_units",
    messages=MESSAGES,
    buttons=BUTTONS,
    button_text=BUTTON_FIELD,
    streaming=False,
    reply_within=FULFILMENT_SECONDS,
    markup="plain",
    upload=0,
)
