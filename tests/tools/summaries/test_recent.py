"""Summaries made within a turn are given again for a while, and only as they were."""

from dataclasses import replace

import pytest

from switchboard.testing.models import Call, Step
from switchboard.testing.running import SOMEWHERE
from tests.tools.summaries.house import FirstLine, House, asked
from tools.summaries.recent import FRESH, Recent
from tools.summaries.showing import Shown

SUMMARY = Shown(text="In short.", citations=(), warnings=(), missing=(), tokens=(0, 0))


class Now:
    def __init__(self) -> None:
        self.time = 1e9

    def __call__(self) -> float:
        return self.time


def test_it_is_given_for_a_day() -> None:
    now = Now()
    recent = Recent(clock=now)
    recent.put("a", SUMMARY)
    now.time += FRESH - 1
    assert recent.get("a") == SUMMARY
    now.time += 1
    assert recent.get("a") is None


def test_one_that_lacks_something_is_not_kept() -> None:
    recent = Recent()
    recent.put("a", replace(SUMMARY, missing=("page 3",)))
    assert recent.get("a") is None


def test_when_there_are_too_many_the_oldest_goes() -> None:
    recent = Recent(most=2)
    for key in ("a", "b", "a", "c"):
        recent.put(key, SUMMARY)
    assert [recent.get(key) is not None for key in "abc"] == [True, False, True]


def twice(**second: str) -> list[Step]:
    return [Call("summarize_document"), "Here it is.", Call("summarize_document", **second), "Here it is."]


@pytest.mark.parametrize(("second", "made"), [({}, 1), ({"length": "long"}, 2), ({"focus": "costs"}, 2)])
async def test_the_same_is_not_made_twice_within_turns(
    house: House, summarizer: FirstLine, second: dict[str, str], made: int
) -> None:
    async with house.open(twice(**second)) as assistant:
        first = await asked(assistant, "Summarise this", await house.attach("plan.txt", b"Sales rose."))
        again = await asked(assistant, "Summarise this once more")
        assert [each.page for each in again.citations] == [each.page for each in first.citations]
        assert (len(summarizer.asked), len(house.reader.names)) == (made, made)


async def test_what_is_gone_is_not_told_of_any_more(house: House, summarizer: FirstLine) -> None:
    async with house.open([*twice()[:3], lambda messages: str(messages[-1].text)]) as assistant:
        await asked(assistant, "Summarise this", await house.attach("plan.txt", b"Sales rose."))
        await house.blobs.delete_owner(SOMEWHERE.key)
        assert "That document is no longer there" in (await asked(assistant, "Summarise this once more")).text
