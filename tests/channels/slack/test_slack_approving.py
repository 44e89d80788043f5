"""A tool that needs a yes, asked for in Slack: from the question by way of the buttons to what was done, once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.slack import texts
from channels.slack.serving import Serving
from switchboard import Principal, ToolContext, ToolResult, tool
from switchboard.testing.models import Call
from switchboard.testing.running import running
from switchboard.testing.slack import FakeSlack
from tests.channels.slack.desks import ANN
from tests.channels.slack.shared import make, payload, until
from tests.channels.slack.test_slack_pressing import OTHER, press, shown

sent: list[tuple[Principal, str]] = []


@tool(needs_approval=True)
async def send_mail(context: ToolContext, *, to: str) -> ToolResult:
    """Send a mail.

    Args:
        to: Whom to.
    """
    sent.append((context.principal, to))
    return ToolResult(text="It was sent.")


@pytest.fixture
async def serving(slack: FakeSlack) -> AsyncIterator[Serving]:
    sent.clear()
    channel = make(slack, streaming="off")
    model = [Call("send_mail", to="<!everyone>"), "It is sent."]
    async with running(model, tools=[send_mail], channels={"slack": channel}, works=True) as assistant:
        made = Serving(channel, assistant)
        await made.receive(payload("app_mention"))
        await until(lambda: slack.posts["C0GENERAL"])
        yield made
        await made.close()


async def test_the_askers_yes_runs_the_tool_once(serving: Serving, slack: FakeSlack) -> None:
    assert shown(slack)[-1][0] == "actions"
    assert "&lt;!everyone&gt;" in slack.visible("C0GENERAL", thread=ANN)[0]
    yes: dict[str, Any] = press(slack, "block_actions_answer", action={"value": "Yes", "action_id": "sb-answer-0"})
    await serving.receive({**yes, "user": OTHER})
    assert [said["text"] for said in slack.ephemeral] == [texts.NOT_YOURS]
    assert sent == []
    await serving.receive(yes)
    await serving.receive(yes)
    await until(lambda: len(slack.visible("C0GENERAL", thread=ANN)) == 2)
    assert [(one.id, to) for one, to in sent] == [("T0TEAM:U0ANN", "<!everyone>")]
    assert slack.visible("C0GENERAL", thread=ANN)[1] == "It is sent."
    assert slack.posts["C0GENERAL"][0]["blocks"][-1]["elements"][0]["text"] == "✔️ Yes"


async def test_a_no_runs_nothing(serving: Serving, slack: FakeSlack) -> None:
    await serving.receive(press(slack, "block_actions_answer", action={"value": "No", "action_id": "sb-answer-1"}))
    await until(lambda: len(slack.visible("C0GENERAL", thread=ANN)) == 2)
    assert sent == []
