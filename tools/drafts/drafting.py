"""The files of a draft: made of a template and of what is known, and put where the conversation finds them."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from switchboard import Artifact, ToolContext
from tools.drafts import filling, pdf, preview, texts, typesetting, word
from tools.drafts.backend import Format, Party, Value
from tools.drafts.blocks import Block, Page, Picture
from tools.drafts.reckoning import Reckoned
from tools.drafts.showing import shown
from tools.drafts.templates import Template

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PNG = "image/png"
LARGEST = 50_000_000
_LETTER = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})
"""Countries that print on US Letter."""
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a draft, not stored yet."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a draft came to. ``unshown`` counts the characters that no font of the PDF has."""

    files: tuple[File, ...]
    unshown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be drafted.

    Attributes:
        locale: Babel's name of it, such as ``de_DE``.
        picture: An illustration, PNG or JPEG.
    """

    template: Template
    language: str
    locale: str
    values: Mapping[str, Value]
    reckoned: Reckoned
    version: int
    format: Format = "both"
    picture: bytes | None = None


def make(order: Order) -> Made:
    """The files: Word and PDF, or one of them, and a picture of the first page.

    Takes a tenth of a second, and half a second the first time.
    """
    template, language = order.template, order.language
    values = shown(template, order.values, order.reckoned, order.locale)
    blocks = _illustrated(filling.fill(template, language, values), order.picture)
    name = file_name(order)
    page = Page(
        title=name,
        language=language,
        footer=texts.NOTE.get(language, texts.NOTE["en"]),
        pages=texts.PAGES.get(language, texts.PAGES["en"]),
        letter=order.locale.rpartition("_")[2] in _LETTER,
        template=f"{template.name} {template.version}",
    )
    printed = pdf.document(blocks, page)
    files = [File(name=f"{name}.png", media_type=PNG, data=preview.first_page(printed))]
    if order.format != "docx":
        files.insert(0, File(name=f"{name}.pdf", media_type=PDF, data=printed))
    if order.format != "pdf":
        files.insert(0, File(name=f"{name}.docx", media_type=DOCX, data=word.document(blocks, page)))
    unshown = sum(typesetting.missing(filling.clean(text)) for text in _said(values)) if order.format != "docx" else 0
    return Made(files=tuple(files), unshown=unshown)


def file_name(order: Order) -> str:
    """The title, who it is for, and the version: what a person would call the file."""
    parties = [
        each.value.name
        for field in order.template.fields
        if field.type == "party"
        and not field.ours
        and (each := order.values.get(field.name))
        and isinstance(each.value, Party)
    ]
    whole = " ".join([order.template.title[order.language], *parties])
    bare = " ".join(re.sub(r"[^\w\s.&-]", " ", filling.clean(whole)).split())
    return f"{bare[:_LONGEST_NAME].strip(' .')} v{order.version}"


async def stored(files: tuple[File, ...], context: ToolContext) -> tuple[Artifact, ...]:
    """The files in the blob store, for the conversation alone."""
    return tuple(await asyncio.gather(*(_stored(file, context) for file in files)))


async def _stored(file: File, context: ToolContext) -> Artifact:
    async def chunks() -> AsyncIterator[bytes]:
        yield file.data

    blob = await context.blobs.put(
        chunks(), owner=context.conversation.key, name=file.name, media_type=file.media_type, limit=LARGEST
    )
    return Artifact(name=file.name, media_type=file.media_type, size=blob.size, digest=blob.digest)


def _illustrated(blocks: tuple[Block, ...], picture: bytes | None) -> tuple[Block, ...]:
    """The picture stands below the title, or at the top where there is none."""
    if picture is None:
        return blocks
    titles = (at + 1 for at, block in enumerate(blocks) if getattr(block, "level", 0) == 1)
    at = next(titles, 0)
    return (*blocks[:at], Picture(data=picture), *blocks[at:])


def _said(values: Mapping[str, object]) -> list[str]:
    """Every text among the values."""
    out: list[str] = []
    for value in values.values():
        if isinstance(value, str):
            out.append(value)
        elif isinstance(value, list | tuple):
            out += [str(getattr(each, "description", each)) for each in value]
        elif isinstance(value, Party):
            out += [value.name, *value.address]
    return out
