import numpy as np
import pytest
from scipy.sparse import csr_matrix

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
    assert beyond_reach(WEEK, groups, np.array([4, 3, 7])).tolist() == [0]
