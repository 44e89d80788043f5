import pytest

from agent.models.sentences import sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Smith signed. Mr. Jones did not.", 2),
        ("See Fig. 3 and Sec. 4 for details. It is clear.", 2),
        ("It costs 3.50 EUR. That is cheap.", 2),
        ("Use trains, e.g. for trips under 600 km. Fly otherwise.", 2),
        ("Am 3. März beginnt der Kurs. Er dauert z. B. zwei Tage.", 2),
        ("Acme Inc. and Foo Ltd. Agreed to it.", 1),
        ("Is it covered? Yes! Always.", 3),
        ("Wait… what is this? “A quote.” Then more.", 3),
        ("no capital. follows here", 1),
        ("J. R. R. Tolkien wrote it.", 1),
        ("The U.S. market grew. Others fell.", 2),
        ("", 0),
        ("   \n ", 0),
    ],
)
def test_a_paragraph_is_cut_where_sentences_end(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_nothing_is_lost_between_sentences() -> None:
    text = "One. Two is 2.5! Three (Dr. No.) ends? Four"
    assert " ".join(sentences(text)) == text
