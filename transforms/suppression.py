"""Cells and their small ones in; which others must be hidden, too, out.

A small cell is hidden first. It is still known if published numbers add up to it, so further cells
are hidden, of the fewest people first, until no sum or difference of what is published tells

- the number of comments of a small cell, nor that it is below the smallest that is published;
- the number of comments of any other group of so few authors that the dimensions tell apart, such
  as the last two days of a month which a week reaches beyond.

The complementary cell suppression of official statistics (Willenborg, de Waal 2001: Elements of
Statistical Disclosure Control, chapter 8; Fischetti, Salazar 2001), with a greedy choice of what to
hide. The number of all comments gives way first: it is told beside the tables, which hide the same
with it as without.

Atoms that the same published cells hold can't be told apart, so only their sum is known: a *lump*.
All questions are asked of lumps, which are far fewer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse.linalg import lsqr
from threadpoolctl import threadpool_limits

from transforms.attacker import REACHES, Attacker, Lumps
from transforms.bounds import TOLERANCE, Array
from transforms.cells import TOTAL, Cells, few_wrote, name_of


@dataclass(frozen=True)
class Guarded:
    """Groups (groups, atoms) of which nobody may know that they have fewer than `needed`."""

    groups: Any
    needed: Array

    def only(self, places: Array) -> "Guarded":
        """Those at `places`."""
        return Guarded(self.groups[places], self.needed[places])


def hidden_cells(cells: Cells, smallest: int) -> Array:
    """(cells,) whether each is hidden, so that nothing tells about fewer than `smallest` people."""
    is_small = cells.listed["is_small"].to_numpy().copy()
    is_total = (cells.listed["family"] == name_of(TOTAL)).to_numpy()
    small = cells.holds[is_small]
    guarded = Guarded(small, np.maximum(smallest, small @ cells.comments + 1))
    hidden = covered(cells, is_small | is_total, guarded, smallest)
    if (is_total & ~is_small).any():
        # Nothing leaks without it, so whatever leaks now does by it alone.
        told = hidden & (~is_total | is_small)
        hidden = covered(cells, told, guarded, smallest, is_nearly=True)
    return hidden & ~pointless(cells, hidden, is_small)


def covered(
    cells: Cells, hidden: Array, guarded: Guarded, smallest: int, is_nearly: bool = False
) -> Array:
    """(cells,) `hidden`, and what else must be so that nothing of what is `guarded` leaks."""
    hidden = hidden.copy()
    # Without what topics tell of all, the questions fall into small parts: most is found there. If
    # next to nothing leaks, what they do tell finds the rest as soon.
    for sees_limits in (False, True):
        in_doubt = guarded if sees_limits or not is_nearly else guarded.only(np.arange(0))
        while True:
            further, in_doubt = leaking(cells, hidden, in_doubt, smallest, sees_limits)
            if not further.size:
                break
            hidden[further] = True
    return hidden


def leaking(
    cells: Cells, hidden: Array, guarded: Guarded, smallest: int, sees_limits: bool
) -> tuple[Array, Guarded]:
    """Published cells to be hidden next, and who of the `guarded` may leak even without them.

    The more is hidden, the less is known: who is safe now needs not be looked at again.
    """
    seen = lumps(cells, hidden, sees_limits)
    if not seen.published.size:
        return seen.published, guarded
    exact = cells.groups[:0]
    if not sees_limits:  # limits make nothing exact that was not
        few = small_groups(cells, seen, smallest)
        exact = few[determined(seen, few)]
    wanted = Guarded(
        sparse.vstack([guarded.groups, exact], format="csr"),
        np.concatenate([guarded.needed, exact @ cells.comments + 1]),
    )
    further, in_doubt = to_hide(seen, wanted, cost(cells))
    return further, guarded.only(in_doubt[in_doubt < len(guarded.needed)])


def cost(cells: Cells) -> Array:
    """(cells,) what to hide each would cost: its people; the total is the first to give way."""
    is_total = pl.col("family") == name_of(TOTAL)
    people = pl.when(is_total).then(0).otherwise("author_count")
    return cells.listed.select(people).to_series().to_numpy()


def lumps(cells: Cells, hidden: Array, sees_limits: bool = True) -> Lumps:
    """The atoms, lumped by which of the cells that are not hidden hold them."""
    published = np.flatnonzero(~hidden)
    holds = cells.holds[published]
    # Two sums of random weights are equal for two atoms only if the same cells hold them.
    random = np.random.default_rng(0)
    weights = random.integers(1, 2**40, size=(2, len(published)))
    marks = [holds.T @ weight for weight in weights] + [cells.limits.mark] * sees_limits
    _, first, number = np.unique(
        np.stack(marks, axis=1), axis=0, return_index=True, return_inverse=True
    )
    # As their first atoms stand: of one post and about the same time side by side.
    order = np.argsort(first)
    first, number = first[order], np.argsort(order)[number.ravel()]
    ones = np.ones(len(number), np.int64)
    place = (np.arange(len(number)), number)
    member = sparse.csr_matrix((ones, place), shape=(len(number), len(first)))
    limits, floor, wholes = limits_on(cells, holds, sees_limits)
    return Lumps(
        published=published,
        member=member,
        sums=holds[:, first].tocsr(),
        known=holds @ cells.comments,
        comments=member.T @ cells.comments,
        limits=limits[:, first],
        floor=floor,
        wholes=wholes,
    )


def limits_on(cells: Cells, holds: Any, sees_limits: bool) -> tuple[Any, Array, Any]:
    """The limits as (limits, atoms), what each is at least, and the published cells it rests on.

    `holds` is of the published cells. A whole that is itself published is a number: it ties nothing
    together, and rests on the cells that tell it.
    """
    limits = cells.limits
    if not sees_limits:
        nothing = sparse.csr_matrix((0, len(cells.comments)))
        return nothing, np.zeros(0), sparse.csr_matrix((0, holds.shape[0]))
    weights = np.random.default_rng(2).integers(1, 2**40, size=len(cells.comments))
    wholes = same_sums(limits.whole @ weights, holds @ weights)
    is_number = np.diff(wholes.indptr) > 0
    sign = sparse.diags(limits.sign.astype(float))
    whole = sparse.diags((~is_number).astype(float)) @ limits.whole
    floor = np.where(is_number, -limits.sign * (limits.whole @ cells.comments), 0)
    return sparse.csr_matrix(sign @ (whole - limits.topics)), floor, wholes


def same_sums(these: Array, those: Array) -> Any:
    """(these, those): 1 where two sums are equal."""
    kinds, kind = np.unique(np.concatenate([these, those]), return_inverse=True)
    place = (np.arange(len(kind)), kind.ravel())
    of_kind = sparse.csr_matrix((np.ones(len(kind), np.int64), place), (len(kind), len(kinds)))
    return sparse.csr_matrix(of_kind[: len(these)] @ of_kind[len(these) :].T)


def small_groups(cells: Cells, seen: Lumps, smallest: int) -> Any:
    """(groups, atoms): groups of some but fewer than `smallest` authors that might be computed.

    These are the groups that dimensions tell apart, the lumps, and what a published cell holds
    beside those published cells that lie wholly in it.
    """
    rest = sparse.csr_matrix(remainders(cells.holds[seen.published]))
    seen_only = sparse.vstack([seen.member.T, rest], format="csr")
    return sparse.vstack(
        [cells.groups, few_wrote(seen_only, cells.written, smallest)], format="csr"
    )


def remainders(holds: Any) -> Any:
    """(cells, atoms): what each cell holds beside the smaller cells that lie wholly in it."""
    shared = (holds @ holds.T).tocoo()
    size = np.asarray(holds.sum(axis=1)).ravel()
    inside = (shared.data == size[shared.col]) & (size[shared.col] < size[shared.row])
    place = (shared.row[inside], shared.col[inside])
    smaller = sparse.csr_matrix((np.ones(inside.sum(), np.int64), place), shape=shared.shape)
    return holds - holds.multiply(smaller @ holds > 0)


def determined(seen: Lumps, groups: Any) -> Array:
    """(groups,) whether the count of each follows from the published ones by sums and differences.

    It does if nothing that leaves all published counts alone can change it. A random change of
    that kind shows it for all groups at once: the odds that it spares one by chance are nil.
    """
    parts = sparse.csr_matrix(groups @ seen.member)
    parts.eliminate_zeros()
    whole = seen.member.T @ np.ones(seen.member.shape[0])
    row_of = np.repeat(np.arange(parts.shape[0]), np.diff(parts.indptr))
    is_cut = np.zeros(parts.shape[0], dtype=bool)
    is_cut[row_of[parts.data != whole[parts.indices]]] = True
    is_open = known_alone(seen) < 0
    sums = seen.sums[:, is_open]
    sums = sums[np.diff(sums.indptr) > 0]
    # Of equal length, the sums are solved in fewer steps; what they leave alone is the same.
    length = np.sqrt(np.diff(sums.indptr))
    sums = sparse.diags(1 / length) @ sums
    free = np.random.default_rng(1).normal(size=sums.shape[1])
    visible = np.zeros(0)
    # Two threads that multiply vectors wait for each other longer than they work, on a busy machine
    # a thousand times as long.
    with threadpool_limits(1, "blas"):
        if sums.shape[0]:
            visible = lsqr(sums.T, free, atol=1e-12, btol=1e-12, iter_lim=20_000)[0]
    change = np.zeros(len(seen.comments))
    change[is_open] = free - sums.T @ visible
    moved = np.abs((parts > 0) @ change)
    return np.asarray(~is_cut & (moved < TOLERANCE))


def to_hide(seen: Lumps, wanted: Guarded, size: Array) -> tuple[Array, Array]:
    """Published cells without which each group `wanted` might have as many comments as it needs.

    And the places of those that may still be in danger when these are hidden.
    """
    touched = (wanted.groups @ seen.member > 0).astype(np.int64).tocsr()
    # Of groups in the same lumps, who needs most speaks for all.
    order = np.argsort(-wanted.needed, kind="stable")
    marks = touched @ np.random.default_rng(3).integers(1, 2**40, size=touched.shape[1])
    first = order[np.unique(marks[order], return_index=True)[1]]
    doubtful = first[touched[first] @ seen.comments < wanted.needed[first]]
    further, left = hidden_by_attacks(seen, touched[doubtful], wanted.needed[doubtful], size)
    # Who speaks for a group now may not be asked about next time.
    return further, np.flatnonzero(np.isin(marks, marks[doubtful[left]]))


def hidden_by_attacks(seen: Lumps, touched: Any, needed: Array, size: Array) -> tuple[Array, Array]:
    """Cells to hide, by attacks with as few published cells around a group as will do.

    Attacks by one come first, and alone where some succeed: most do, and take next to no time.
    Others are looked for only where the quick sieve does not say that a group is safe. The second
    answer is the places of the groups that it did not say so of.
    """
    attacker = Attacker(seen, size[seen.published])
    left = np.argsort(-np.diff(touched.indptr), kind="stable")

    def hidden(groups: Array, reach: int | None) -> Iterator[int]:
        for group in groups:
            lumps = touched.indices[touched.indptr[group] : touched.indptr[group + 1]]
            yield from attacker.until_safe(lumps, needed[group], reach)

    chosen = list(hidden(left, 0))
    is_sieved = False
    for reach in REACHES if not chosen else ():
        if reach and reach >= len(seen.comments):
            continue  # that is all of them
        if not is_sieved:
            left = left[attacker.suspects(touched[left], needed[left])]
        further = list(hidden(left, reach))
        chosen += further
        is_sieved = not further  # where nothing was hidden, the sieve would say the same again
    return np.sort(seen.published[chosen]), left


def known_alone(seen: Lumps) -> Array:
    """(lumps,) the place of a published cell that is this lump and nothing else; -1 if none is."""
    alone = np.diff(seen.sums.indptr) == 1
    cell_of = np.full(len(seen.comments), -1)
    cell_of[seen.sums[alone].indices] = np.flatnonzero(alone)
    return cell_of


def pointless(cells: Cells, hidden: Array, is_small: Array) -> Array:
    """(cells,) whether each is hidden in vain: it can be computed, and it is not small."""
    seen = lumps(cells, hidden)
    found = np.zeros_like(hidden)
    extra = np.flatnonzero(hidden & ~is_small)
    if seen.published.size and extra.size:
        found[extra[determined(seen, cells.holds[extra])]] = True
    return found
