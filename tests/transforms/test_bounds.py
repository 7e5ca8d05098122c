import numpy as np
import pytest
from scipy.sparse import csr_matrix

from transforms import bounds
from transforms.bounds import Puzzle, beyond_reach, bound_of, wide_sums

NO_LIMITS = csr_matrix((0, 3))
WEEK = Puzzle(csr_matrix([[1, 1, 1], [1, 0, 0]]), np.array([10, 7]), NO_LIMITS, np.zeros(0))
"""Three counts that sum up to ten, of which the first is seven."""


def some_puzzle(random: np.random.Generator) -> tuple[Puzzle, np.ndarray]:
    """Twenty counts, fourteen sums of some of them and four limits; and what is true."""
    truth = random.integers(0, 6, 20)
    sums = csr_matrix((random.random((14, 20)) < 0.3).astype(np.int64))
    limits = csr_matrix(random.integers(-1, 2, (4, 20)) * (random.random((4, 20)) < 0.3))
    floor = limits @ truth - random.integers(0, 3, 4)
    return Puzzle(sums, sums @ truth, limits, floor), truth


def test_a_group_is_bounded_by_a_total_less_what_is_known() -> None:
    bound = bound_of(WEEK, np.array([0, 1, 0]))
    assert bound.most == pytest.approx(3)
    assert bound.weights.tolist() == pytest.approx([1, -1])
    assert (bound.covered >= [0, 1, 0]).all()


def test_a_limit_bounds_as_a_sum_does() -> None:
    limited = Puzzle(WEEK.sums, WEEK.known, csr_matrix([[0, 0, 1]]), np.array([2.0]))
    bound = bound_of(limited, np.array([0, 1, 0]))
    assert bound.most == pytest.approx(1)
    assert bound.slopes.tolist() == pytest.approx([1])


def test_what_no_sum_holds_has_no_bound() -> None:
    open_ended = Puzzle(csr_matrix([[1, 0, 0]]), np.array([7]), NO_LIMITS, np.zeros(0))
    assert bound_of(open_ended, np.array([0, 1, 0])).most == np.inf
    assert bound_of(open_ended, np.array([0, 0, 0])).most == 0


def test_the_sieve_keeps_all_groups_that_can_not_have_what_they_need() -> None:
    groups = csr_matrix([[0, 1, 0], [0, 1, 1], [1, 0, 0]])
    assert beyond_reach(WEEK, np.array([7, 1, 2]), groups, np.array([4, 3, 7])).tolist() == [0]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("block", [2, 7])
@pytest.mark.parametrize("wide", [5, 100])
def test_blocks_of_lumps_let_no_group_in_danger_through(
    seed: int, block: int, wide: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(seed)
    puzzle, truth = some_puzzle(random)
    starts = random.integers(0, 19, 30)
    inside = csr_matrix([(np.arange(20) - first) // 2 == 0 for first in starts]).astype(np.int64)
    needed = inside @ truth + random.integers(1, 8, 30)
    most = [bound_of(puzzle, group).most for group in inside.toarray()]
    monkeypatch.setattr(bounds, "BLOCK", block)
    monkeypatch.setattr(bounds, "WIDE", wide)
    in_danger = np.flatnonzero(np.array(most) < needed - bounds.TOLERANCE)
    found = beyond_reach(puzzle, truth, inside, needed)
    assert set(in_danger) <= set(found)
    assert 0 < in_danger.size <= found.size < 30


@pytest.mark.parametrize("seed", range(5))
def test_wide_sums_bound_a_group_as_equations_do(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle, _ = some_puzzle(np.random.default_rng(seed))
    groups = np.eye(20)
    told = [bound_of(puzzle, group).most for group in groups]
    monkeypatch.setattr(bounds, "BLOCK", 2)
    monkeypatch.setattr(bounds, "WIDE", 5)
    is_wide = wide_sums(puzzle)
    assert 0 < is_wide.sum() < len(is_wide)
    for group, most in zip(groups, told, strict=True):
        bound = bound_of(puzzle, group)
        assert bound.most == pytest.approx(most, abs=1e-5)
        if np.isfinite(most):
            # What is named as the attack is one: it covers the group, and adds up to the bound.
            found = puzzle.known @ bound.weights - puzzle.floor @ bound.slopes
            assert found == pytest.approx(most, abs=1e-5)
            assert (bound.covered >= group - 1e-6).all()
            assert (bound.slopes >= -1e-9).all()
