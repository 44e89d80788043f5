"""The library's documents over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from switchboard import SourceFile
from switchboard.testing.assistant import FakeAssistant
from tests.channels.http.conftest import Api, SmallLibrary, api_of

LEAVE = SourceFile(name="leave.txt", title="Leave", media_type="text/plain", data=b"27 days")
TITLES = ("Leave", "Pay", "Travel")


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Api]:
    fake = FakeAssistant(library={"id/Leave": LEAVE}, private=frozenset({"id/Leave"}))
    async with api_of(fake, tmp_path, library=SmallLibrary(*TITLES)) as built:
        yield built


async def titles(caller: httpx.AsyncClient, query: str = "") -> tuple[list[str], int | None]:
    found = (await caller.get(f"/v1/documents{query}")).json()
    return [one["title"] for one in found["documents"]], found["next"]


async def test_documents_are_listed_by_title(shelf: Api) -> None:
    assert await titles(shelf.ann) == (list(TITLES), None)


async def test_documents_are_listed_in_pages(shelf: Api) -> None:
    assert await titles(shelf.ann, "?limit=2") == (["Leave", "Pay"], 2)
    assert await titles(shelf.ann, "?limit=2&offset=2") == (["Travel"], None)
    assert await titles(shelf.ann, "?offset=9") == ([], None)


async def test_what_was_attached_to_a_conversation_is_listed_with_it(shelf: Api) -> None:
    assert (await titles(shelf.ann, "?conversation=c"))[0] == [*TITLES, "attached.txt"]


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?offset=-1", "?offset=100001", "?conversation=a/b"])
async def test_a_list_that_can_not_be_is_refused(shelf: Api, query: str) -> None:
    assert (await shelf.ann.get(f"/v1/documents{query}")).status_code == 400


async def test_a_listed_document_opens_by_its_link_and_with_a_credential(shelf: Api) -> None:
    listed = (await shelf.ann.get("/v1/documents?limit=1")).json()["documents"][0]
    assert (await shelf.anybody.get(listed["link"])).content == b"27 days"
    assert (await shelf.ann.get(listed["url"])).content == b"27 days"
    assert (await shelf.anybody.get(listed["url"])).status_code == 401
