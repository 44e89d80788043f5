"""Sockets that vanish in mid-answer, against the real assistant behind the served chat."""

import asyncio

from switchboard.testing.models import Say, ScriptedChatModel
from switchboard.testing.running import running
from tests.channels.websocket.conftest import site_of

MANY = 20


async def test_answers_whose_sockets_all_vanish_at_once_wait_and_are_paid_for_once() -> None:
    """R23, R24: sockets went away in mid-stream, sending again began everything anew, and the answers were gone."""
    go = asyncio.Event()
    model = ScriptedChatModel([Say(text="Half of it, and the rest.", halt=go) for _ in range(MANY)])
    async with running(model) as assistant, site_of(assistant) as site:
        clients = [await site.chat(hello={}) for _ in range(MANY)]
        for client in clients:
            await client.say(type="message", id="message-1", text="hi")
        for client in clients:
            await client.hear("event")
        for client in clients:
            client.socket.transport.abort()
        back = [await site.chat(hello={"conversation": client.welcome["conversation"]}) for client in clients]
        for client in back:
            await client.say(type="message", id="message-1", text="hi")
            assert (await client.hear("accepted"))["state"] == "running"
        go.set()
        for client in back:
            events = await client.events()
            assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
            assert events[-1]["text"] == "Half of it, and the rest."
    assert len(model.given) == MANY


async def test_an_answer_without_a_socket_waits_for_its_own_person_and_is_heard_by_nobody_else() -> None:
    """R29: an answer whose socket was gone went to the first socket that was open."""
    go = asyncio.Event()
    async with running([Say(text="for one alone", halt=go)]) as assistant, site_of(assistant) as site:
        asker = await site.chat(hello={})
        await asker.say(type="message", id="message-1", text="hi")
        await asker.hear("event")
        await asker.socket.close()
        own_other_chat, stranger = await site.chat(hello={}), await site.chat(hello={}, cookies=False)
        go.set()
        again = await site.chat(hello={"conversation": asker.welcome["conversation"]})
        await again.say(type="resume", message_id="message-1")
        assert (await again.events())[-1]["text"] == "for one alone"
        for bystander in (own_other_chat, stranger):
            await bystander.say(type="ping")
            assert await bystander.hear() == {"type": "pong"}
            await bystander.say(type="resume", message_id="message-1")
            assert (await bystander.hear())["type"] == "error"
