"""What the services say of files, from payloads as they are documented."""

import json
from pathlib import Path
from typing import Any

import pytest

from channels.drops.events import Place, created, recognised

PAYLOADS = Path(__file__).parents[2] / "payloads" / "drops"
HERE = Place(bucket="example-files", key="blobs/owner/digest")


def payload(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return read


def test_a_file_that_was_created_is_found() -> None:
    assert created(payload("object_created")) == HERE


@pytest.mark.parametrize("other", [{"detail-type": "Object Deleted"}, {"source": "aws.ecs"}])
def test_an_event_of_another_kind_tells_of_no_file(other: dict[str, str]) -> None:
    assert created(payload("object_created") | other) is None


def test_a_file_that_was_recognised_is_found() -> None:
    assert recognised(payload("completed")) == [HERE]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"DocumentLocation": 1}', "[" * 100_000])
def test_a_notice_that_can_not_be_read_is_passed_over(text: str) -> None:
    event = payload("completed")
    event["Records"].append({"Sns": {"Message": text}})
    assert recognised(event) == [HERE]


def test_a_key_that_was_escaped_on_its_way_is_the_same() -> None:
    event = payload("completed")
    record = event["Records"][0]["Sns"]
    record["Message"] = record["Message"].replace("blobs/owner", "blobs%2Fowner")
    assert recognised(event) == [HERE]
