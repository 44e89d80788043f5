"""The errors of the Lex V2 runtime API, as the service answers them."""

from typing import Literal

Kind = Literal[
    "AccessDeniedException",
    "ConflictException",
    "DependencyFailedException",
    "ResourceNotFoundException",
    "ValidationException",
]
STATUS: dict[Kind, int] = {
    "AccessDeniedException": 403,
    "ConflictException": 409,
    "DependencyFailedException": 424,
    "ResourceNotFoundException": 404,
    "ValidationException": 400,
}


class LexError(Exception):
    """What a client is told: the name of the error in the service's model, and a sentence."""

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message

    @property
    def status(self) -> int:
        """Its HTTP status."""
        return STATUS[self.kind]
