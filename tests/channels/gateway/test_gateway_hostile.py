"""Twenty thousand damaged events and frames: no socket for strangers, a sentence for what is wrong, no exception."""

import json
import random
import re
from itertools import repeat
from pathlib import Path

import pytest

from channels.gateway.opening import opened
from switchboard import Principal, Refused
from tests.mutating import mutated

from .stage import a_stage
from .test_gateway_doors import ANN, NOW, SETTINGS, event, ticket

EACH = 5_000
PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
FRAMES = [json.loads(block) for block in re.findall(r"```json client\n(.*?)```", PAGE, re.DOTALL)]


@pytest.mark.parametrize("seed", range(2))
async def test_a_damaged_request_for_a_socket_opens_none_for_anybody_else(seed: int) -> None:
    chance, whole = random.Random(seed), event(ticket())
    outcomes = set()
    for _ in range(EACH):
        try:
            connection = await opened(mutated(chance, whole), SETTINGS, tenant="local", now=NOW)
        except Refused as error:
            outcomes.add(error.policy)
        else:
            outcomes.add("opened")
            assert connection.principal == ANN
    assert outcomes == {"opened", "origin", "ticket"}


@pytest.mark.parametrize("seed", range(2))
async def test_a_damaged_frame_gets_a_sentence_and_never_a_wrong_person(seed: int) -> None:
    chance = random.Random(seed)
    async with a_stage(repeat("Yes.")) as stage:
        for number in range(EACH // 250):
            client = await stage.connect(f"c{number}", principal=Principal(id=f"p{number}", verified=True))
            await client.hello()
            for _ in range(250):
                text = json.dumps(mutated(chance, chance.choice(FRAMES)))
                cut = len(text) if chance.random() < 0.8 else chance.randrange(len(text))
                assert await stage.desk.take(client.name, text[:cut])
            assert client.heard("error")
            assert all(frame["text"].strip() for frame in client.heard("error"))
        found = await stage.setup.backend("conversations").list_conversations(tenant="local")
        assert all(len(each.principals) == 1 and re.fullmatch(r"p\d+", *each.principals) for each in found)
