from collections import Counter
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from scipy.stats import chisquare

from transforms.draw import doubts, draw, likeness_of_meaning, likeness_of_traits, seed_of, spread

IDS = [f"c{number}" for number in range(6)]


def test_every_pair_is_as_likely_as_another() -> None:
    drawn = Counter(frozenset(draw(IDS, 2, seed_of(f"sheet {n}"))) for n in range(3_000))
    counts = [drawn[frozenset(pair)] for pair in combinations(IDS, 2)]
    assert chisquare(counts).pvalue > 0.001


def test_a_draw_depends_on_the_seed_and_not_on_the_order() -> None:
    assert draw(IDS, 3, "a") == draw(IDS[::-1], 3, "a")
    assert len({tuple(draw(IDS, 3, str(seed))) for seed in range(20)}) > 10


@pytest.mark.parametrize(("size", "expected"), [(0, 0), (4, 4), (99, 6)])
def test_a_draw_takes_no_comment_twice(size: int, expected: int) -> None:
    drawn = draw(IDS, size, "a")
    assert len(drawn) == len(set(drawn)) == expected


def answers(*rows: tuple[str, str, str, float, bool]) -> pl.DataFrame:
    names = ["comment_id", "head", "label", "probability", "is_uncertain"]
    return pl.DataFrame(list(rows), schema=names, orient="row")


def test_small_margins_are_doubtful_and_flagged_answers_go_first() -> None:
    labels = answers(
        ("sure", "sentiment", "a", 0.9, False), ("sure", "sentiment", "b", 0.1, False),
        ("unsure", "sentiment", "a", 0.52, False), ("unsure", "sentiment", "b", 0.48, False),
        ("flagged", "sentiment", "a", 0.7, True), ("flagged", "sentiment", "b", 0.3, True),
    )  # fmt: skip
    assert doubts(labels, ["topic"])["comment_id"].to_list() == ["flagged", "unsure", "sure"]


def test_where_several_labels_may_apply_the_one_nearest_to_a_toss_decides() -> None:
    labels = answers(
        ("sure", "topic", "a", 0.9, False), ("sure", "topic", "b", 0.95, False),
        ("unsure", "topic", "a", 0.01, False), ("unsure", "topic", "b", 0.45, False),
    )  # fmt: skip
    found = doubts(labels, ["topic"])
    assert found["comment_id"].to_list() == ["unsure", "sure"]
    assert found["doubt"].is_between(0, 1).all()


def test_no_answers_give_no_doubts() -> None:
    assert doubts(answers(), ["topic"]).is_empty()


def test_of_twins_only_one_is_picked() -> None:
    doubt = np.array([1.0, 0.95, 0.6])
    alike = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert spread(doubt, alike, 2) == [0, 2]
    assert sorted(spread(doubt, alike, 9)) == [0, 1, 2]
    assert spread(doubt, alike, 0) == []


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected \(3, 3\)"):
        spread(np.ones(3), np.ones((2, 2)), 1)


def test_likeness_by_meaning_and_by_traits_go_from_0_to_1() -> None:
    embedding = np.array([[1, 0], [0, 1], [0.8, 0.6]], dtype=np.float32)
    meaning = likeness_of_meaning(embedding)
    assert (meaning.min(), meaning.max()) == (0, 1)
    assert meaning[0, 2] > meaning[0, 1]
    traits = likeness_of_traits(["gut so", "gut so", "nein"], ["p", "p", "q"])
    assert (traits[0, 1], traits[0, 2]) == (pytest.approx(1), 0)
