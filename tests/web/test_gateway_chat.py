"""The widget on a gateway: a bridge holds the sockets as API Gateway does, and the functions' desk takes the frames."""

from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.models import Say
from tests.channels.gateway.stage import ANN, Addresses, a_stage
from tests.channels.websocket.conftest import site_of

from .gateways import Bridge, bridged

LONG = "A sentence of some length. " * 3_000


async def test_the_widget_talks_through_a_gateway_and_comes_back_when_it_is_cut_off() -> None:
    script = ["Short.", Say(text=LONG, words=200), "Back again."]
    async with site_of(FakeAssistant()) as probe, a_stage(script) as stage:
        bridge = Bridge(stage)
        async with bridged(probe.address, bridge) as site:
            await site.ask("Hello")
            await site.page.get_by_text("Short.").first.wait_for()
            await site.ask('A long "question". ' * 1_600)
            await site.page.get_by_text("A sentence of some length.").last.wait_for()
            for socket in list(bridge.sockets.values()):
                await socket.close(1001)
            await site.ask("Are you there?")
            await site.page.get_by_text("Back again.").first.wait_for()
            assert bridge.opened == 2
            turns = await stage.assistant.conversations(ANN, tenant="local")
            assert turns[0].turns == 3


async def test_a_file_whose_address_can_not_be_reached_can_be_sent_again() -> None:
    store = Addresses()
    async with (
        site_of(FakeAssistant()) as probe,
        a_stage([], blobs=store) as stage,
        bridged(probe.address, Bridge(stage)) as site,
    ):
        await site.page.get_by_text("What would you like to know?").wait_for()
        file = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"x"}
        await site.page.set_input_files("input[type=file]", files=[file])
        failed = site.page.locator(".upload[data-state=failed]")
        await failed.get_by_role("button", name="Try again").click()
        await stage.until(lambda: len(store.given) == 2)
        await failed.wait_for()
