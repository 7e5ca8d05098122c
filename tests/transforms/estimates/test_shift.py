import numpy as np
import pytest

from models.held_out import HOME, HeldOut
from transforms.estimates.shift import shift_of


def held(move: float, texts: int = 4_000) -> HeldOut:
    """Two kinds of texts; of one, every probability of `a` is higher by so many deviations."""
    random = np.random.default_rng(3)
    domains = np.array([HOME] * texts + ["elsewhere"] * texts)
    first = random.normal(0.5, 0.1, 2 * texts) + np.where(domains == HOME, 0, 0.1 * move)
    gold = np.eye(2)[random.integers(0, 2, 2 * texts)]
    return HeldOut(("a", "b"), np.stack([first, 1 - first], axis=1), gold, domains)


def test_it_counts_standard_deviations() -> None:
    assert shift_of(held(0.5)) == pytest.approx(0.5, abs=0.05)


def test_chance_is_no_shift() -> None:
    assert shift_of(held(0.0)) == pytest.approx(0.0, abs=0.03)


def test_one_kind_of_texts_tells_nothing() -> None:
    assert shift_of(held(0.5).of(HOME)) is None
