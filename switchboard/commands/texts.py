"""What the commands say in their own words, so that it can be read and tested in one place."""

from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.assistant import Catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.forgetting import Forgotten
    from switchboard.storage import Job
    from tools.retrieval.ingest import IngestReport

LOG = Path("logs") / "switchboard.log"
"""Where the log is in the data folder."""

UNEXPECTED = "Something went wrong on our side. Please try again."
NO_SPACE = "The disk is full. Make room, then try again; what was stored before is whole."
STARTING = "Starting..."
INTERACTIVE_ONLY = "--attach and --json go with --once. In a chat, write /attach FILE."
ONE_OR_NEW = "Give either --conversation or --new."
INGEST_STOPPED = "Stopped. What was finished is in the library; the same command goes on with the rest."
OPEN_TO_OTHERS = (
    "Other machines can reach this address, unencrypted. Visitors without the sign-in link see public documents only."
)
QUESTION_TOO_LONG = "The question on standard input is too long. Attach it as a file with --attach."

NO_CONVERSATIONS = "There are no conversations."
KEYS_OR_PRINCIPAL = "Give either keys, as `switchboard conversations list` prints them, or --principal ID."
DELETE_NEEDS_YES = "Nobody is there to be asked. Add --yes to delete without being asked."
NOTHING_DELETED = "Nothing was deleted."

NEEDS_MCP = "--mcp needs the package mcp, which is not installed."
NEEDS_MCP_FIX = "Run: pip install 'switchboard-assistant[mcp]'"

EMPTY_OUTBOX = "Nothing waits to be sent."
KEY_OR_ALL = "Give either a key, as `switchboard outbox list` prints it, or --all, with --channel NAME for one channel."

NO_KEYS = "There are no API keys. `switchboard keys add` makes one."
KEY_REMOVED = "Removed. Whoever holds the key is refused from now on."
LABEL_TOO_LONG = "A label has at most {limit} characters."


def unknown_key(key_id: str) -> str:
    """For an id that leads nowhere."""
    return f"There is no API key {key_id!a}. `switchboard keys list` shows which there are."


def unknown_conversation(key: str) -> str:
    """For a key that leads nowhere."""
    return f"There is no conversation {key!a}. `switchboard conversations list` shows which there are."


def delete_question(conversations: int, turns: int) -> str:
    """What is asked before anything is forgotten."""
    return f"Delete {_count(conversations, 'conversation')} with {_count(turns, 'message')}, for good? [y/N]"


def deleted(forgotten: "Sequence[Forgotten]") -> str:
    """What was forgotten."""
    counts = [_count(len(forgotten), "conversation")]
    counts += [_count(files, "file")] if (files := sum(one.files for one in forgotten)) else []
    counts += [_count(jobs, "job")] if (jobs := sum(one.jobs for one in forgotten)) else []
    return f"Deleted {', '.join(counts)}."


def waits(state: str, attempts: int, when: str, why: str) -> str:
    """What became of a reply in the outbox so far, and what comes next."""
    tried = _count(attempts, "attempt")
    if state == "dead":
        return f"dead letter after {tried}: {why}"
    if state == "sending":
        return f"being sent, attempt {attempts}"
    return f"{tried}, next at {when}" + (f": {why}" if why else "")


def retried(replies: int) -> str:
    """What was asked for again."""
    if not replies:
        return "Nothing has failed there."
    verb = "is" if replies == 1 else "are"
    return f"{replies} repl{'y' if replies == 1 else 'ies'} {verb} sent again as soon as a server of the channel runs."


def discarded(replies: int) -> str:
    """What is sent no more."""
    if not replies:
        return "Nothing waits to be sent there."
    return f"Discarded {replies} repl{'y' if replies == 1 else 'ies'}. The transcript still has what they say."


NO_JOBS = "There are no jobs."


def unknown_job(job_id: str) -> str:
    """For an id that leads nowhere."""
    return f"There is no job {job_id!a}. `switchboard jobs list` shows which there are."


def job_state(job: "Job") -> str:
    """Where a job stands, in a few words."""
    done, total = job.progress
    state = "being cancelled" if job.cancelling and not job.ended else job.state
    words = [f"{state} {done:,}/{total:,}" if total and not job.ended else state]
    words += [f"attempt {job.attempts}"] if job.attempts > 1 or (job.attempts and not job.ended) else []
    words += ["not told yet"] if job.ended and job.due_at else []
    return ", ".join(words)


def job_can_not(action: str, job: "Job") -> str:
    """For an order that does not fit where a job stands."""
    if job.cancelling and not job.ended:
        return "That job is being cancelled already."
    fit = "waits or runs" if action == "cancel" else "has failed, was cancelled or is partial"
    return f"That job is {job.state}; {action} is for one that {fit}."


def job_ordered(job: "Job") -> str:
    """What was asked of a job."""
    if job.cancelling:
        return "It stops as soon as its worker hears of it."
    if job.ended:
        return "Cancelled. The person is told as soon as a worker or a server runs."
    return "It is tried again as soon as a worker or a server runs: `switchboard worker`."


def job_news(job: "Job", now: str) -> str:
    """A line for a beginning or an end of work on a job."""
    return f"{now}  {job.id}  {job.kind}  {job.state}, attempt {job.attempts}"


def working(kinds: "Sequence[str]") -> str:
    """What whoever starts a worker reads."""
    return f"Working on jobs of these kinds: {', '.join(kinds)}. Ctrl-C stops the worker."


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def incident(number: str, folder: Path | None) -> str:
    """The number of an incident, and where the rest is."""
    if folder is None:
        return f"(incident {number}; -v shows the details)"
    return f"(incident {number}; details in {folder / LOG})"


def serving(address: str, key: str, catalogue: Catalogue) -> str:
    """What whoever starts the web chat reads once it listens."""
    count = catalogue.documents
    lines = [
        f"Switchboard is at {address}",
        f"  sign in   {address}/?key={key}  (keep this link to yourself: it sees what you may see)",
        f"  library   {count} document{'' if count == 1 else 's'}"
        + ("" if count else "; add some: switchboard ingest FOLDER"),
        f"  model     {catalogue.model}" + (f": {catalogue.notice}" if catalogue.notice else ""),
    ]
    if catalogue.suggestions:
        lines += ["Try asking:", *(f"  {suggestion}" for suggestion in catalogue.suggestions[:3])]
    return "\n".join([*lines, "Ctrl-C stops the server."])


NOT_SERVED_FIX = "Give it a method serve(assistant), as docs/add-a-channel.md shows, or leave it out."
SERVED_NO_LONGER = "it ended by itself."


def not_served(name: str) -> str:
    """What is wrong with a channel that was to be served by name."""
    return f"The channel {name} does not fetch what people say."


def serving_channel(name: str) -> str:
    """A channel that fetches what people say has begun to."""
    return f"The channel {name} is being served."


def served_badly(kind: str, incident: str) -> str:
    """What failed in a channel, without the error's own words, in which there may be a token."""
    return f"{kind} (incident {incident}; {LOG} in the data folder has the details)."


def served_again(name: str, why: str, pause: float) -> str:
    """A channel has failed, and is begun again."""
    return f"switchboard: {name} begins again in {pause:g} s: {why}"


def serving_lex(address: str) -> str:
    """Where Lex clients find the bot on this machine."""
    return f"The Lex runtime is at {address}  (the endpoint_url of any lexv2-runtime client; any credentials will do)"


def ingested(report: "IngestReport") -> str:
    """What became of the files, and which could not be read and why."""
    from channels.terminal.clean import one_line

    counts = [f"{report.added} added", f"{report.changed} changed", f"{report.unchanged} unchanged"]
    counts += [f"{report.removed} removed"] if report.removed else []
    counts += [f"{len(report.failed)} failed"] if report.failed else []
    lines = [f"{', '.join(counts)}; {report.pages} pages read in {report.seconds:.1f} s."]
    for heading, problems in (("Not ingested:", report.failed), ("Ingested, but not whole:", report.warnings)):
        lines += [heading] if problems else []
        lines += [f"  {one_line(problem.path)}: {one_line(problem.reason)}" for problem in problems]
    return "\n".join(lines)
