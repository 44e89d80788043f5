"""What a newcomer is offered: the library's, by what this person may read, without waiting for it long."""

import asyncio
from dataclasses import dataclass, field

import pytest

from channels.gateway.catalogues import FRESH_SECONDS, MOST, Catalogues
from switchboard import BackendError, Catalogue, Principal

from .stage import ANN, a_stage

EVE = Principal(id="eve")
NOTHING = Catalogue(documents=0, suggestions=(), model="")


@dataclass
class Library:
    """Has as many documents as it was asked, and a clock."""

    asked: list[str] = field(default_factory=list)
    error: Exception | None = None
    now: float = 0.0

    async def listing(self, principal: Principal) -> Catalogue:
        self.asked.append(principal.id)
        if self.error:
            raise self.error
        return Catalogue(documents=len(self.asked), suggestions=(f"What is there for {principal.id}?",), model="")

    def catalogues(self) -> Catalogues:
        return Catalogues(self.listing, clock=lambda: self.now)


async def test_hello_is_answered_with_what_the_library_has_for_this_person() -> None:
    async with a_stage([], listing=Library().listing) as stage:
        welcome = await (await stage.connect("one")).hello()
        assert (welcome["documents"], welcome["suggestions"]) == (1, ["What is there for ann?"])


async def test_suggestions_of_the_settings_spare_the_look_into_the_library() -> None:
    library = Library()
    async with a_stage([], listing=library.listing, suggestions=("What is new?",)) as stage:
        welcome = await (await stage.connect("one")).hello()
        assert (welcome["documents"], welcome["suggestions"]) == (0, ["What is new?"])
        assert library.asked == []


async def test_a_catalogue_is_remembered_for_a_while_and_for_nobody_else() -> None:
    library = Library()
    catalogues = library.catalogues()
    assert (await catalogues.of(ANN)).documents == (await catalogues.of(ANN)).documents == 1
    assert (await catalogues.of(EVE)).suggestions == ("What is there for eve?",)
    library.now = FRESH_SECONDS
    assert (await catalogues.of(ANN)).documents == 3


async def test_somebody_who_has_joined_a_group_sees_what_is_there_for_it() -> None:
    library = Library()
    catalogues = library.catalogues()
    await catalogues.of(ANN)
    await catalogues.of(Principal(id="ann", groups=frozenset({"staff"}), verified=True))
    assert library.asked == ["ann", "ann"]


@pytest.mark.parametrize("error", [BackendError(service="kendra", operation="list", code="throttled"), TimeoutError()])
async def test_a_library_that_does_not_answer_keeps_nobody_waiting_and_is_asked_again(error: Exception) -> None:
    library = Library(error=error)
    catalogues = library.catalogues()
    assert await catalogues.of(ANN) == NOTHING
    library.error = None
    assert (await catalogues.of(ANN)).documents == 2


async def test_a_library_that_hangs_is_left_out() -> None:
    async def hang(principal: Principal) -> Catalogue:
        await asyncio.Event().wait()
        raise AssertionError

    assert await Catalogues(hang, clock=lambda: 0.0, patience=0.01).of(ANN) == NOTHING


async def test_only_so_many_people_are_remembered() -> None:
    library = Library()
    catalogues = library.catalogues()
    for number in range(MOST + 1):
        await catalogues.of(Principal(id=f"{number}"))
    await catalogues.of(Principal(id="1"))
    await catalogues.of(Principal(id="0"))
    assert library.asked[MOST + 1 :] == ["0"]
