import numpy as np
import pytest

from transforms.estimates.digits import codes, pair_codes, pair_posteriors, posteriors, weights


def test_a_code_gives_its_probabilities_back_but_for_rounding() -> None:
    said = np.random.default_rng(1).dirichlet([1, 1, 1], 500)
    assert np.abs(posteriors(codes(said), 3) - said).max() < 0.06


def test_unlike_probabilities_have_unlike_codes() -> None:
    said = np.array([[0.1, 0.2, 0.7], [0.2, 0.1, 0.7], [0.7, 0.2, 0.1]])
    assert len(set(codes(said).tolist())) == 3


def test_nothing_is_impossible() -> None:
    assert posteriors(codes(np.array([[1.0, 0.0]])), 2).min() > 0
    assert pair_posteriors(pair_codes(np.array([0.0, 1.0]))).min() > 0


def test_more_labels_than_a_whole_number_holds_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 14"):
        weights(15)
