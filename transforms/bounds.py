"""Sums of unknown counts in, what they leave possible for others out: linear programmes.

Counts are never negative. A group can't be larger than some sum of published counts that holds all
of it; the smallest such sum is found as the dual of a linear programme, and names the published
counts that it uses.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from models.cores import cores

Array = np.ndarray[Any, Any]

TOLERANCE = 1e-6
"""Counts are whole: what differs by less than this is the same."""

BLOCK = 10_000
"""Lumps that are asked about together: of more, a programme takes longer than its parts do."""

WIDE = 100
"""Of more than a block of lumps, sums of more lumps than that are told as two inequalities."""

HAIR = 1e-8
"""How far apart these are. HiGHS first looks for equations that follow from others, which among
hundreds of wide sums takes three times as long as to solve all; inequalities it leaves alone. It
takes what differs by 1e-7 for equal."""

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

    def can(start: int) -> Array:
        block = slice(start, start + BLOCK)
        here = np.flatnonzero(is_within(inside, block))
        near = puzzle_of(puzzle, truth, block)
        return np.delete(here, in_no_answer(near, inside[here][:, block], needed[here]))

    # HiGHS works without Python's lock.
    with ThreadPoolExecutor(cores()) as threads:
        starts = range(0, count, BLOCK) if count > BLOCK else ()
        left = np.setdiff1d(left, np.concatenate([left[:0], *threads.map(can, starts)]))
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
    told, counts = programme_of(puzzle), np.full((lump_count, 2), (0, np.inf))
    while left.size and lump_count:
        groups, count = inside[left], len(left)
        answer = linprog(
            np.concatenate([np.zeros(lump_count), -np.ones(count)]),
            A_eq=sparse.hstack([told["A_eq"], sparse.csr_matrix((len(told["b_eq"]), count))]),
            b_eq=told["b_eq"],
            A_ub=sparse.bmat([[-groups, sparse.identity(count)], [told["A_ub"], None]]),
            b_ub=np.concatenate([np.zeros(count), told["b_ub"]]),
            bounds=np.concatenate([counts, [(-np.inf, need) for need in needed[left]]]),
            method="highs",
        )
        reached = groups @ answer.x[:lump_count] >= needed[left] - TOLERANCE
        if not reached.any():
            break
        left = left[~reached]
    return left


def programme_of(puzzle: Puzzle) -> dict[str, Any]:
    """What a puzzle tells a linear programme: the limits first, then both sides of wide sums."""
    is_wide = wide_sums(puzzle)
    wide, known = puzzle.sums[is_wide], puzzle.known[is_wide]
    return {
        "A_eq": puzzle.sums[~is_wide],
        "b_eq": puzzle.known[~is_wide],
        "A_ub": sparse.vstack([-puzzle.limits, wide, -wide], format="csr"),
        "b_ub": np.concatenate([-puzzle.floor, known + HAIR, HAIR - known]),
    }


def wide_sums(puzzle: Puzzle) -> Array:
    """(sums,) whether each is told as two inequalities."""
    width = np.diff(puzzle.sums.indptr)
    return np.asarray((width > WIDE) & (puzzle.sums.shape[1] > BLOCK))


def bound_of(puzzle: Puzzle, group: Array) -> Bound:
    """The tightest bound of the count of `group` (lumps,), by a linear programme and its dual."""
    if not group.any():
        return Bound(0.0, np.zeros(len(puzzle.known)), np.zeros(len(puzzle.floor)), group)
    # The simplex method ends in a corner: few cells have a weight.
    answer = linprog(
        -group.astype(float), **programme_of(puzzle), bounds=(0, None), method="highs-ds"
    )
    if answer.status == UNBOUNDED:
        nothing = np.zeros(len(puzzle.known)), np.zeros(len(puzzle.floor))
        return Bound(np.inf, *nothing, np.full(len(group), np.inf))
    is_wide = wide_sums(puzzle)
    of_limits, above, below = np.split(
        -answer.ineqlin.marginals, len(puzzle.floor) + np.array([0, is_wide.sum()])
    )
    weights = np.zeros(len(puzzle.known))
    weights[~is_wide], weights[is_wide] = -answer.eqlin.marginals, above - below
    covered = puzzle.sums.T @ weights - puzzle.limits.T @ of_limits
    return Bound(-answer.fun, weights, of_limits, covered)
