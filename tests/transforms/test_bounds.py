import numpy as np
import pytest
from scipy.sparse import csr_matrix

from transforms import bounds
from transforms.bounds import Puzzle, beyond_reach, bound_of

NO_LIMITS = csr_matrix((0, 3))
WEEK = Puzzle(csr_matrix([[1, 1, 1], [1, 0, 0]]), np.array([10, 7]), NO_LIMITS, np.zeros(0))
"""Three counts that sum up to ten, of which the first is seven."""


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
def test_blocks_of_lumps_let_no_group_in_danger_through(
    seed: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(seed)
    truth = random.integers(0, 6, 20)
    sums = csr_matrix((random.random((14, 20)) < 0.3).astype(np.int64))
    limits = csr_matrix(random.integers(-1, 2, (4, 20)) * (random.random((4, 20)) < 0.3))
    puzzle = Puzzle(sums, sums @ truth, limits, limits @ truth - random.integers(0, 3, 4))
    starts = random.integers(0, 19, 30)
    inside = csr_matrix([(np.arange(20) - first) // 2 == 0 for first in starts]).astype(np.int64)
    needed = inside @ truth + random.integers(1, 8, 30)
    monkeypatch.setattr(bounds, "BLOCK", block)
    most = [bound_of(puzzle, group).most for group in inside.toarray()]
    in_danger = np.flatnonzero(np.array(most) < needed - bounds.TOLERANCE)
    found = beyond_reach(puzzle, truth, inside, needed)
    assert set(in_danger) <= set(found)
    assert 0 < in_danger.size <= found.size < 30
