"""What a retriever is: a question and a principal in, passages out; access is closed unless it was opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from switchboard import Principal
from tools.reading.backend import Document

Value: TypeAlias = str | float | tuple[str, ...]
Operator = Literal["equals", "contains", "at_least", "at_most"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A condition on an attribute; a document without the attribute does not match.

    ``equals`` and ``contains`` (an item of a list) ignore case; ``at_least`` and ``at_most`` compare numbers, and text
    (ISO dates) as text.
    """

    attribute: str
    operator: Operator
    value: str | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may read a document. A denial always wins; nobody may read what names nobody.

    Attributes:
        public: Everybody who reaches the assistant may.
        conversation: When set, the document was attached there: it is found in that conversation only, by its owner.
    """

    public: bool = False
    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    denied_users: frozenset[str] = frozenset()
    denied_groups: frozenset[str] = frozenset()
    conversation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the library knows of a document besides its text.

    Attributes:
        id: Stable identity: where it came from, not what it says.
        uri: Address for people, if it has one on the web; otherwise empty.
        path: Where the file was ingested from; shown to its owner only.
        digest: SHA-256 of the bytes; finds the kept copy in the blob store.
        attributes: Filterable facts (Kendra's names: ``_category``, ``_created_at``, ... and the library's own).
    """

    id: str
    title: str
    access: Access
    uri: str = ""
    path: str = ""
    digest: str = ""
    media_type: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a document that may answer the question.

    Attributes:
        text: As the document says it.
        page: From 1; 0 where pages mean nothing.
        headings: The headings above it, outermost first.
        score: Relevance between 0 and 1; comparable within one search only.
    """

    source: Source
    text: str
    page: int
    headings: tuple[str, ...] = ()
    score: float = 0.0


class Retriever(Protocol):
    """Finds passages."""

    async def search(
        self,
        query: str,
        *,
        principal: Principal,
        document: str = "",
        filters: Sequence[Filter] = (),
        conversation: str = "",
        limit: int = 10,
    ) -> Sequence[Passage]:
        """The best passages that the principal may read, best first.

        Args:
            query: In a person's words; any text is safe.
            document: Only in the document of this id; a foreign or unknown id finds nothing.
            conversation: Also in what was attached to this conversation by this principal.

        Raises:
            BackendError: The search itself failed; never an empty answer instead.
        """
        ...

    async def sources(self, *, principal: Principal, conversation: str = "", limit: int = 1000) -> Sequence[Source]:
        """The documents that the principal may read, by title."""
        ...

    async def source(self, document: str, *, principal: Principal, conversation: str = "") -> Source | None:
        """One document, or ``None``: unknown and not allowed look the same."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...


class Library(Retriever, Protocol):
    """A retriever that documents can be put into."""

    async def put(self, source: Source, document: Document) -> int:
        """Index a document, replacing what has its id, all or nothing. Returns the number of chunks."""
        ...

    async def describe(self, source: Source) -> bool:
        """Change title, access or attributes of a document whose text is the same. Returns whether it is there."""
        ...

    async def remove(self, document: str) -> bool:
        """Forget a document. Returns whether it was there."""
        ...

    async def forget(self, conversation: str) -> int:
        """Forget what was attached to the conversation of this key, so that it can't be read from the files either.

        Returns:
            How many documents that were.
        """
        ...

    async def stored(self, prefix: str = "") -> Mapping[str, Source]:
        """Every document whose path begins with ``prefix``, by id, whoever may read it: for ingest only."""
        ...
