"""Everything that the terminal says in its own words, so that it can be read and tested in one place."""

from switchboard.assistant import Catalogue

PROMPT = "› "
THINKING = "Thinking..."
STOPPING = "Stopping... (Ctrl-C again leaves)"
STOPPED = "Stopped. What was there is kept."
INCOMPLETE = "This answer is incomplete."
REVISED = "The answer was revised:"
NO_ANSWER = "(no answer)"
SOURCES = "Sources"
FILES = "Files"
BUSY = "This conversation is busy with another question. Wait for its answer, or use another --conversation."
WAITING = "Waiting for the question before this one..."
WORKING = "Working on it..."
NO_JOBS = "Nothing is worked on beside this conversation, and nothing was."
STAYS = "Work that is under way goes on; its result will be in the conversation that it belongs to."
NO_JOB = "There is no such job. List them first, with /jobs."
ENDED_ALREADY = "That job has ended already."
CANCELLING = "The job is asked to end."
RUNNING_STILL = "The last answer was still being written. Here it is:"
NEW = "A new conversation."
GOODBYE = "The conversation is kept. `switchboard chat` goes on with it."
NOTHING_ASKED = "There is no question. Write one after --once, or use --once - to read it from standard input."
NO_CITATIONS = "There is no source to open yet. Ask something first."
NO_CONVERSATIONS = "There are no other conversations yet."
NO_SOURCE = "That document can't be opened. It may have been removed, or you may not be allowed to read it."
BAD_LINK = "That is not a link to a document. Give one from `switchboard chat --once --json`."
BAD_NAME = "A conversation's name is 1 to 200 characters long."
NO_ROOM = "The copy can't be written. Check that the data folder is writable and that the disk is not full."
FORGOT = "The attached files were let go."

HELP = """\
/attach FILE        add a file to your next message (/attach alone lets them go)
/open N             open source N of the last answer
/new                start a new conversation
/conversations [N]  list your conversations, or go on with number N
/jobs               list the work that goes on, or went on, beside this conversation
/cancel N           end job number N
/help               this help
/quit               leave

Alt-Enter starts a new line. The up arrow brings back what you wrote before.
Ctrl-C stops an answer; twice, or at an empty prompt, it leaves."""


def welcome(catalogue: Catalogue) -> list[str]:
    """What a newcomer reads first."""
    count = catalogue.documents
    known = f"{count} document{'' if count == 1 else 's'}" if count else "No documents yet: `switchboard ingest FOLDER`"
    name = catalogue.model.capitalize() if catalogue.model.isalpha() else catalogue.model
    model = f"{name} model" + (f": {catalogue.notice}." if catalogue.notice else ".")
    lines = [f"Switchboard. {known}. /help shows what there is.", model]
    return lines + [f"Try: {suggestion}" for suggestion in catalogue.suggestions[:3]]


def going_on(name: str, turns: int) -> str:
    """What is said when an earlier conversation is taken up again."""
    return f"Going on with {name} ({turns} message{'' if turns == 1 else 's'}). /new starts another."


def goes_on(job_id: str) -> str:
    """What is said of a job that nobody here waits for any more."""
    return f"The work is left to `switchboard worker`. `switchboard jobs show {job_id}` shows what comes of it."


def result_of(question: str) -> str:
    """What stands above a result: what was asked, perhaps a while ago."""
    return f"Result of: {question}" if question else "A result has come:"


def attached(name: str, size: str) -> str:
    """What is said once a file is ready to be sent."""
    return f"Attached {name} ({size}). It goes with your next message."


def no_file(name: str) -> str:
    """What is said of a file that is not there."""
    return f"There is no file {name}. Check the path."


def not_a_file(name: str) -> str:
    """What is said of a folder or a device."""
    return f"{name} is not a file. Attach one file at a time; `switchboard ingest` takes folders."


def unreadable_file(name: str) -> str:
    """What is said of a file that this user may not read."""
    return f"{name} can't be read. Check its permissions."


def empty_file(name: str) -> str:
    """What is said of a file without bytes."""
    return f"{name} is empty. Attach a file with something in it."


def too_large(name: str, limit: str) -> str:
    """What is said of a file over the limit."""
    return f"{name} is too large. A file in a chat may have {limit}; put it into the library with `switchboard ingest`."


def unknown_command(name: str, close: str) -> str:
    """What is said of a command that does not exist."""
    return f"There is no command {name}. " + (f"Did you mean {close}?" if close else "/help lists them.")


def no_such_source(given: str, known: list[int]) -> str:
    """What is said of a source number that the last answer does not have."""
    there = ", ".join(map(str, known))
    return f"There is no source {given}. The last answer has {there}." if given else f"Which source? There are {there}."


def no_such_conversation(given: str, count: int) -> str:
    """What is said of a conversation number that is not in the list."""
    if not count:
        return "List the conversations first, with /conversations."
    return f"There is no conversation {given}. The list has 1 to {count}."


def incident(number: str) -> str:
    """How an incident is named, so that it can be found in the log."""
    return f"(incident {number})"


def size(count: int) -> str:
    """A size for people."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
