import numpy as np
import pytest

from models.evaluate import certainty, measure

LABELS = ("negative", "neutral", "positive")


def marks(*labels: str) -> np.ndarray:
    return np.array([[label == name for name in LABELS] for label in labels])


def test_numbers_agree_with_a_count_by_hand() -> None:
    gold = marks("negative", "negative", "neutral", "positive")
    found = marks("negative", "neutral", "neutral", "neutral")
    quality = measure("sentiment", LABELS, gold, found)
    # F1: negative 2*1/(2*1+0+1), neutral 2*1/(2*1+2+0), positive 0.
    assert quality.accuracy.value == pytest.approx(0.5)
    assert quality.macro_f1.value == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert quality.micro_f1.value == pytest.approx(0.5)
    neutral = quality.labels[1]
    assert (neutral.precision, neutral.recall, neutral.gold_count) == (
        pytest.approx(1 / 3),
        1.0,
        1,
    )


def test_of_several_labels_accuracy_wants_all_of_them() -> None:
    gold = np.array([[True, True], [False, False]])
    found = np.array([[True, False], [False, False]])
    quality = measure("topic", ("a", "b"), gold, found)
    assert quality.accuracy.value == 0.5
    assert quality.micro_f1.value == pytest.approx(2 / 3)


def test_a_label_that_nobody_uses_does_not_lower_the_mean() -> None:
    gold = marks("negative", "neutral")
    quality = measure("sentiment", LABELS, gold, gold)
    assert quality.macro_f1.value == 1.0
    assert [label.label for label in quality.labels] == ["negative", "neutral"]


def test_intervals_hold_the_number_and_shrink_with_more_texts() -> None:
    gold = marks(*["negative", "neutral", "positive"] * 10)
    found = marks(*["negative", "neutral", "neutral"] * 10)
    few = measure("sentiment", LABELS, gold, found).accuracy
    many = measure("sentiment", LABELS, np.tile(gold, (20, 1)), np.tile(found, (20, 1))).accuracy
    assert few.low < few.value < few.high
    assert many.high - many.low < (few.high - few.low) / 3


def test_equal_input_gives_equal_intervals() -> None:
    gold, found = marks("negative", "neutral"), marks("negative", "positive")
    first = measure("sentiment", LABELS, gold, found)
    assert first == measure("sentiment", LABELS, gold, found)


def test_a_text_that_stands_for_three_counts_like_three() -> None:
    gold, found = marks("negative", "neutral"), marks("negative", "positive")
    weighed = measure("sentiment", LABELS, gold, found, np.array([0.3, 0.1]))
    times = [0, 0, 0, 1]
    repeated = measure("sentiment", LABELS, gold[times], found[times])
    assert weighed.accuracy.value == repeated.accuracy.value == 0.75
    assert weighed.macro_f1.value == pytest.approx(repeated.macro_f1.value)
    assert weighed.text_count == 2


@pytest.mark.parametrize(
    ("gold", "found"), [(marks("negative"), marks("negative", "neutral")), (marks(), marks())]
)
def test_shapes_that_do_not_fit_are_refused(gold: np.ndarray, found: np.ndarray) -> None:
    with pytest.raises(ValueError, match="head `sentiment`"):
        measure("sentiment", LABELS, gold.reshape(-1, 3), found.reshape(-1, 3))


def test_certainty_of_a_model_that_is_right_when_it_is_sure() -> None:
    probabilities = np.array([[0.95, 0.05]] * 4 + [[0.55, 0.45]])
    gold = np.array([[True, False]] * 4 + [[False, True]])
    found = certainty(probabilities, gold, uncertain_below=0.6)
    assert found.calibration_error == pytest.approx((4 * 0.05 + 0.55) / 5)
    assert (found.accuracy_at_80, found.certain_share, found.certain_accuracy) == (1.0, 0.8, 1.0)
