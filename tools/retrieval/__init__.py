"""Finding the passages of the library that answer a question, for whoever may read them."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from switchboard.plugins import Setup
from switchboard.tools import Tool

if TYPE_CHECKING:
    from tools.reading.backend import Document
    from tools.retrieval.embedded import EmbeddedLibrary


def embedded_library(setup: Setup, name: str) -> "EmbeddedLibrary":
    """The backend ``retriever.embedded``: one index file in the data folder."""
    from tools.retrieval.embedded import EmbeddedLibrary

    return EmbeddedLibrary(setup.settings.data_dir / "library")


def search_documents(setup: Setup) -> Tool:
    """Find passages in the library and in the files attached to a conversation, with their sources."""
    from tools.retrieval.tool import search_tool

    library, reader = setup.backend("retriever"), setup.backend("reader")

    def read(data: bytes, file_name: str) -> "Awaitable[Document]":
        return reader.read(data, name=file_name)  # type: ignore[no-any-return]

    return search_tool(library, read, notices=lambda: getattr(library, "notices", ()))


def list_documents(setup: Setup) -> Tool:
    """List the documents that whoever asks may read."""
    from tools.retrieval.tool import list_tool

    return list_tool(setup.backend("retriever"))
