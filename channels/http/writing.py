"""A reply as one text, for clients that show text and nothing else. Pure."""

from channels.http import texts
from channels.http.tickets import Links
from switchboard import Citation, Conversation, Question, Reply


def written(reply: Reply, links: Links, conversation: Conversation) -> str:
    """All of a reply as Markdown: the text, and below it what else there is to know, to choose and to open."""
    return reply.text + below(reply, links, conversation)


def below(reply: Reply, links: Links, conversation: Conversation) -> str:
    """What stands below the text, parted from it; empty where a reply is its text alone."""
    parts = [warning.text for warning in reply.warnings]
    parts += _question(reply.question, reply.text) if reply.question else []
    parts += [reply.job.text] if reply.job and reply.job.text not in reply.text else []
    parts += _sources(links.reply(reply, conversation))
    told = "\n\n".join(filter(None, parts))
    return f"\n\n{told}" if reply.text and told else told


def _question(question: Question, said: str) -> list[str]:
    choices = " / ".join(question.options)
    asked = "" if question.text in said else question.text
    return [asked, texts.CHOICES.format(choices=choices) if choices else ""]


def _sources(reply: Reply) -> list[str]:
    lines = [_line(f"[{one.number}] {one.title}", _page(one), one.link) for one in reply.citations]
    lines += [_line(one.name, "", one.link) for one in reply.artifacts]
    return [texts.SOURCES, "\n".join(lines)] if lines else []


def _line(title: str, page: str, link: str) -> str:
    plain = " ".join(title.split()).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return f"- [{plain}{page}](<{link}>)" if link else f"- {plain}{page}"


def _page(citation: Citation) -> str:
    return f", page {citation.page}" if citation.page else ""
