"""What the tests of the library share: whoever asks, and documents to ask about."""

from switchboard import Principal
from tools.reading.backend import Block, Document, Page
from tools.retrieval.backend import Access, Source

ALICE = Principal(id="alice", groups=frozenset({"staff"}), verified=True)
PUBLIC = Access(public=True)


def document(*texts: str, paged: bool = True) -> Document:
    pages = tuple(Page(number=number, blocks=(Block(kind="text", text=text),)) for number, text in enumerate(texts, 1))
    return Document(name="d", title="d", media_type="text/plain", digest="", pages=pages, paged=paged)


def source(identity: str, title: str = "", access: Access = PUBLIC, **attributes: str) -> Source:
    return Source(id=identity, title=title or identity, access=access, attributes=attributes, digest="d" * 64)
