"""What a document calls itself: title, kind and date, as they stand at its head."""

from dataclasses import replace

import pytest

from tests.tools.summaries.written_documents import document, heading, text
from tools.reading.backend import Document
from tools.summaries.subject import subject

LONG = text("The three offers that had come in were opened, and the cheapest one that was complete has been accepted.")


def lines(*head: str, title: str = "paper") -> Document:
    return document((text("\n".join(head)), LONG), title=title)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            ("MINUTES OF THE BOARD", "Riverside Trust", "Tuesday, 9 June 2026"),
            "MINUTES OF THE BOARD · Tuesday, 9 June 2026",
        ),
        (("AquaLift 300 Submersible Pump", "Operating Manual"), "AquaLift 300 Submersible Pump · Operating Manual"),
        (("Protokoll der Sitzung vom 17. März 2026",), "Protokoll der Sitzung vom 17. März 2026"),
        (("Hansa Immobilien GmbH", "20457 Hamburg", "MIETVERTRAG"), "Hansa Immobilien GmbH · MIETVERTRAG"),
        (("Harlow Instruments to Acquire Sensolytics",), "Harlow Instruments to Acquire Sensolytics"),
        (("Mühlbach, 3. November 2026", "Dear Mr Field"), ""),
        (("Contract No. CON02858", "Page 1 of 3"), ""),
    ],
)
def test_a_file_without_a_title_is_called_by_the_lines_at_its_head(head: tuple[str, ...], expected: str) -> None:
    assert subject(lines(*head)) == expected


def test_a_title_that_names_no_kind_and_no_period_is_told_with_them() -> None:
    filing = lines(
        "FORM 10-Q", "Report under Section 13 for the quarterly period ended December 31, 2022", title="AMCOR PLC"
    )
    assert subject(filing) == "AMCOR PLC · FORM 10-Q · for the quarterly period ended December 31, 2022"


@pytest.mark.parametrize(
    "title", ["paper", "EX-10.9 11 d560883.htm", "Microsoft Word - x.doc", "03efbda01358533c167ca9b1e6d7"]
)
def test_a_title_that_a_machine_made_is_none(title: str) -> None:
    assert subject(document((heading("Lease"), LONG), title=title)) == "Lease"


def test_what_is_shown_already_is_not_said_again() -> None:
    assert subject(lines(title="Frame Supply Agreement"), known="frame supply agreement") == ""


def test_a_mail_is_called_by_what_it_is_about_and_when_it_was_sent() -> None:
    metadata = {"subject": "RE: Outage", "date": "Thu, 12 Mar 2026 16:42:00 +0000"}
    mail = replace(lines(title="RE: AW: Outage of Tuesday"), metadata=metadata)
    assert subject(mail) == "Outage of Tuesday · Thu, 12 Mar 2026"
