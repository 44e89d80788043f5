"""Addresses that open a reply's sources and files for the person who got the reply. Pure."""

from dataclasses import replace
from urllib.parse import quote, urlsplit

from switchboard import Artifact, Citation, Conversation, Event, Reply


def source_link(citation: Citation, conversation: Conversation) -> str:
    """The document's own web address if it has one, else ours, at the page; empty if there is neither."""
    page = f"#page={citation.page}" if citation.page else ""
    if is_web(citation.link):
        return citation.link if urlsplit(citation.link).fragment else citation.link + page
    if not citation.document:
        return ""
    return f"/documents/{_escaped(citation.document)}?conversation={_escaped(conversation.thread)}{page}"


def file_link(digest: str, conversation: Conversation) -> str:
    """Our address of a file in the blob store; empty if it is not there."""
    return f"/files/{digest}?conversation={_escaped(conversation.thread)}" if digest else ""


def linked(event: Event, conversation: Conversation) -> Event:
    """The event with an address in it, where it is of the kind that has one."""
    match event:
        case Citation():
            return replace(event, link=source_link(event, conversation))
        case Artifact():
            return replace(event, link=event.link if is_web(event.link) else file_link(event.digest, conversation))
        case _:
            return event


def linked_reply(reply: Reply, conversation: Conversation) -> Reply:
    """The reply with addresses in its citations and files."""
    citations = tuple(replace(one, link=source_link(one, conversation)) for one in reply.citations)
    artifacts = tuple(
        one for one in (linked(each, conversation) for each in reply.artifacts) if isinstance(one, Artifact)
    )
    return replace(reply, citations=citations, artifacts=artifacts)


def is_web(link: str) -> bool:
    """Whether it is an absolute http or https address; anything else may be a script."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _escaped(part: str) -> str:
    return quote(part, safe="", errors="surrogatepass")
