"""Sums of unknown counts in, what they leave possible for others out: linear programmes.

Counts are never negative. A group can't be larger than some sum of published counts that holds all
of it; the smallest such sum is found as the dual of a linear programme, and names the published
counts that it uses.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

Array = np.ndarray[Any, Any]

TOLERANCE = 1e-6
"""Counts are whole: what differs by less than this is the same."""

BLOCK = 10_000
"""Lumps that are asked about together: of more, a programme takes longer than its parts do."""

UNBOUNDED = 3
"""What `linprog` says where nothing bounds a count."""


@dataclass(frozen=True)
class Puzzle:
    """Lumps that are not known: `sums` @ lumps is `known`, `limits` @ lumps at least `floor`."""

    sums: Any
    known: Array
    limits: Any
    floor: Array


@dataclass(frozen=True)
class Bound:
    """An attack: what is known, weighted, bounds the lumps that it covers by `most`.

    `weights` are of the published cells, `slopes` of the limits; `covered` is (lumps,), and every
    group of lumps that are covered at least once has at most `most` comments.
    """

    most: float
    weights: Array
    slopes: Array
    covered: Array


def beyond_reach(puzzle: Puzzle, truth: Array, inside: Any, needed: Array) -> Array:
    """Places of the groups that may not be able to have as many comments as `needed`.

    A quick sieve: who is not among them can. `inside` is (groups, lumps), `truth` (lumps,), what
    the attacker does not know. Of many lumps, those of a block alone may differ from it at first:
    what can be so while all others are as they are, can be so.
    """
    left, count = np.arange(len(needed)), len(truth)
    for start in range(0, count, BLOCK) if count > BLOCK else ():
        block = slice(start, start + BLOCK)
        here = left[is_within(inside[left], block)]
        near = puzzle_of(puzzle, truth, block)
        beyond = in_no_answer(near, inside[here][:, block], needed[here])
        left = np.setdiff1d(left, np.delete(here, beyond))
    return left[in_no_answer(puzzle, inside[left], needed[left])]


def is_within(groups: Any, block: slice) -> Array:
    """(groups,) whether all lumps of each of `groups` (groups, lumps) lie in a block of lumps."""
    return np.asarray(np.diff(groups[:, block].indptr) == np.diff(groups.indptr))


def puzzle_of(puzzle: Puzzle, truth: Array, block: slice) -> Puzzle:
    """The puzzle of a block of lumps, while all others hold what is true."""
    sums, limits = puzzle.sums[:, block], puzzle.limits[:, block]
    held, tied = np.diff(sums.indptr) > 0, np.diff(limits.indptr) > 0
    others = puzzle.limits[tied] @ truth - limits[tied] @ truth[block]
    return Puzzle(sums[held], sums[held] @ truth[block], limits[tied], puzzle.floor[tied] - others)


def in_no_answer(puzzle: Puzzle, inside: Any, needed: Array) -> Array:
    """Places of the groups that have as many comments as `needed` in no answer to the puzzle.

    One linear programme lets as many groups as possible have it at the same time; who has it in
    some of its answers is safe. It is asked again of the others until it helps no more.
    """
    left, lump_count = np.arange(len(needed)), puzzle.sums.shape[1]
    while left.size and lump_count:
        groups = inside[left]
        reach = sparse.bmat([[-groups, sparse.identity(len(left))], [-puzzle.limits, None]])
        answer = linprog(
            np.concatenate([np.zeros(lump_count), -np.ones(len(left))]),
            A_eq=sparse.hstack([puzzle.sums, sparse.csr_matrix((len(puzzle.known), len(left)))]),
            b_eq=puzzle.known,
            A_ub=reach,
            b_ub=np.concatenate([np.zeros(len(left)), -puzzle.floor]),
            bounds=[(0, None)] * lump_count + [(None, need) for need in needed[left]],
            method="highs",
        )
        reached = groups @ answer.x[:lump_count] >= needed[left] - TOLERANCE
        if not reached.any():
            break
        left = left[~reached]
    return left


def bound_of(puzzle: Puzzle, group: Array) -> Bound:
    """The tightest bound of the count of `group` (lumps,), by a linear programme and its dual."""
    if not group.any():
        return Bound(0.0, np.zeros(len(puzzle.known)), np.zeros(len(puzzle.floor)), group)
    # The simplex method ends in a corner: few cells have a weight.
    answer = linprog(
        -group.astype(float),
        A_eq=puzzle.sums,
        b_eq=puzzle.known,
        A_ub=-puzzle.limits,
        b_ub=-puzzle.floor,
        bounds=(0, None),
        method="highs-ds",
    )
    if answer.status == UNBOUNDED:
        nothing = np.zeros(len(puzzle.known)), np.zeros(len(puzzle.floor))
        return Bound(np.inf, *nothing, np.full(len(group), np.inf))
    weights, slopes = -answer.eqlin.marginals, -answer.ineqlin.marginals
    covered = puzzle.sums.T @ weights - puzzle.limits.T @ slopes
    return Bound(-answer.fun, weights, slopes, covered)
