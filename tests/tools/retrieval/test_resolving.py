"""From what a person calls a document to the document."""

import pytest

from tools.retrieval.backend import Access, Source
from tools.retrieval.resolving import resolve


def source(identity: str, title: str, path: str = "", conversation: str = "") -> Source:
    return Source(id=identity, title=title, path=path, access=Access(public=True, conversation=conversation))


LIBRARY = [
    source("1", "Travel and expense policy", "docs/travel_policy.docx"),
    source("2", "Price list 2025", "prices/pricelist-2025.xlsx"),
    source("3", "Price list 2026", "prices/pricelist-2026.xlsx"),
    source("4", "Supplier agreement with Okapi", "contracts/okapi.pdf"),
    source("5", "scan0001.pdf", conversation="t/web/r/1"),
]


def ids(name: str) -> list[str]:
    return [found.id for found in resolve(name, LIBRARY).fitting]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Travel and expense policy", "1"),
        ("the travel policy", "1"),
        ("travel_policy.docx", "1"),
        ("TRAVEL POLICY", "1"),
        ("the travle policy", "1"),
        ("price list 2026", "3"),
        ("pricelist-2025.xlsx", "2"),
        ("the Okapi contract.pdf", "4"),
        ("supplier agreement", "4"),
        ("scan0001", "5"),
        ("this file", "5"),
        ("the attached document", "5"),
    ],
)
def test_one_document_is_meant(name: str, expected: str) -> None:
    assert ids(name) == [expected]


def test_a_name_that_several_fit_gives_them_all() -> None:
    assert ids("the price list") == ["2", "3"]


def test_an_unknown_name_gives_the_nearest() -> None:
    meant = resolve("travel insurance certificate of Ann", LIBRARY)
    assert not meant.fitting
    assert [found.id for found in meant.nearest] == ["1"]


@pytest.mark.parametrize("name", ["", "  ", "???", "quantum chromodynamics", "x" * 100_000, "\ud800"])
def test_odd_names_mean_nothing_in_particular(name: str) -> None:
    assert ids(name) in ([], ["5"])


def test_another_year_is_another_document() -> None:
    meant = resolve("price list 2027", LIBRARY)
    assert not meant.fitting
    assert [found.id for found in meant.nearest[:2]] == ["2", "3"]


def test_nothing_is_meant_in_an_empty_library() -> None:
    assert resolve("policy", []).fitting == ()


def test_what_was_attached_comes_before_its_like_in_the_library() -> None:
    attached = source("6", "okapi.pdf", conversation="t/web/r/1")
    assert [found.id for found in resolve("okapi.pdf", [*LIBRARY, attached]).fitting] == ["6"]
