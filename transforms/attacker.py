"""What somebody with all published sums can find out about a group; which sums he needs for it.

He tries the easy ways first: one published number that holds the group and little else; then some
numbers near the group, by a linear programme; then all of them. So an attack that needs few numbers
costs little to find, however many there are, and what is hidden for it is close to the group.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from transforms.bounds import TOLERANCE, Array, Puzzle, beyond_reach, bound_of

REACHES = (100, 1_000, 10_000, None)
"""How many lumps around a group are looked at together, one after the other; None: all."""


@dataclass(frozen=True)
class Lumps:
    """What an attacker sees: `published` cells, each a sum of lumps, with its count.

    `member` is (atoms, lumps), `sums` (published, lumps), both 0 or 1; `known` holds the count of
    each published cell, `comments` that of each lump, which the attacker does not know. `limits`
    (limits, lumps) @ lumps is at least `floor`. `wholes` (limits, published), 0 or 1, says on which
    published cells the `floor` of a limit rests: all tell the same number, so one is enough.
    """

    published: Array
    member: Any
    sums: Any
    known: Array
    comments: Array
    limits: Any
    floor: Array
    wholes: Any


class Attacker:
    """Attacks groups of lumps, and forgets cells that are hidden from him.

    `size` (published,): the people of each published cell. A lump that is published as a cell of
    its own is known; the others are open. Cells are named by their place among the published ones.
    """

    def __init__(self, seen: Lumps, size: Array) -> None:
        self._seen, self._size = seen, size
        self._sums, self._holders = seen.sums.tocsr(), seen.sums.tocsc()
        self._is_alone = np.diff(self._sums.indptr) == 1
        self._is_shown = np.ones(len(seen.published), dtype=bool)
        self._alone: dict[int, list[int]] = {}
        for cell in np.flatnonzero(self._is_alone).tolist():
            self._alone.setdefault(int(self._lumps_of(cell)[0]), []).append(cell)
        self._wholes, self._limits_on = seen.wholes.tocsr(), seen.wholes.T.tocsr()
        self._is_kept = np.ones(len(seen.floor), dtype=bool)
        self._is_open = np.ones(len(seen.comments), dtype=bool)
        self._is_open[list(self._alone)] = False
        # What is left of each cell when the known lumps are taken off.
        self._rest = self._sums @ np.where(self._is_open, seen.comments, 0)
        self._width = self._sums @ self._is_open.astype(np.int64)

    def until_safe(self, group: Array, needed: float, reach: int | None = 0) -> Iterator[int]:
        """Hide cells until no attack shows that `group` has fewer comments than `needed`.

        Each is the one of the fewest people in an attack. A `reach` of 0: attacks by one number.
        """
        while (used := self.attack(group, needed, reach)) is not None:
            cell = min(used, key=lambda one: (self._size[one], one))
            self._hide(cell)
            yield cell

    def attack(self, group: Array, needed: float, reach: int | None = 0) -> Sequence[int] | None:
        """The published cells of an attack on the lumps of `group`; None if none was found."""
        is_open = self._is_open[group]
        inside = group[is_open]
        if not inside.size:
            return [self._alone[lump][-1] for lump in group.tolist()]
        needed = needed - self._seen.comments[group[~is_open]].sum()
        used = self._by_one(group, inside, needed)
        return used if used or reach == 0 else self._by_programme(group, inside, needed, reach)

    def suspects(self, groups: Any, needed: Array) -> Array:
        """Places of `groups` (groups, lumps) that may have fewer comments than `needed`."""
        found = []
        is_open, cells = self._is_open, self._sums_left()
        inside = groups[:, is_open]
        missing = needed - groups[:, ~is_open] @ self._seen.comments[~is_open]
        sums, (limits, floor) = self._sums[cells][:, is_open], self._limits_left()
        limits, truth = limits[:, is_open], self._seen.comments[is_open]
        for in_lumps, in_cells, in_limits, in_groups in parts_of(sums, limits, inside):
            puzzle = Puzzle(
                sums[in_cells][:, in_lumps],
                self._rest[cells[in_cells]],
                limits[in_limits][:, in_lumps],
                floor[in_limits],
            )
            # Of one group, too: most of those alone lie in a small part, apart from the others.
            groups = inside[in_groups][:, in_lumps]
            left = beyond_reach(puzzle, truth[in_lumps], groups, missing[in_groups])
            found.append(in_groups[left])
        return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def _hide(self, cell: int) -> None:
        self._is_shown[cell] = False
        start, end = self._limits_on.indptr[cell : cell + 2]
        for limit in self._limits_on.indices[start:end].tolist():
            self._is_kept[limit] = self._cells_under(limit).size > 0
        if not self._is_alone[cell]:
            return
        lump = int(self._lumps_of(cell)[0])
        self._alone[lump].remove(cell)
        if not self._alone[lump]:
            self._is_open[lump] = True
            holders = self._cells_of(lump)
            self._rest[holders] += self._seen.comments[lump]
            self._width[holders] += 1

    def _by_one(self, group: Array, inside: Array, needed: float) -> list[int] | None:
        """An attack by one cell that holds all open lumps of the group: the one with least else."""
        cells = self._cells_of(inside[0])
        small = self._is_shown[cells] & ~self._is_alone[cells] & (self._rest[cells] < needed)
        cells = cells[small]
        for lump in inside[1:]:
            cells = np.intersect1d(cells, self._cells_of(lump))
        if not cells.size:
            return None
        order = np.lexsort((cells, self._width[cells], self._rest[cells]))
        cell = int(cells[order[0]])
        others = np.setxor1d(self._lumps_of(cell), group)
        return [cell, *self._taken_off(others)]

    def _by_programme(
        self, group: Array, inside: Array, needed: float, reach: int | None
    ) -> list[int] | None:
        """An attack by the cells around the group, with what topics tell if these are all."""
        if reach is None:
            cells, lumps = self._sums_left(), np.flatnonzero(self._is_open)
            limits, floor = self._limits_left()
        else:
            cells, lumps = self._around(inside, reach)
            limits, floor = self._seen.limits[:0], np.zeros(0)
        sums = self._sums[cells]
        puzzle = Puzzle(sums[:, lumps], self._rest[cells], limits[:, lumps], floor)
        bound = bound_of(puzzle, np.isin(lumps, inside).astype(np.float64))
        if bound.most >= needed - TOLERANCE:
            return None
        rest = -(sums.T @ bound.weights)
        rest[group] += 1
        rest += limits.T @ bound.slopes
        others = np.flatnonzero(np.abs(rest) > TOLERANCE)
        steep = np.flatnonzero(self._is_kept)[: len(floor)][bound.slopes > TOLERANCE]
        return [
            *cells[np.abs(bound.weights) > TOLERANCE].tolist(),
            *self._rested_on(steep),
            *self._taken_off(others),
        ]

    def _around(self, inside: Array, reach: int) -> tuple[Array, Array]:
        """Cells and open lumps around those of a group, the nearest first, `reach` of them or so.

        Cells of more lumps than that are left out: so few others never make up for so many.
        """
        cells: set[int] = set()
        lumps, found, place = inside.tolist(), set(inside.tolist()), 0
        while place < len(lumps) and len(lumps) <= reach:
            holders = self._cells_of(lumps[place])
            near = holders[
                self._is_shown[holders] & ~self._is_alone[holders] & (self._width[holders] <= reach)
            ]
            for cell in near.tolist():
                if cell not in cells:
                    cells.add(cell)
                    held = self._lumps_of(cell)
                    more = [
                        lump for lump in held[self._is_open[held]].tolist() if lump not in found
                    ]
                    found.update(more)
                    lumps += more
            place += 1
        return np.array(sorted(cells), np.int64), np.array(sorted(lumps), np.int64)

    def _taken_off(self, lumps: Array) -> list[int]:
        """Cells that tell the known ones of `lumps`."""
        return [self._alone[lump][-1] for lump in lumps[~self._is_open[lumps]].tolist()]

    def _sums_left(self) -> Array:
        return np.flatnonzero(self._is_shown & ~self._is_alone & (self._width > 0))

    def _limits_left(self) -> tuple[Any, Array]:
        """The limits that still hold, and what each of the open lumps is at least."""
        limits = self._seen.limits[self._is_kept]
        known = np.where(self._is_open, 0, self._seen.comments)
        return limits, np.asarray(self._seen.floor[self._is_kept] - limits @ known)

    def _rested_on(self, limits: Array) -> list[int]:
        """Cells, one for each of `limits` that rests on a number."""
        shown = (self._cells_under(limit) for limit in limits.tolist())
        return [int(cells[-1]) for cells in shown if cells.size]

    def _cells_under(self, limit: int) -> Array:
        start, end = self._wholes.indptr[limit : limit + 2]
        cells = self._wholes.indices[start:end]
        return np.asarray(cells[self._is_shown[cells]])

    def _lumps_of(self, cell: int) -> Array:
        return np.asarray(self._sums.indices[self._sums.indptr[cell] : self._sums.indptr[cell + 1]])

    def _cells_of(self, lump: int) -> Array:
        start, end = self._holders.indptr[lump : lump + 2]
        return np.asarray(self._holders.indices[start:end])


def parts_of(sums: Any, limits: Any, groups: Any) -> list[tuple[Array, ...]]:
    """The (lumps, published cells, limits, groups) that hang together, where there are groups."""
    graph = sparse.vstack([sums, limits, groups], format="csr")
    square = sparse.bmat([[None, graph], [graph.T, None]], format="csr")
    _, label = connected_components(square, directed=False)
    ends = np.cumsum([sums.shape[0], limits.shape[0], groups.shape[0]])
    of_cells, of_limits, of_groups, of_lumps = np.split(label, ends)
    return [
        tuple(np.flatnonzero(of == part) for of in (of_lumps, of_cells, of_limits, of_groups))
        for part in np.unique(of_groups)
    ]
