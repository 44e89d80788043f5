"""Keys order as numbers do, and no two names share one."""

from stores.dynamodb import keys


def test_ranks_order_as_numbers_do() -> None:
    numbers = [float("-inf"), -1e300, -2.5, -1e-9, 0.0, 1e-300, 1.0, 1.5, 1e9, 1e300, float("inf")]
    ranks = [keys.rank(number, "same") for number in numbers]
    assert ranks == sorted(ranks)
    assert sorted(ranks, reverse=True) == sorted(ranks, key=lambda r: ranks.index(r), reverse=True)
    newest = [keys.rank(number, "same", newest_first=True) for number in numbers]
    assert newest == sorted(newest, reverse=True)
    assert keys.rank(-0.0, "same") == keys.rank(0.0, "same")


def test_a_name_and_the_digest_of_another_are_never_the_same_key() -> None:
    long = "x" * 2000
    assert keys.bounded(keys.bounded(long)) != keys.bounded(long)
    assert len(keys.bounded(long)) < keys.LONGEST
