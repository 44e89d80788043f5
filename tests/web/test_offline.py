"""What is typed while there is no line, whether the line tells of it or the browser."""

import pytest
from playwright.async_api import expect

from .conftest import Stage, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("told_by", ["line", "browser"])
async def test_what_is_typed_without_a_line_is_sent_once_when_it_is_back(
    visitor: Visitor, stage: Stage, told_by: str
) -> None:
    await visitor.enter()
    if told_by == "browser":  # which knows at once; the line seems to be open for a while
        await visitor.context.set_offline(True)
    else:
        stage.line.cut()
    await expect(visitor.page.get_by_text("Reconnecting")).to_be_visible()
    await visitor.ask("typed offline")
    await expect(visitor.page.get_by_text("Will be sent when the connection is back")).to_be_visible()
    await visitor.context.set_offline(False)
    stage.line.mend()
    await visitor.answered("You said: typed offline")
    await expect(visitor.page.locator(".bubble")).to_have_text(["typed offline"])
    assert stage.count("typed offline") == 1
