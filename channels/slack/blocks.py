"""From a reply to Slack messages and files, within every limit of Block Kit, nothing cut. Pure.

A message is rich text in blocks of a few thousand characters, then sources, pictures and buttons. Sizes are those of
Slack's reference for Block Kit; no size is documented for rich text and for a message's blocks together, so those are
kept below what others have seen to be refused (about 13,200 characters).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from channels.slack import texts
from channels.slack.markup import is_web, paragraph, units
from channels.slack.runs import Block, Run, Unit, escape, pieces, plain, rich_text
from switchboard import Artifact, Citation, Limits, Reply

BLOCK_SIZE = 2_900
MESSAGE_SIZE = 8_700
"""Of rich text; sources come on top, in messages of their own where they are many."""
UNITS_PER_BLOCK = 60
BUTTONS, BUTTON_TEXT, ALT_TEXT = 25, 75, 2_000
CONTEXT_ELEMENTS, CONTEXT_TEXT, CONTEXTS_PER_MESSAGE = 10, 500, 3
PICTURES_PER_MESSAGE = 10

LIMITS = Limits(
    text=MESSAGE_SIZE,
    buttons=BUTTONS,
    button_text=BUTTON_TEXT,
    edit_interval=1.0,
    stream_lifetime=240.0,
    ack_within=3.0,
    markup="mrkdwn",
)

QUESTION, FEEDBACK, STOP, CANCEL_JOB = "sb-answer", "sb-feedback", "sb-stop", "sb-cancel-job"
"""Names of actions; an answer's button has its place appended."""
ASK, COMMENT = "sb-ask", "sb-comment"
"""Names of what is written in forms."""
GOOD, BAD = "positive", "negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message to post.

    Attributes:
        number: Its place among the parts of its reply.
        text: What notifications and screen readers say.
        job: The job whose progress is to be shown below it.
    """

    number: int
    text: str
    blocks: tuple[Block, ...]
    job: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file to upload, by what finds it in the blob store."""

    number: int
    artifact: Artifact


Part: TypeAlias = Post | Upload


def render(reply: Reply) -> Sequence[Part]:
    """The reply as messages and files, in order."""
    options = reply.question.options if reply.question else ()
    buttons = len(options) <= BUTTONS and all(0 < len(option.strip()) <= BUTTON_TEXT for option in options)
    posts = list(_posts(_body(reply, () if buttons else options)))
    shown, uploads, named = _artifacts(reply.artifacts)
    for context in _contexts([*(_source(each) for each in reply.citations), *named]):
        posts = _with(posts, context, most=CONTEXTS_PER_MESSAGE)
    for picture in shown:
        posts = _with(posts, picture, most=PICTURES_PER_MESSAGE)
    if buttons and options:
        posts = _with(posts, _answers(options))
    if posts and reply.status in ("complete", "partial") and not reply.question and not reply.job:
        posts = _with(posts, _feedback())
    if posts and reply.job:
        posts[-1] = replace(posts[-1], job=reply.job.job_id)
    parts: list[Part] = [replace(post, number=number) for number, post in enumerate(posts)]
    return (*parts, *(Upload(number=len(parts) + place, artifact=one) for place, one in enumerate(uploads)))


def growing(text: str, stop: Block) -> Post:
    """A message that shows an answer while it is being written: its newest part, and a button that stops it."""
    posts = list(_posts(units(text) or [paragraph(texts.WORKING, italic=True)], size=BLOCK_SIZE))
    return replace(posts[-1], blocks=(*posts[-1].blocks, stop))


def note(text: str, *more: Block) -> Post:
    """A short message of the channel's own."""
    post = next(_posts([paragraph(text)]))
    return replace(post, blocks=(*post.blocks, *more))


def button(text: str, action: str, value: str, *, style: str = "") -> Block:
    """A button, within the limits of Slack."""
    label = {"type": "plain_text", "text": text[:BUTTON_TEXT], "emoji": True}
    element: Block = {"type": "button", "text": label, "action_id": action, "value": value}
    return {**element, "style": style} if style else element


def remark(text: str, name: str = "") -> Block:
    """A line in small print, in words that call nobody."""
    named = {"block_id": name} if name else {}
    return {"type": "context", **named, "elements": [{"type": "mrkdwn", "text": escape(text), "verbatim": True}]}


def actions(*elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def _body(reply: Reply, listed: Sequence[str]) -> list[Unit]:
    """What the reply says, as units."""
    body = units(reply.text)
    if reply.status == "stopped":
        body.append(paragraph(texts.PARTIAL_STOP if body else texts.STOPPED, italic=True))
    if reply.incident and reply.incident not in reply.text:
        body.append(paragraph(texts.INCIDENT.format(incident=reply.incident)))
    body += [paragraph(texts.WARNING.format(text=warning.text)) for warning in reply.warnings if warning.text.strip()]
    if reply.question:
        body += units(reply.question.text)
    body += [
        replace(paragraph(option), kind="item", number=number)
        for number, option in enumerate(listed, start=1)
        if option.strip()
    ]
    if reply.job:
        body += units(reply.job.text)
    return body


def _posts(body: Sequence[Unit], *, size: int = MESSAGE_SIZE) -> Iterator[Post]:
    """Messages that hold the units, in order."""
    held: list[list[Unit]] = []
    total = in_last = 0
    for unit in (piece for whole in body for piece in pieces(whole, BLOCK_SIZE)):
        counted = unit.size
        if held and total + counted > size:
            yield _post(held)
            held, total = [], 0
        if not held or len(held[-1]) >= UNITS_PER_BLOCK or in_last + counted > BLOCK_SIZE:
            held.append([])
            in_last = 0
        held[-1].append(unit)
        total += counted
        in_last += counted
    if held:
        yield _post(held)


def _post(held: Sequence[Sequence[Unit]]) -> Post:
    text = "\n".join(plain(group) for group in held)
    return Post(number=0, text=escape(text), blocks=tuple(rich_text(group) for group in held))


def _with(posts: list[Post], block: Block, *, most: int = 1) -> list[Post]:
    """The messages with a block at the end of the last one, or in a new one if that has its share of such."""
    alike = sum(one["type"] == block["type"] for one in posts[-1].blocks) if posts else most
    if alike >= most:
        return [*posts, Post(number=0, text=_spoken(block), blocks=(block,))]
    return [*posts[:-1], replace(posts[-1], text=_joined(posts[-1].text, block), blocks=(*posts[-1].blocks, block))]


def _joined(text: str, block: Block) -> str:
    """The text with the words of a block: sources are to be heard, too."""
    longer = f"{text}\n{_spoken(block)}" if block["type"] in ("context", "image") else text
    return longer if len(longer) <= MESSAGE_SIZE else text


def _spoken(block: Block) -> str:
    match block["type"]:
        case "context":
            return "\n".join(element["text"] for element in block["elements"])
        case "image":
            return escape(block["alt_text"])
        case _:
            return escape(", ".join(element["text"]["text"] for element in block["elements"]))


def _contexts(lines: Sequence[Sequence[str]]) -> Iterator[Block]:
    elements = [{"type": "mrkdwn", "text": text, "verbatim": True} for line in lines for text in line]
    for start in range(0, len(elements), CONTEXT_ELEMENTS):
        yield {"type": "context", "elements": elements[start : start + CONTEXT_ELEMENTS]}


def _source(citation: Citation) -> list[str]:
    title = " ".join(citation.title.split()) or citation.source or citation.document
    if citation.page:
        title = texts.PAGE.format(title=title, page=citation.page)
    return _labelled(f"[{citation.number}] ", title, citation.link)


def _labelled(mark: str, title: str, link: str) -> list[str]:
    """A title as mrkdwn, as a link where that is possible, in pieces that fit."""
    web = is_web(link)
    whole = f"{mark}<{escape(link)}|{escape(title)}>"
    if web and title.strip() and len(whole) <= CONTEXT_TEXT:
        return [whole]
    text = f"{mark}{title} ({link})" if web else f"{mark}{title}"
    return [escape(piece.text) for piece in pieces(Unit(runs=(Run(text=text),)), CONTEXT_TEXT)]


def _artifacts(artifacts: Sequence[Artifact]) -> tuple[list[Block], list[Artifact], list[list[str]]]:
    """Pictures to show, files to upload, and the rest, which can only be named."""
    shown: list[Block] = []
    uploads: list[Artifact] = []
    named: list[list[str]] = []
    for artifact in artifacts:
        if artifact.digest:
            uploads.append(artifact)
        elif _shows(artifact):
            shown.append({"type": "image", "image_url": artifact.link, "alt_text": artifact.name or "image"})
        else:
            named.append(_labelled("📎 ", artifact.name, artifact.link))
    return shown, uploads, named


def _shows(artifact: Artifact) -> bool:
    """Whether Slack can fetch it and show it."""
    picture = artifact.media_type.startswith("image/") and len(artifact.name) <= ALT_TEXT
    return picture and artifact.link.startswith("https://") and is_web(artifact.link)


def _answers(options: Sequence[str]) -> Block:
    return actions(*(button(option, f"{QUESTION}-{place}", option) for place, option in enumerate(options)))


def _feedback() -> Block:
    def thumb(text: str, value: str) -> Block:
        return {"text": {"type": "plain_text", "text": text}, "value": value}

    element = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": thumb(texts.HELPFUL, GOOD),
        "negative_button": thumb(texts.NOT_HELPFUL, BAD),
    }
    return {"type": "context_actions", "elements": [element]}
