import numpy as np
import pytest

from models.paired import compare, exact_p_value

LABELS = ("no", "yes")


def marks(*answers: int) -> np.ndarray:
    return np.eye(2, dtype=bool)[list(answers)]


def test_a_model_that_is_right_more_often_is_told_with_the_chance_of_luck() -> None:
    gold = marks(*[1] * 20)
    found = compare("toxic", LABELS, gold, (marks(*[0] * 10, *[1] * 10), gold))
    assert (found.only_before, found.only_after) == (0, 10)
    assert found.difference.value == 0.5
    assert found.difference.low > 0.2
    assert found.p_value == pytest.approx(2 / 2**10)
    assert (found.before.accuracy.value, found.after.accuracy.value) == (0.5, 1.0)


def test_equal_answers_differ_by_nothing() -> None:
    gold = marks(0, 1, 0, 1)
    found = compare("toxic", LABELS, gold, (marks(0, 1, 1, 1), marks(0, 1, 1, 1)))
    assert (found.difference.low, found.difference.high, found.p_value) == (0, 0, 1)


def test_errors_in_both_directions_are_no_proof() -> None:
    gold = marks(*[1] * 12)
    one, other = marks(*[0] * 3, *[1] * 9), marks(*[1] * 3, *[0] * 3, *[1] * 6)
    found = compare("toxic", LABELS, gold, (one, other))
    assert (found.only_before, found.only_after, found.p_value) == (3, 3, 1)
    assert found.difference.low < 0 < found.difference.high


def test_texts_that_stand_for_more_weigh_more_in_the_difference() -> None:
    gold = marks(1, 1)
    weights = np.array([3.0, 1.0])
    found = compare("toxic", LABELS, gold, (marks(0, 1), marks(1, 0)), weights)
    assert found.difference.value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("before", "after", "p"), [(0, 0, 1.0), (1, 0, 1.0), (0, 5, 2 / 32), (1, 8, 20 / 512)]
)
def test_the_test_is_the_exact_one_of_the_binomial(before: int, after: int, p: float) -> None:
    assert exact_p_value(before, after) == pytest.approx(p)
