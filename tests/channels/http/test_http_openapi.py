"""The OpenAPI description is true: what it says is held against the running server, with made-up calls."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel
from schemathesis.specs.openapi.checks import missing_required_header, unsupported_method

from channels.http.openapi import document
from channels.http.operations import OPERATIONS
from switchboard import ToolContext, ToolResult, tool
from switchboard.events import EVENT_TYPES
from switchboard.testing.assistant import FakeAssistant
from tests.channels.drops.standing import Standing
from tests.channels.http.conftest import SmallLibrary, api_of
from tests.channels.http.plugin.studio import generate_image, summarize_document

EXAMPLES = 25


class Frame(BaseModel):
    """What is around a picture."""

    colour: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server in a thread of its own, as the calls block; its address and a key."""
    folder: Path = tmp_path_factory.mktemp("data")
    told: dict[str, str] = {}
    ready, done = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        tools = {one.name: one for one in (generate_image, summarize_document)}
        library, orders = SmallLibrary("Leave", "Pay"), Standing().orders
        given = {"tools": tools, "library": library, "orders": orders, "upload_limit": 2**53}
        async with api_of(FakeAssistant(), folder, **given) as api:
            told.update(address=api.address, key=api.key)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(60)
    yield told["address"], told["key"]
    loop.call_soon_threadsafe(done.set)
    thread.join(30)
    loop.close()


@pytest.mark.parametrize("name", [one.name for one in OPERATIONS])
def test_an_operation_is_as_described(served: tuple[str, str], name: str) -> None:
    address, key = served
    schema = schemathesis.openapi.from_url(f"{address}/v1/openapi.json")
    operation = schema.find_operation_by_id(name)

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {key}"},
            excluded_checks=[unsupported_method, missing_required_header],
            timeout=60,
        )

    call()


def test_every_event_is_described_with_its_kind() -> None:
    schemas = document({})["components"]["schemas"]
    assert {event.kind for event in EVENT_TYPES} == {
        schemas[event.__name__]["properties"]["kind"]["const"] for event in EVENT_TYPES
    }


@tool(name="generate_image")
async def repaint(context: ToolContext, *, prompt: str, frame: Frame, size: int = 1) -> ToolResult:
    """Paint a picture anew."""
    raise AssertionError


def test_a_pictures_options_are_the_installed_tools_own() -> None:
    schemas = document({"generate_image": repaint})["components"]["schemas"]
    options = schemas["NewImage"]["properties"]["options"]
    assert (set(options["properties"]), options["required"]) == ({"frame", "size"}, ["frame"])
    assert options["properties"]["frame"]["$ref"] == "#/components/schemas/generate_image.Frame"
    assert schemas["generate_image.Frame"]["properties"]["colour"]["type"] == "string"
    assert schemas["NewImage"]["required"] == ["prompt", "options"]
    assert "properties" not in document({})["components"]["schemas"]["NewImage"]["properties"]["options"]


def test_the_links_between_schemas_lead_somewhere() -> None:
    described = document({"generate_image": repaint})

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    names = {reference.removeprefix("#/components/schemas/") for reference in references(described)}
    assert names <= set(described["components"]["schemas"])
