"""What an estimate of one question rests on: the cells' histograms, the audits, the held-out set.

A question is a head with one label, or one label of a head where several may apply: then its
answers are no and yes. Arrays say their shape in words: cells, bins (distinct codes), answers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """What the model said of the comments of some cells.

    `posterior` (bins, answers): what each bin's code stands for. `weight` (cells, bins): the share
    of the cell's voices in each bin; each author has one voice, which his comments divide. Rows sum
    to 1. `chosen` (cells, answers): the share of voices for each answer as the model chose it.
    `authors` (cells,): voices, at least 1. `is_whole` (cells,): every comment there is has arrived,
    and was read.
    """

    posterior: Numbers
    weight: Numbers
    chosen: Numbers
    authors: Numbers
    is_whole: Flags

    def __len__(self) -> int:
        return len(self.weight)

    def at(self, places: Places) -> "Cells":
        """Only the cells at `places`."""
        return Cells(
            self.posterior,
            self.weight[places],
            self.chosen[places],
            self.authors[places],
            self.is_whole[places],
        )


@dataclass(frozen=True)
class Audits:
    """Which comments that people labelled speak for which cell: one entry a (cell, comment).

    `cell` and `bin` are places in `Cells`; `gold` is (entries, answers), rows sum to 1; `voice` the
    comment's part of its author's one voice; `chance` that of being drawn; `author` tells authors
    apart.
    """

    cell: Places
    bin: Places
    gold: Numbers
    voice: Numbers
    chance: Numbers
    author: Places

    @property
    def weight(self) -> Numbers:
        """How much each counts, (entries,): the less likely drawn, the more it stands for."""
        return np.asarray(self.voice / self.chance)

    def of(self, cells: Places) -> "Audits":
        """Those that speak for `cells`, which are then counted from 0."""
        place = np.full(int(max(self.cell.max(initial=-1), cells.max(initial=-1))) + 1, -1)
        place[cells] = np.arange(len(cells))
        here = place[self.cell] >= 0
        return Audits(
            place[self.cell[here]],
            self.bin[here],
            self.gold[here],
            self.voice[here],
            self.chance[here],
            self.author[here],
        )


@dataclass(frozen=True)
class Reference:
    """Texts whose answers are known, by bin: `posterior` and `gold`, both (bins, answers).

    `gold` counts the texts of each answer in a bin. `shift`: by how many standard deviations the
    model's mean on texts of one answer moves from one kind of texts to another
    (`transforms/estimates/shift.py`).
    """

    posterior: Numbers
    gold: Numbers
    shift: float = 0.0

    @property
    def prior(self) -> Numbers:
        """The share of each answer, (answers,)."""
        return np.asarray(self.gold.sum(axis=0) / self.gold.sum())


@dataclass(frozen=True)
class References:
    """References by kind of texts: `posterior` (bins, answers), `gold` (kinds, bins, answers).

    The first kind is that of the texts which the model is for.
    """

    kinds: tuple[str, ...]
    posterior: Numbers
    gold: Numbers

    def mixed(self, weights: Numbers, shift: float) -> Reference:
        """Texts of the kinds as `weights` (kinds,) mix them: of each answer, a kind its weight.

        They count for as many texts as would be as sure, were they of one kind (Kish 1965).
        Raises ValueError unless each kind has a weight: one alone would be taken for that of all.
        """
        if weights.shape != (len(self.kinds),):
            raise ValueError(f"weights of shape {weights.shape}, expected ({len(self.kinds)},)")
        counts = self.gold.sum(axis=1)
        sure = 1 / (weights[:, None] ** 2 / counts).sum(axis=0)
        parts = weights[:, None] / counts * sure
        return Reference(self.posterior, np.einsum("ky,kby->by", parts, self.gold), shift)

    def first(self, shift: float) -> Reference:
        """Texts of the first kind alone."""
        return self.mixed(np.eye(len(self.kinds))[0], shift)
