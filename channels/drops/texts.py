"""Every sentence that a person reads of an order."""

NO_ADDRESS = (
    "Files can't be sent past this server: send the file to /v1/files first, then ask for its summary at /v1/summaries."
)
OTHER_ORDER = "This id was used for another order of the conversation. Make a new id for a new order."

RECOGNISING = "Recognising the text"


def waiting(name: str) -> str:
    """What a job says while its file is on its way."""
    return f"Waiting for {name}"


def too_many(seconds: int) -> str:
    """What is said to somebody who has sent too much."""
    return f"You have sent too much for now. Please try again in {seconds} seconds."
