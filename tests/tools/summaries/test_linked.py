"""Summaries of documents behind links, where the settings allow them, with the real assistant."""

from dataclasses import dataclass, field

from switchboard import BackendError, Principal
from switchboard.testing.running import SOMEBODY, SOMEWHERE
from tests.tools.summaries.house import House, asked
from tests.tools.summaries.test_summarize_tool import calls
from tools.summaries.fetching import Fetched

LINK = "https://docs.example.org/plan.txt"


@dataclass
class Web:
    """A fetcher that has one document."""

    fetched: list[str] = field(default_factory=list)
    failure: Exception | None = None

    async def fetch(self, link: str) -> Fetched:
        self.fetched.append(link)
        if self.failure:
            raise self.failure
        return Fetched(name="plan.txt", media_type="text/plain", data=b"Sales rose.\nCosts fell.")


async def test_a_linked_document_is_cited_by_its_link_and_kept_for_the_conversation_alone(house: House) -> None:
    web = Web()
    house.fetchers["https"] = web
    async with house.open(calls(document=LINK)) as assistant:
        reply = await asked(assistant, f"Summarise {LINK}")
        assert "- Sales rose. [1]\n- Costs fell. [2]" in reply.text
        assert [(each.link, each.source, each.page) for each in reply.citations] == [(LINK, LINK, 1), (LINK, LINK, 2)]
        document = reply.citations[0].document
        mine = await assistant.source(document, principal=SOMEBODY, conversation=SOMEWHERE.key)
        assert mine is not None
        assert mine.data == b"Sales rose.\nCosts fell."
        assert await assistant.source(document, principal=SOMEBODY, conversation="elsewhere") is None
    assert web.fetched == [LINK]


async def test_a_link_of_another_kind_is_not_followed(house: House) -> None:
    house.fetchers["https"] = Web()
    async with house.open(calls(document="s3://bucket/key")) as assistant:
        assert "not fetched from there" in (await asked(assistant, "Summarise it")).text


async def test_what_is_fetched_with_our_rights_is_for_those_who_are_known(house: House) -> None:
    web = Web()
    house.fetchers["s3"] = web
    async with house.open(calls(document="s3://reports/plan.txt")) as assistant:
        visitor = await asked(assistant, "Summarise it", principal=Principal(id="visitor"))
        assert "not fetched from there" in visitor.text
        assert web.fetched == []
        known = await asked(assistant, "Summarise it")
        assert "- Sales rose. [1]" in known.text
        assert [each.link for each in known.citations] == ["", ""]


async def test_a_place_that_does_not_answer_is_a_sentence(house: House) -> None:
    house.fetchers["https"] = Web(failure=BackendError(service="s3", operation="get", code="timeout", retryable=True))
    async with house.open(calls(document=LINK)) as assistant:
        assert "The summary did not work just now." in (await asked(assistant, "Summarise it")).text
