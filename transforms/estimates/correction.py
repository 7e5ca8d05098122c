"""From what the model said to what is so: shares of every cell, with 95 % intervals.

Every estimate has one form, with a score of each comment and a factor lambda:

    share = lambda * mean score of the cell + mean of (answer - lambda * score) over its audits

which is prediction-powered inference (Angelopoulos, Duchi and Zrnic 2023, PPI++, arXiv:2311.01453;
among statisticians the difference or regression estimator of Saerndal et al. 1992). Three cases:

- `own`: enough audits lie in the cell. The score is the model's probability, lambda is tuned to the
  least variance. Right whatever the model is worth.
- `pooled`: audits of the like, in other weeks. Scores are those of `mixture`, lambda is 1: so the
  mix may differ between the weeks. As far as it does, the interval holds what is not known of how
  the model errs on each answer: with lambda tuned it would claim that the mix is the same.
- `alone`: no audits. The same with no second term, and all of the shift in the interval.

Authors, not comments, are what is drawn: an author's comments are taken to repeat each other.
"""

import numpy as np

from transforms.estimates.evidence import Audits, Cells, Numbers, Places, Reference
from transforms.estimates.interval import Estimates, Moments, estimates, proper
from transforms.estimates.mixture import Mixture, unmix

PRIOR_AUDITS = 20.0
"""Audits that the held-out set is worth when lambda is tuned: of 30 audits alone, lambda would fit
their chance, and the interval come out too short."""


def raw(cells: Cells, values: Numbers) -> Estimates:
    """What the model chose, uncorrected; the interval knows of few comments, not of errors."""
    share = cells.chosen @ _columns(values)
    none, sure = np.zeros(share.shape), np.full(len(cells), np.inf)
    # Even where all comments are in hand: an interval without width would claim no error at all.
    return estimates(Moments(share, cells.authors, 1 / cells.authors, none, sure), values)


def own(cells: Cells, audits: Audits, reference: Reference | None, values: Numbers) -> Estimates:
    """Corrected by audits of the cells themselves; each cell needs at least two authors' audits."""
    columns = _columns(values)
    score = cells.posterior @ columns
    factor = tuned(cells, audits, reference)[:, None]
    residual = audits.gold @ columns - factor[audits.cell] * score[audits.bin]
    mean, variance, authors = residuals(residual, audits, len(cells))
    share = factor * (cells.weight @ score) + mean
    seen = _sums(audits.voice, audits.cell, len(cells)) / cells.authors
    added = np.maximum(1 - seen, 0)[:, None] * variance
    return estimates(Moments(share, cells.authors, _drawn(cells), added, authors - 1), values)


def pooled(cells: Cells, audits: Audits, reference: Reference, values: Numbers) -> Estimates:
    """Corrected by audits of other cells, whose mix may differ."""
    columns = _columns(values)
    mixture = unmix(cells, reference, columns, audits)
    residual = audits.gold @ columns - mixture.score[audits.cell, audits.bin]
    mean, variance, authors = residuals(residual, audits, len(cells))
    known = weighted_mean(audits.gold, audits, len(cells))
    share = _mean_score(cells, mixture) + mean
    added = variance + _held_out_variance(cells, mixture, share, known)
    return estimates(Moments(share, cells.authors, _drawn(cells), added, authors - 1), values)


def alone(cells: Cells, reference: Reference, values: Numbers) -> Estimates:
    """Corrected by the held-out set only."""
    mixture = unmix(cells, reference, _columns(values))
    share = _mean_score(cells, mixture)
    nothing = np.zeros((len(cells), len(values)))
    added = _held_out_variance(cells, mixture, share, nothing)
    sure = np.full(len(cells), np.inf)
    return estimates(Moments(share, cells.authors, _drawn(cells), added, sure), values)


def tuned(cells: Cells, audits: Audits, reference: Reference | None) -> Numbers:
    """Lambda of every cell, 0 to 1: the slope of answers on probabilities, all answers together."""
    count = len(cells)
    score = cells.posterior[audits.bin]
    off = score - weighted_mean(score, audits, count)[audits.cell]
    off_gold = audits.gold - weighted_mean(audits.gold, audits, count)[audits.cell]
    products = np.stack([(off * off_gold).sum(axis=1), (off**2).sum(axis=1)], axis=1)
    entries = np.bincount(audits.cell, minlength=count)
    covariance, variance = (weighted_mean(products, audits, count) * entries[:, None]).T
    if reference is not None:
        mean = cells.weight @ cells.posterior
        known = PRIOR_AUDITS * (cells.weight @ cells.posterior**2 - mean**2).sum(axis=1)
        covariance, variance = covariance + slope(reference) * known, variance + known
    return np.asarray(np.clip(covariance / np.maximum(variance, 1e-12), 0, 1))


def slope(reference: Reference) -> float:
    """Lambda as the held-out set has it."""
    texts = reference.gold.sum(axis=1, keepdims=True)
    off = reference.posterior - (texts * reference.posterior).sum(axis=0) / texts.sum()
    return float((off * reference.gold).sum() / (texts * off**2).sum())


def residuals(residual: Numbers, audits: Audits, count: int) -> tuple[Numbers, Numbers, Numbers]:
    """Of each cell: the weighted mean residual, its variance between authors, and the authors.

    The variance is that of a ratio, linearised. At least, one audit of them is reckoned to be yet
    to go wrong: of audits that all agree with the model, it would be none.
    """
    mean = weighted_mean(residual, audits, count)
    off = _part(audits, count) * (residual - mean[audits.cell])
    names, author = np.unique(audits.author, return_inverse=True)
    pairs, pair = np.unique(audits.cell * len(names) + author, return_inverse=True)
    cell = pairs // max(len(names), 1)
    by_author = _sums(off, pair, len(pairs))
    authors = np.bincount(cell, minlength=count).astype(np.float64)
    # Two degrees of freedom: the mean, and lambda.
    small = authors / np.maximum(authors - 2, 1)
    variance = small[:, None] * _sums(by_author**2, cell, count)
    return mean, np.maximum(variance, 1 / np.maximum(authors, 1)[:, None] ** 2), authors


def weighted_mean(values: Numbers, audits: Audits, count: int) -> Numbers:
    """Means of `values` (entries, columns) over each cell's audits, (cells, columns)."""
    return _sums(_part(audits, count) * values, audits.cell, count)


def _columns(values: Numbers) -> Numbers:
    """(answers, answers + 1): each answer by itself, and their net."""
    return np.hstack([np.eye(len(values)), values[:, None]])


def _drawn(cells: Cells) -> Numbers:
    """1 / authors; 0 where the whole thread is in hand, so that nobody was left out by chance."""
    return np.asarray(np.where(cells.is_whole, 0, 1 / cells.authors))


def _mean_score(cells: Cells, mixture: Mixture) -> Numbers:
    return np.asarray(np.einsum("cb,cbk->ck", cells.weight, mixture.score))


def _held_out_variance(cells: Cells, mixture: Mixture, share: Numbers, known: Numbers) -> Numbers:
    """What scores scatter among comments of one answer, and what the held-out means may be off.

    `known` (cells, answers): the mix of the audits that were added; of that part of the mix they
    correct what the held-out set has wrong.
    """
    mix = proper(share[:, :-1])
    scatter = np.einsum("cy,cyk->ck", mix, mixture.spread) / cells.authors[:, None]
    weight = (mix - known) ** 2 * mixture.uncertainty
    return np.asarray(scatter + np.einsum("cy,cyk->ck", weight, mixture.spread))


def _part(audits: Audits, count: int) -> Numbers:
    """Each audit's part of the weight of its cell, (entries, 1)."""
    total = _sums(audits.weight, audits.cell, count)
    return np.asarray((audits.weight / total[audits.cell])[:, None])


def _sums(values: Numbers, group: Places, count: int) -> Numbers:
    """Sums of `values` (entries,) or (entries, columns) by group, (count, ...)."""
    if values.ndim == 1:
        return np.asarray(np.bincount(group, values, minlength=count), dtype=np.float64)
    return np.stack([np.bincount(group, column, minlength=count) for column in values.T], axis=1)
