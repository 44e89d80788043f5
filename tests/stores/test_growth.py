"""What a long conversation costs in space."""

from dataclasses import replace
from pathlib import Path
from random import Random

from stores.sqlite import SqliteConversationStore
from switchboard.events import Citation, Delta
from switchboard.identity import MessageId
from switchboard.reply import Reply
from switchboard.testing.samples import a_change, a_conversation, a_message, a_turn

HERE = a_conversation("0b6f3c8e-5a55-4a39-9c7e-6f3b5b0d2c11")
MEGABYTE = 1_000_000


VOCABULARY = ["".join(Random(seed).choices("etaoinshrdlu", k=1 + seed % 9)) for seed in range(2000)]
"""Made-up words, so many that a short text of them packs to somewhat more than one of English does (0.5)."""


def prose(characters: int, random: Random) -> str:
    """Text of made-up words."""
    return " ".join(random.choices(VOCABULARY, k=characters))[:characters]


def an_answer(random: Random) -> Reply:
    """A reply of 600 characters that cites three passages of 300."""
    citations = tuple(
        Citation(
            number=number,
            title="Annual report 2022",
            source="report-2022.pdf",
            page=random.randrange(200),
            quote=prose(300, random),
            document=random.randbytes(16).hex(),
            score=random.random(),
        )
        for number in (1, 2, 3)
    )
    return Reply(text=prose(600, random), status="complete", citations=citations)


async def test_a_thousand_messages_with_their_cited_replies_take_at_most_two_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "switchboard.sqlite"
    store = SqliteConversationStore(path)
    random = Random(1)
    deltas = [Delta(text=prose(30, random), seq=seq) for seq in range(1, 21)]
    for number in range(1000):
        name = f"message-{number:08}"
        turn = a_turn(number, message=a_message(name, conversation=HERE, text=prose(200, random)))
        await store.commit(HERE, a_change(2 * number + 1, turn, answering=name, fence=number))
        await store.append_events(HERE, MessageId(name), number, deltas)
        done = replace(turn, state="done", reply=an_answer(random))
        finished = a_change(2 * number + 2, done, fence=number, memory=b"m" * 8000)
        await store.commit(HERE, replace(finished, forget_events=(MessageId(name),)))
    await store.close()
    assert path.stat().st_size <= 2 * MEGABYTE
