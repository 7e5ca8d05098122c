"""Which mix of answers makes the model say what it says of a cell: quantification.

Saerens, Latinne and Decaestecker (2002), Adjusting the outputs of a classifier to new a priori
probabilities, Neural Computation 14(1), doi:10.1162/089976602753284446: the expectation-
maximisation that is known as EMQ or SLD. It takes the probabilities at their word. Where they are
a little off, so is the mix; therefore the probabilities, adapted to the mix that it found, are
corrected once more by what they say on average of held-out texts of each answer (Forman 2008,
Quantifying counts and costs via classification, doi:10.1007/s10618-008-0097-y, with probabilities
in place of choices as in Bella et al. 2010). That is right for every mix as long as texts of one
answer look alike there and here; how far they may not is `Reference.shift`.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np

from transforms.estimates.evidence import Audits, Cells, Numbers, Reference

STEPS = 300
"""Most iterations; mixes of a few answers settle in some dozens."""
SETTLED = 1e-6


@dataclass(frozen=True)
class Mixture:
    """A score of each comment that is right on average: 1 for the answer it has, 0 for others.

    `score` is (cells, bins, columns): it differs from cell to cell, as the mix does. Scores may lie
    outside 0 to 1. `spread` (cells, answers, columns): the variance of a column's score among
    held-out texts of one answer. `uncertainty` (cells, answers): how far the mean score of one
    answer's texts may be off, the shift from one kind of texts to another included, as a variance
    in units of `spread`.
    """

    score: Numbers
    spread: Numbers
    uncertainty: Numbers


def unmix(
    cells: Cells, reference: Reference, columns: Numbers, audits: Audits | None = None
) -> Mixture:
    """The mixture of every cell, by EMQ and the held-out means.

    `columns` (answers, columns): the sums of answers that are asked for. What texts of one answer
    score on average is learnt from `audits`, too: the held-out mean counts as much as so many of
    them as make it as sure, the shift taken into account (empirical Bayes).
    """
    mixes = emq(cells, reference.prior)
    score = adapted(cells.posterior, mixes, reference.prior)
    known = adapted(reference.posterior, mixes, reference.prior)
    counts = reference.gold.sum(axis=0)
    # (cells, answers, answers): what texts of the answer in the middle score for the last.
    means = np.einsum("by,cbk->cyk", reference.gold / counts, known)
    worth = np.tile(1 / (1 / counts + reference.shift**2), (len(cells), 1))
    if audits is not None:
        means, worth = _learnt(means, worth, score, audits)
    back = np.linalg.pinv(means) @ columns
    squares = np.einsum("by,cbk->cyk", reference.gold / counts, (known @ back) ** 2)
    spread = np.maximum(squares - columns**2, 0)
    return Mixture(score @ back, spread, 1 / worth)


def _learnt(
    means: Numbers, worth: Numbers, score: Numbers, audits: Audits
) -> tuple[Numbers, Numbers]:
    """The means with those of the audits, weighed by what each is worth, and both together."""
    found, sums = np.zeros(worth.shape), np.zeros(means.shape)
    np.add.at(found, audits.cell, audits.gold)
    scores = score[audits.cell, audits.bin]
    np.add.at(sums, audits.cell, audits.gold[:, :, None] * scores[:, None, :])
    both = worth + found
    return (worth[:, :, None] * means + sums) / both[:, :, None], both


def emq(cells: Cells, prior: Numbers) -> Numbers:
    """The mix of answers in every cell, (cells, answers), as the probabilities have it.

    One comment an answer, mixed as in `prior`, is added, so that no answer is ruled out in a cell
    of few comments. A cell's mix does not depend on which other cells there are.
    """
    # Most cells have comments in few of the bins: only these are gone through.
    cell, place = np.nonzero(cells.weight)
    weight, ratio = cells.weight[cell, place], (cells.posterior / prior)[place]
    voices, added = cells.authors[:, None], len(prior) * prior
    mixes = np.tile(prior, (len(cells), 1))
    moving = np.arange(len(cells))
    for _ in range(STEPS):
        starts, mix = np.searchsorted(cell, moving), mixes[moving]
        evidence = (mixes[cell] * ratio).sum(axis=1)
        counted = np.add.reduceat(ratio * (weight / evidence)[:, None], starts) * mix
        following = (voices[moving] * counted + added) / (voices[moving] + len(prior))
        mixes[moving] = following
        is_moving = np.abs(following - mix).max(axis=1) >= SETTLED
        if not is_moving.any():
            break
        if not is_moving.all():
            moving = moving[is_moving]
            here = np.isin(cell, moving, kind="table")
            cell, weight, ratio = cell[here], weight[here], ratio[here]
    return mixes


def adapted(posterior: Numbers, mixes: Numbers, prior: Numbers) -> Numbers:
    """Probabilities (bins, answers) under each cell's mix, not `prior`: (cells, bins, answers)."""
    shares = posterior[None] * (mixes / prior)[:, None, :]
    # Answers are few: to add up whole columns takes half the time of a sum along the last axis.
    shares /= reduce(np.add, np.moveaxis(shares, 2, 0))[:, :, None]
    return np.asarray(shares)
