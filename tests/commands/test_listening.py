"""Channels that fetch what people say are served beside the others, and begun again when they fail."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from switchboard import Assistant, BadInput, ConfigError, ServedChannel, Setup
from switchboard import plugins as plugins_module
from switchboard.commands.listening import chosen, keep_up, listening
from switchboard.settings import load
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.channel import FakeChannel, Line


class Polling(FakeChannel):
    """Fetches one line, then does what it is told at each serving."""

    def __init__(self, *endings: Callable[[], Awaitable[None]]) -> None:
        super().__init__(name="polling", push=True)
        self.endings = iter(endings)

    async def serve(self, assistant: Assistant) -> None:
        (message,) = self.parse(Line(id="1", sender="5551", text="Hello"))
        await assistant.offer(message)
        await next(self.endings)()


def polling(setup: Setup) -> Polling:
    return Polling()


def mute(setup: Setup) -> FakeChannel:
    return FakeChannel()


async def fails() -> None:
    raise OSError("https://platform.example/bot-s3cret/poll")


async def refuses() -> None:
    raise BadInput("The platform knows no such bot.")


async def misses() -> None:
    raise ConfigError("There is no token.", fix="Set one.")


async def ends() -> None:
    pass


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch) -> Setup:
    points = [EntryPoint(name, f"{__name__}:{name}", "switchboard.channels") for name in ("polling", "mute")]
    monkeypatch.setattr(plugins_module, "entry_points", lambda: EntryPoints(points))
    return Setup(load(None, {}))


def test_a_channel_is_chosen_by_its_name(setup: Setup) -> None:
    assert isinstance(chosen(setup, ["polling"])["polling"], ServedChannel)


@pytest.mark.parametrize(
    ("name", "said"), [("mute", "does not fetch what people say"), ("poling", "Did you mean polling?")]
)
def test_what_can_not_be_served_is_told_before_anything_begins(setup: Setup, name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("?", r"\?")):
        chosen(setup, [name])


async def test_what_a_channel_fetches_is_answered_until_the_command_ends() -> None:
    assistant, up = FakeAssistant(), asyncio.Event()

    async def waits() -> None:
        up.set()
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    channel = Polling(waits)
    async with listening({"polling": channel}, assistant):
        await up.wait()
    (message,) = channel.parse(Line(id="1", sender="5551", text="Hello"))
    assert (await assistant.offer(message)).state != "new"
    await assistant.close()
    assert asyncio.all_tasks() == before


async def test_a_channel_that_fails_is_begun_again_after_growing_pauses(capsys: pytest.CaptureFixture[str]) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 9:
            raise asyncio.CancelledError

    assistant, moments = FakeAssistant(), iter([*[0.0] * 16, 100.0, 200.0])
    channel = Polling(fails, refuses, misses, ends, *[fails] * 5)
    with pytest.raises(asyncio.CancelledError):
        await keep_up("polling", channel, assistant, sleep=sleep, clock=lambda: next(moments))
    await assistant.close()
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 1]
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("switchboard: polling begins again in 1 s: OSError (incident ")
    assert said[1:4] == [
        "switchboard: polling begins again in 2 s: The platform knows no such bot.",
        "switchboard: polling begins again in 4 s: There is no token. Set one.",
        "switchboard: polling begins again in 8 s: it ended by itself.",
    ]
    assert not any("s3cret" in line for line in said)
