"""Every sentence that the Lex channel itself says to a person, with what to do next, and the words it listens for."""

MORE = "More"
SHOW_RESULT = "Show result"
YES, NO = "Yes", "No"
COMMAND_MORE = frozenset({"more", "show more", "more please"})
COMMAND_RESULT = frozenset({"show result", "show the result", "show results"})

MORE_FOLLOWS = "More follows."
SAY_MORE = "More follows: say “more”."
RESULT_CARD = "The result comes here."
SAY_RESULT = "Say “show result” to see whether it is there."
STILL_WORKING = "I am still working on it. Ask me again in a moment, and I will show the result once it is there."
NO_RESULT = "No result is waiting. Ask something else."
RESULT = "Here is the result that you were waiting for."
CHOOSE = "Please choose."
PICTURE = "Picture"
NOTHING_SAID = "There is nothing to add to that."
NOT_HEARD = "I did not get any words. Please say it again."
MALFORMED = "That did not arrive in a form that I understand. Please try again."
BUSY = "I am still answering your last message. Please wait for that, then say it again."
CANCELLED = "All right, nothing was done."
UNEXPECTED = "Something went wrong on our side. Please try again."


def result_of(question: str) -> str:
    """Above a result that was late: what it answers."""
    return f"You asked: “{question}”"


def missing(slot: str) -> str:
    """Asks for the value of a slot, by the name that the bot's maker gave it."""
    return f"Please tell me the {_words(slot)}."


def confirm(request: str) -> str:
    """Asks before something is done that needs approval."""
    return f"Shall I do this? {request}"


def request(tool: str, arguments: dict[str, str]) -> str:
    """What an intent that stands for a tool asks the assistant, in words."""
    given = "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in arguments.items())
    return f"{tool.replace('_', ' ').capitalize()}" + (f" - {given}" if given else "")


def intent(name: str, slots: dict[str, str]) -> str:
    """What an intent that nobody mapped asks the assistant: its name as words, and its slots."""
    given = "; ".join(f"{slot}: {value}" for slot, value in slots.items())
    return f"{_words(name).capitalize()}" + (f" - {given}" if given else "")


def _words(name: str) -> str:
    """A name as words: ``TravelDate`` and ``travel_date`` are "travel date"."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).replace("_", " ").strip()
