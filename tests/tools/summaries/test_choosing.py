"""Which sentences are taken: the best, none twice, none alone that leans, spread over the document."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.summaries.written_documents import document, heading, text
from tools.summaries.choosing import Pool, choose, main_level, parts, pool
from tools.summaries.sentences import Outline, outline

TOPICS = ("frames", "forests", "lawyers", "rivers", "kitchens", "planets", "violins", "harbours")
FACTS = (
    "Bees make honey in the old yard.",
    "Every lorry needs four new tyres.",
    "Rain fell on the northern hills.",
    "Our lawyers read long novels.",
)
LEASE = text("The lease for the shop was signed. It runs for ten long years.")
BEES = text(FACTS[0])


def offered(read: Outline, scores: list[float]) -> Pool:
    """The sentences with such scores and no likeness in meaning."""
    count = len(scores)
    return pool(read, np.array(scores, dtype=np.float32), np.eye(count, dtype=np.float32), parts(read))


def taken(read: Outline, scores: list[float], count: int, crowded: float = 0.0) -> list[str]:
    return [read.candidates[place].text for place in choose(read, offered(read, scores), count, crowded=crowded)]


def plain(*sentences: str) -> Outline:
    return outline(document(tuple(text(sentence) for sentence in sentences)))


def test_the_best_are_taken_in_reading_order() -> None:
    assert taken(plain(*FACTS), [1, 4, 2, 3], 2) == [FACTS[1], FACTS[3]]


def test_what_says_the_same_is_taken_once() -> None:
    read = plain(
        "The board approved a dividend of $0.25 per share.",
        "A dividend of $0.25 per share was approved by the board.",
        "The shop in Leeds opens on the 16th of May.",
    )
    assert len(taken(read, [3, 2, 1], 3)) == 2


def test_the_same_words_with_other_amounts_are_another_fact() -> None:
    read = plain("Adjusted earnings per share were $1.01.", "Diluted earnings per share were $1.10.")
    assert len(taken(read, [2, 1], 2)) == 2


def test_one_amount_is_told_once() -> None:
    read = plain(
        "Net income was $74.6 million in the third quarter of the year.",
        "In the third quarter net income of $74.6 million pleased us.",
    )
    assert len(taken(read, [2, 1], 2)) == 1


def test_a_sentence_that_leans_comes_with_the_one_it_leans_on() -> None:
    read = outline(document((LEASE, BEES)))
    assert taken(read, [0, 3, 1], 2) == ["The lease for the shop was signed.", "It runs for ten long years."]


def test_a_sentence_that_leans_is_worth_no_more_than_it_and_its_support_on_average() -> None:
    read = outline(document((LEASE, BEES)))
    assert taken(read, [-4, 3, 1], 2) == ["The lease for the shop was signed.", FACTS[0]]


def test_a_sentence_with_nothing_to_lean_on_is_not_taken() -> None:
    assert taken(plain("This was of course a surprise.", FACTS[0]), [3, 1], 2) == [FACTS[0]]


def test_where_two_do_not_fit_a_leaning_sentence_is_not_taken() -> None:
    assert taken(outline(document((LEASE, BEES))), [0, 3, 1], 1) == [FACTS[0]]


def test_they_are_spread_over_the_sections() -> None:
    chapters = [
        (heading(topic), text(f"{fact} Some {topic} cost {price} pounds in Leeds."))
        for topic, fact, price in zip(TOPICS, FACTS, (15, 27, 38, 49), strict=False)
    ]
    read = outline(document(tuple(block for chapter in chapters for block in chapter)))
    places = choose(read, offered(read, [9, 8, 7, 6, 5, 4, 3, 2]), 4, crowded=9)
    assert [read.candidates[place].section for place in places] == [1, 2, 3, 4]


def test_a_text_without_headings_has_a_part_for_every_eight_sentences() -> None:
    read = plain(*(f"Sentence {number} is about something." for number in range(16)))
    assert parts(read) == [place // 8 for place in range(16)]


def test_a_long_text_without_headings_has_eight_parts() -> None:
    read = plain(*(f"Sentence {number} is about something." for number in range(160)))
    assert parts(read) == [place // 20 for place in range(160)]


def test_the_main_level_is_the_first_that_parts_the_text() -> None:
    blocks = (heading("Report"), text("Bees make honey here."))
    chapters = [
        block for topic in TOPICS for block in (heading(topic, 2), text(f"Nobody dislikes {topic} any longer."))
    ]
    assert main_level(outline(document((*blocks, *chapters)))) == 2
    assert main_level(outline(document(blocks))) == 0


@given(st.lists(st.sampled_from(TOPICS), min_size=1, max_size=12), st.integers(1, 12), st.randoms())
@settings(max_examples=60, deadline=None)
def test_never_too_many_never_one_twice_always_in_order(topics: list[str], count: int, random: object) -> None:
    read = plain(*(f"It is said that {topic} cost {place} pounds." for place, topic in enumerate(topics)))
    scores = [float(len(topic)) for topic in topics]
    places = choose(read, offered(read, scores), count)
    assert len(places) <= count
    assert places == sorted(set(places))
