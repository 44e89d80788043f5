"""Finding the passages of the library that answer a question, for whoever may read them."""

from typing import TYPE_CHECKING

from switchboard.jobs import JobKind
from switchboard.plugins import Setup
from switchboard.tools import Tool

if TYPE_CHECKING:
    from tools.retrieval.embedded import EmbeddedLibrary


def embedded_library(setup: Setup, name: str) -> "EmbeddedLibrary":
    """The backend ``retriever.embedded``: one index file in the data folder."""
    from tools.retrieval.embedded import EmbeddedLibrary

    return EmbeddedLibrary(setup.settings.data_dir / "library")


def search_documents(setup: Setup) -> Tool:
    """Find passages in the library and in the files attached to a conversation, with their sources."""
    from tools.retrieval.tool import search_tool

    library = setup.backend("retriever")
    return search_tool(library, setup.backend("reader"), notices=lambda: getattr(library, "notices", ()))


def list_documents(setup: Setup) -> Tool:
    """List the documents that whoever asks may read."""
    from tools.retrieval.tool import list_tool

    return list_tool(setup.backend("retriever"))


def read_files(setup: Setup) -> JobKind:
    """Read attached files that take long, and answer from them."""
    from tools.retrieval.reading_on import read_files_job

    return read_files_job(setup.backend("retriever"), setup.backend("reader"))
