"""Every sentence that the Slack channel says by itself, with what to do next."""

SERVING = "Slack is answered through {where}."
STOPPED = "Stopped."
PARTIAL_STOP = "(Stopped here, as you asked.)"
PAGE = "{title}, page {page}"
INCIDENT = "(Incident {incident}.)"
WARNING = "⚠️ {text}"
CONTINUED = "\n\n_(continued below)_"
THINKING = "is thinking…"
WORKING = "Working on it…"
STOP = "Stop"
STOPPING = "Stopping…"
STOPPED_ALREADY = "That was finished already."
HELPFUL = "Helpful"
NOT_HELPFUL = "Not helpful"
RATED = "👍 {good} · 👎 {bad}"
NOT_RATED = "There is no answer here any more that could be rated."
COMMENT_TITLE = "What was wrong?"
COMMENT_LABEL = "In your words, for those who look after the assistant"
COMMENT_SUBMIT = "Send"
COMMENT_CLOSE = "Skip"
NOT_YOURS = "Only the person who asked can press this. Ask in a message of your own."
CHOSEN_ALREADY = "This was answered already. Write a message to say something else."
CHOSEN = "✔️ {option}"
BUSY = "I am still at an earlier question. Ask again once it is answered."
EMPTY = "What would you like to know? Write it after the mention, or attach a file."
ARTIFACT_GONE = "The file {name} is no longer there. Ask for it again."
NO_FILE = "The file {name} could not be opened: {why} Attach it again, or paste the part that matters."
FILE_TOO_LARGE = "it is larger than {limit}."
FILE_FORBIDDEN = "Slack did not hand it over."
FILE_BROKEN = "it did not arrive whole."
FILE_EMPTY = "it is empty."
FILE_ELSEWHERE = "it is kept outside Slack."
RATE_LIMITED = (
    "Slack holds back events of workspace {team}: there are more than 30,000 an hour. Subscribe to fewer, or leave"
    " busy channels."
)
UNINSTALLED = (
    "The app has lost its rights in workspace {team} ({event}). Install it again and set its new bot token; replies"
    " wait until then."
)
UNAVAILABLE = "Something went wrong on our side. Please try again."
ASKED = "You asked: {text}"
ANSWER_HERE = "I answer in our direct messages."
NOTHING_ASKED = "Write your question after the command, as in `{command} What is the travel allowance?`"
ASK_TITLE = "Ask the assistant"
ASK_LABEL = "Your question"
ASK_SUBMIT = "Ask"
ASK_CLOSE = "Cancel"
ABOUT_DEFAULT = "Summarise this message."
PANE_TITLE = "You could ask:"
HOME_TITLE = "What I can do for you"
HOME_HOW = (
    "*Ask me* in a direct message, mention me in a channel, or use the shortcut _Ask the assistant_.\n"
    "*One thread, one conversation:* I remember what was said in it, and nothing of other threads.\n"
    "*Attach files* and I read them. *Stop* an answer with its button, or delete your question.\n"
    "*In channels* everybody there can read what I answer to you."
)
HOME_DOCUMENTS = {0: "There are no documents that you may read yet.", 1: "I can look things up in *1 document*."}
HOME_MANY_DOCUMENTS = "I can look things up in *{count} documents*."
HOME_TRY = "*You could ask:*"
JOB_STATES = {
    "queued": "⏳ Waiting",
    "running": "⏳ Working",
    "succeeded": "✅ Done",
    "partial": "⚠️ Done in part",
    "failed": "❌ Failed",
    "cancelled": "⏹️ Cancelled",
}
CANCEL_JOB = "Cancel"


def size(count: int) -> str:
    """Bytes for people: ``50 MB``."""
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count} bytes"


def tool(name: str) -> str:
    """A tool's name for people: ``search_documents`` is "Search documents"."""
    return name.replace("_", " ").strip().capitalize()
