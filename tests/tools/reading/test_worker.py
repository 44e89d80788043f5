"""What a worker says to what it is asked; and what the pool makes of a worker that talks nonsense."""

import asyncio
import io
import json
import sys

import pytest

from switchboard import BadInput
from tools.reading import EmbeddedReader, ReadingLimits
from tools.reading.frames import HEADER, document_from_json, document_to_json, frame, length
from tools.reading.process import Lost, Worker
from tools.reading.worker import _stop_after, _tell, serve

LIMITS = {"seconds": 1000.0}


def _answers(*requests):
    replies = io.BytesIO()
    serve(io.BytesIO(b"".join(requests)), replies)
    _stop_after(0)
    replies.seek(0)
    answers = []
    while header := replies.read(HEADER.size):
        answer = json.loads(replies.read(length(header)))
        answers.append((answer, replies.read(answer.get("size", 0))))
    return answers


def _request(do, body=b"", **arguments):
    return frame({"do": do, "size": len(body), "seconds": 1000.0, **arguments}) + body


def _whole(body, name="a.txt"):
    """A file of one piece, opened, read and put together."""
    opened, (piece, kept) = _answers(_request("open", body, name=name, limits=LIMITS), _request("read", pieces=[0]))
    assert piece["size"] == len(kept)
    *_, (answer, _) = _answers(
        _request("open", body, name=name, limits=LIMITS), _request("together", kept, sizes=[len(kept)])
    )
    return opened[0]["opened"], answer["document"]


def test_a_file_is_opened_read_and_put_together():
    opened, document = _whole(b"one")
    assert (opened["count"], opened["patience"]) == (1, None)
    assert document_from_json(document).pages[0].text == "one"


def test_a_file_is_read_from_its_path(tmp_path):
    (tmp_path / "a.md").write_text("# Title")
    (answer, _), *_ = _answers(_request("open", name="a.md", path=str(tmp_path / "a.md"), limits=LIMITS))
    assert answer["opened"]["count"] == 1


def test_a_file_that_cannot_be_read_says_why():
    ((answer, _),) = _answers(_request("open", b"", name="a.txt", limits=LIMITS))
    assert answer == {"unreadable": ["a.txt", "the file is empty", "empty"]}


def test_the_pages_of_a_pdf_are_pieces_that_can_be_read_in_any_order(make_pdf):
    data = make_pdf(*(lambda c, n=n: c.drawString(50, 700, f"page {n} here") for n in (1, 2, 3)))
    asked = (_request("open", data, name="a.pdf", limits=LIMITS), _request("read", pieces=[2, 0]))
    _, *pieces = _answers(*asked, _request("read", pieces=[1]))
    assert [answer["piece"] for answer, _ in pieces] == [2, 0, 1]
    bodies = [body for _, body in sorted(pieces, key=lambda piece: piece[0]["piece"])]
    together = _request("together", b"".join(bodies), sizes=[len(body) for body in bodies])
    *_, (answer, _) = _answers(*asked, together)
    assert [page.text for page in document_from_json(answer["document"]).pages] == [
        "page 1 here",
        "page 2 here",
        "page 3 here",
    ]


def test_a_document_survives_the_way_through_a_frame():
    source = b"---\ntitle: T\nowner: O\n---\n# H\n\n- a\n- b\n\n| x | y |\n|---|---|\n| 1 | |\n"
    document = EmbeddedReader().read(source, name="a.md", limits=ReadingLimits())
    assert document_from_json(json.loads(json.dumps(document_to_json(document)))) == document


def test_the_boxes_of_a_page_survive_the_way_through_a_frame(make_pdf):
    document = EmbeddedReader().read(
        make_pdf(lambda c: c.drawString(50, 700, "some text on it")), name="a.pdf", limits=ReadingLimits()
    )
    assert document.pages[0].blocks[0].box
    assert document_from_json(json.loads(json.dumps(document_to_json(document)))) == document


@pytest.mark.parametrize("data", [None, [], {}, {"pages": [{}]}, {"pages": 3}, {"pages": [], "name": "a"}])
def test_what_is_no_document_is_refused(data):
    with pytest.raises(BadInput):
        document_from_json(data)


@pytest.mark.parametrize(
    "said",
    [b"[]", b"{}", b"nonsense", b'{"opened": 3}', b'{"opened": {"count": "?"}}', b'{"failed": "KeyError at a.py:1"}'],
)
async def test_a_worker_that_answers_nonsense_is_lost(said):
    command = f"import sys; sys.stdout.buffer.write({frame({})[:0]!r} + {len(said).to_bytes(4, 'big')!r} + {said!r})"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", command, stdin=-1, stdout=-1, start_new_session=True
    )
    worker = Worker(process, ReadingLimits())
    with pytest.raises(Lost):
        await worker.open(b"x", "a.txt")
    await worker.stop()


def test_a_fault_is_told_by_its_place_and_without_its_text():
    replies = io.BytesIO()
    try:
        raise KeyError("private words")
    except KeyError as failure:
        _tell(replies, failure)
    told = json.loads(replies.getvalue()[HEADER.size :])["failed"]
    assert told.startswith("KeyError at test_worker.py:")
    assert "private" not in told
