import io
import json

import pytest

from switchboard import BadInput, Unreadable
from tools.reading import EmbeddedReader, ReadingLimits
from tools.reading.frames import HEADER, document_from_json, document_to_json, frame, length
from tools.reading.pool import _document
from tools.reading.worker import _stop_after, _tell, serve


def _answers(*requests):
    replies = io.BytesIO()
    serve(io.BytesIO(b"".join(requests)), replies)
    _stop_after(0)
    replies.seek(0)
    answers = []
    while header := replies.read(HEADER.size):
        answers.append(json.loads(replies.read(length(header))))
    return answers


def _request(data, name="a.txt"):
    return frame({"name": name, "size": len(data), "limits": {"seconds": 1000.0}}) + data


def test_requests_are_answered_one_after_the_other():
    first, second = _answers(_request(b"one"), _request(b""))
    assert document_from_json(first["document"]).pages[0].text == "one"
    assert second == {"unreadable": ["a.txt", "the file is empty", "empty"]}


def test_a_file_is_read_from_its_path(tmp_path):
    (tmp_path / "a.md").write_text("# Title")
    limits = {"seconds": 1000.0}
    (answer,) = _answers(frame({"name": "a.md", "path": str(tmp_path / "a.md"), "limits": limits}))
    assert answer["document"]["title"] == "Title"


def test_a_document_survives_the_way_through_a_frame():
    source = b"---\ntitle: T\nowner: O\n---\n# H\n\n- a\n- b\n\n| x | y |\n|---|---|\n| 1 | |\n"
    document = EmbeddedReader().read(source, name="a.md", limits=ReadingLimits())
    assert document_from_json(json.loads(json.dumps(document_to_json(document)))) == document


@pytest.mark.parametrize("data", [None, [], {}, {"pages": [{}]}, {"pages": 3}, {"pages": [], "name": "a"}])
def test_what_is_no_document_is_refused(data):
    with pytest.raises(BadInput):
        document_from_json(data)


def test_a_worker_that_answers_nonsense_costs_the_file():
    with pytest.raises(Unreadable) as caught:
        _document({"document": {"pages": "?"}}, "a.txt")
    assert caught.value.code == "crashed"


def test_a_fault_is_told_by_its_place_and_without_its_text():
    replies = io.BytesIO()
    try:
        raise KeyError("private words")
    except KeyError as failure:
        _tell(replies, failure)
    told = json.loads(replies.getvalue()[HEADER.size :])["failed"]
    assert told.startswith("KeyError at test_worker.py:")
    assert "private" not in told
