"""The files of a draft: made of a template and of what is known, and put where the conversation finds them."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Literal

from switchboard import Artifact, ToolContext
from tools.drafts import converting, filling, pdf, preview, typesetting, word, wordfilling
from tools.drafts.backend import Format, Party, Value
from tools.drafts.blocks import Block, Page, Picture
from tools.drafts.letterhead import Letterhead
from tools.drafts.reckoning import Reckoned
from tools.drafts.sandbox import clean
from tools.drafts.showing import shown
from tools.drafts.templates import Template
from tools.drafts.texts import Says

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
    """What a draft came to.

    Attributes:
        unshown: How many characters no font of the PDF has.
        without: Why there is no PDF although one was wanted: the name of a phrase.
    """

    files: tuple[File, ...]
    unshown: int = 0
    without: Literal["", "no_pdf", "pdf_failed"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be drafted.

    Attributes:
        locale: Babel's name of it, such as ``de_DE``.
        picture: An illustration, PNG or JPEG.
        letterhead: Of the firm on whose behalf drafts are made; it is used where the firm is the sender.
    """

    template: Template
    language: str
    locale: str
    values: Mapping[str, Value]
    reckoned: Reckoned
    version: int
    format: Format = "both"
    picture: bytes | None = None
    letterhead: Letterhead | None = None


def make(order: Order) -> Made:
    """The files: Word and PDF, or one of them, and a picture of the first page.

    Takes a tenth of a second, and half a second the first time; some seconds of a Word template, for its PDF.
    """
    template, language = order.template, order.language
    values = shown(template, order.values, order.reckoned, order.locale)
    if template.documents:
        return _of_word(order, values)
    blocks = _illustrated(filling.fill(template, language, values), order.picture)
    name = file_name(order)
    head = order.letterhead if order.letterhead and _is_ours(order) else Letterhead()
    page = Page(
        title=name,
        language=language,
        footer=Says(language)("note"),
        pages=Says(language)("pages", page="{page}", pages="{pages}"),
        letter=order.locale.rpartition("_")[2] in _LETTER,
        template=f"{template.name} {template.version}",
        logo=head.logo,
        firm=head.line,
    )
    printed = pdf.document(blocks, page)
    files = [File(name=f"{name}.png", media_type=PNG, data=preview.first_page(printed))]
    if order.format != "docx":
        files.insert(0, File(name=f"{name}.pdf", media_type=PDF, data=printed))
    if order.format != "pdf":
        files.insert(0, File(name=f"{name}.docx", media_type=DOCX, data=word.document(blocks, page)))
    unshown = sum(typesetting.missing(clean(text)) for text in _said(values)) if order.format != "docx" else 0
    return Made(files=tuple(files), unshown=unshown)


def _of_word(order: Order, values: Mapping[str, object]) -> Made:
    """The files of a Word template. The PDF is made of the Word file itself, so that it looks the same."""
    name = file_name(order)
    data = wordfilling.fill(order.template, order.language, values, title=name, picture=order.picture)
    soffice = converting.program()
    printed = converting.to_pdf(data, soffice) if soffice else None
    files = [File(name=f"{name}.docx", media_type=DOCX, data=data)] if order.format != "pdf" or not printed else []
    if printed and order.format != "docx":
        files.append(File(name=f"{name}.pdf", media_type=PDF, data=printed))
    if printed:
        files.append(File(name=f"{name}.png", media_type=PNG, data=preview.first_page(printed)))
    wanted = order.format != "docx" and not printed
    return Made(files=tuple(files), without="" if not wanted else "pdf_failed" if soffice else "no_pdf")


def _is_ours(order: Order) -> bool:
    """Whether the sender is the firm that the settings name, and not somebody whom a person named."""
    ours = (order.values.get(field.name) for field in order.template.fields if field.ours)
    return any(value is not None and value.origin.source == "settings" for value in ours)


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
    bare = " ".join(re.sub(r"[^\w\s.&-]", " ", clean(whole)).split())
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
