"""Large frames in chunks: each fits the line, and together they are the frame."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.websocket.chunks import FRAME, fitting
from channels.websocket.protocol import BadFrame, Chunk, Problem, read, write
from channels.websocket.shapes import Bounds

NAME = "0123456789abcdef"
BOUNDS = Bounds(text=32_000, upload=1, attachments=1)


def test_a_frame_that_fits_is_sent_as_it_is() -> None:
    frame = write(Problem(code="busy", text="Wait."))
    assert fitting(frame, name=NAME) == [frame]


@given(
    st.text(min_size=1).map(lambda text: text * (90_000 // len(text))), st.sampled_from(["", "\n", "\\", '"', "\ud83d"])
)
def test_chunks_fit_the_line_and_join_to_the_frame(text: str, hostile: str) -> None:
    frame = write(Problem(code="busy", text=text + hostile * 30_000))
    sent = fitting(frame, name=NAME)
    assert max(len(each.encode()) for each in sent) <= FRAME
    chunks = [json.loads(each) for each in sent]
    assert "".join(each["data"] for each in chunks) == frame
    assert [(each["index"], each["total"]) for each in chunks] == [(n, len(sent)) for n in range(len(sent))]


def test_a_clients_chunk_is_read() -> None:
    chunk = Chunk(frame=NAME, index=1, total=2, data="x")
    assert read(write(chunk), bounds=BOUNDS) == chunk


@pytest.mark.parametrize(
    "change", [{"index": -1}, {"index": 2}, {"total": 257}, {"frame": "short"}, {"frame": "../../../.."}]
)
def test_a_chunk_that_makes_no_sense_is_malformed(change: dict[str, object]) -> None:
    data = {"type": "chunk", "frame": NAME, "index": 1, "total": 2, "data": "x"} | change
    with pytest.raises(BadFrame) as caught:
        read(json.dumps(data), bounds=BOUNDS)
    assert caught.value.frame_code == "malformed"
