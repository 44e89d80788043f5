"""Documents as a reader hands them on, in a few words."""

from tools.reading.backend import Block, Document, Page


def document(*pages: tuple[Block, ...], language: str = "en", title: str = "", paged: bool = True) -> Document:
    """A document of so many pages."""
    return Document(
        name="paper.pdf",
        title=title,
        media_type="application/pdf",
        digest="",
        pages=tuple(Page(number=number, blocks=blocks, language=language) for number, blocks in enumerate(pages, 1)),
        paged=paged,
    )


def text(content: str) -> Block:
    """A paragraph."""
    return Block(kind="text", text=content)


def items(*lines: str) -> Block:
    """A list."""
    return Block(kind="list", text="\n".join(lines))


def heading(content: str, level: int = 1) -> Block:
    """A heading."""
    return Block(kind="heading", text=content, level=level)


def table(*rows: str) -> Block:
    """A table, its cells parted by bars."""
    return Block(kind="table", text="\n".join(rows))
