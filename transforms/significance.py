"""Has a number changed? Estimates with intervals in, p-values out; all functions take arrays.

Shares are compared by their published intervals, not by their counts: a corrected share is less
sure than its n alone would make it. Counts are compared by how much they vary anyway.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

Z = 1.959963984540054
"""Half the width of a 95 % interval, in standard errors."""

LEAST_VARIANCE_COMMENTS = 4
"""Added to a count of people for its binomial error (Agresti, Coull 1998): no error is 0."""


@dataclass(frozen=True)
class Estimate:
    """Shares with their 95 % intervals and the people they rest on; arrays of one shape."""

    share: Array
    low: Array
    high: Array
    authors: Array

    def below(self) -> Array:
        """The distance to the lower end; never less than n people could know of a climate.

        An interval may be narrower where all comments of a thread are in hand. That is right for
        the thread, but a change is asked of the people who might have written.
        """
        return np.asarray(np.maximum(self.share - self.low, Z * self._binomial()))

    def above(self) -> Array:
        """The distance to the upper end, as `below`."""
        return np.asarray(np.maximum(self.high - self.share, Z * self._binomial()))

    def _binomial(self) -> Array:
        n = self.authors + LEAST_VARIANCE_COMMENTS
        p = (self.share * self.authors + LEAST_VARIANCE_COMMENTS / 2) / n
        return np.asarray(np.sqrt(p * (1 - p) / n))


@dataclass(frozen=True)
class Pooled:
    """The trailing weeks as one estimate, and its error both ways, if weeks err independently."""

    estimate: Estimate
    below: Array
    above: Array
    remaining: Array
    """Sum of the squared weights of the weeks: what is left of a variance that each week has."""


def pooled(weeks: Estimate) -> Pooled:
    """The weeks (cells, weeks) as one; weeks without authors are not there.

    Weeks are weighted by their people, not by their errors: the error of a share depends on the
    share, and would draw the mean to extreme weeks. The published interval is as wide as if all
    weeks had the same error, because the correction's error is the same in all.
    """
    people = weeks.authors.sum(axis=1)
    part = weeks.authors / np.maximum(people, 1)[:, None]
    share = (part * weeks.share).sum(axis=1)
    below, above = part * weeks.below(), part * weeks.above()
    return Pooled(
        estimate=Estimate(
            share,
            np.clip(share - below.sum(axis=1), 0, 1),
            np.clip(share + above.sum(axis=1), 0, 1),
            people,
        ),
        below=np.sqrt((below**2).sum(axis=1)),
        above=np.sqrt((above**2).sum(axis=1)),
        remaining=(part**2).sum(axis=1),
    )


def spread(weeks: Estimate) -> tuple[Array, Array]:
    """(cells,) twice: how much more the weeks differ than their errors explain, and its scale.

    The sum of the first over the sum of the second, of many cells, is the variance between weeks:
    by moments (DerSimonian, Laird 1986). The four weeks of one cell would tell next to nothing.
    """
    is_there = weeks.authors > 0
    variance = (np.maximum(weeks.below(), weeks.above()) / Z) ** 2
    weight = np.where(is_there, 1 / np.maximum(variance, 1e-12), 0.0)
    total = np.maximum(weight.sum(axis=1), 1e-12)
    mean = (weight * weeks.share).sum(axis=1) / total
    squares = (weight * (weeks.share - mean[:, None]) ** 2).sum(axis=1)
    free = np.maximum(is_there.sum(axis=1) - 1, 0)
    # One week alone differs from its own mean by rounding only, which is no spread.
    excess = np.where(free > 0, squares - free, 0.0)
    return excess, np.where(free > 0, total - (weight**2).sum(axis=1) / total, 0.0)


@dataclass(frozen=True)
class Difference:
    """How much larger the later share is, with its 95 % interval, and the p-value of no change."""

    value: Array
    low: Array
    high: Array
    p_value: Array


def share_difference(now: Estimate, before: Pooled, between: Array) -> Difference:
    """The difference of two shares from their intervals: MOVER (Zou, Donner 2008; Newcombe 1998).

    Each side of the difference takes the ends of the intervals that lie on that side, so skewed
    intervals need no scale of their own. The errors are taken as independent. What both weeks
    share, the error of one correction, pushes both the same way and cancels in the difference: the
    test is then too careful, never too bold. `between` is the variance of weeks in which nothing
    happens: by so much this week, and each of the others, may differ from their mean.
    """
    from scipy.stats import t as student

    value = now.share - before.estimate.share
    drift = Z**2 * between * (1 + before.remaining)
    below = np.sqrt(now.below() ** 2 + before.above**2 + drift)
    above = np.sqrt(now.above() ** 2 + before.below**2 + drift)
    error = np.where(value > 0, below, above) / Z
    # The error of this week is itself known from its people only: Student's t.
    p_value = 2 * student.sf(
        np.abs(value) / np.maximum(error, 1e-12), np.maximum(now.authors - 1, 1)
    )
    return Difference(value, np.clip(value - below, -1, 1), np.clip(value + above, -1, 1), p_value)


LEAST_MEAN = 0.5
"""Comments a week that are reckoned with where fewer came: of none, one would be beyond chance."""


def overdispersion(counts: Array, is_there: Array) -> float:
    """The variance of counts (cells, weeks) beyond Poisson's, as a share of the squared mean.

    One number for all cells, by moments: four weeks of one cell would tell next to nothing.
    """
    weeks = is_there.sum(axis=1)
    mean = np.where(is_there, counts, 0).sum(axis=1) / np.maximum(weeks, 1)
    squares = (np.where(is_there, counts - mean[:, None], 0) ** 2).sum(axis=1)
    free = np.maximum(weeks - 1, 0)
    whole = (free * mean**2).sum()
    return float(max(0.0, (squares - free * mean).sum() / whole)) if whole > 0 else 0.0


def count_p_values(now: Array, mean: Array, weeks: Array, dispersion: Array) -> Array:
    """The p-value of each count `now`, if it came as the `weeks` before it, with their `mean`.

    Negative binomial, with the error of the mean in its variance; two-sided, doubling the smaller
    tail.
    """
    from scipy.stats import nbinom

    safe = np.maximum(mean, LEAST_MEAN)
    size = count_size(mean, weeks, dispersion)
    chance = size / (size + safe)
    tails = np.minimum(nbinom.cdf(now, size, chance), nbinom.sf(now - 1, size, chance))
    return np.asarray(np.minimum(1.0, 2 * tails))


def count_intervals(
    now: Array, mean: Array, weeks: Array, dispersion: Array
) -> tuple[Array, Array]:
    """The 95 % interval of what is to be expected in the week of each count `now`: its two ends.

    It holds the expectations that `count_p_values` would not reject, `mean` among them where the
    p-value is above 5 %: an inverted test (Clopper and Pearson 1934), by the tails of the negative
    binomial as an incomplete beta function. An expectation of r times the mean has, beside the
    chance of its own week, r times the error of the mean: so the size is the same for all.
    """
    from scipy.stats import beta

    size = count_size(mean, weeks, dispersion)
    tail = 0.025
    # beta has no shape 0: from a count of 0, nothing lies below.
    most, least = beta.ppf(1 - tail, size, np.maximum(now, 1)), beta.ppf(tail, size, now + 1)
    low = np.where(now > 0, size * (1 - most) / most, 0.0)
    return np.asarray(low), np.asarray(size * (1 - least) / least)


def count_size(mean: Array, weeks: Array, dispersion: Array) -> Array:
    """The size of the negative binomial of a count, `mean` being that of so many `weeks`.

    The variance is (mean + dispersion mean^2) (1 + 1 / weeks): that of a week, and of the mean.
    """
    safe = np.maximum(mean, LEAST_MEAN)
    variance = (safe + dispersion * safe**2) * (1 + 1 / np.maximum(weeks, 1))
    return np.asarray(safe**2 / (variance - safe))


def q_values(p_values: Array) -> Array:
    """The false discovery rate at which each would be an alert (Benjamini, Hochberg 1995)."""
    from scipy.stats import false_discovery_control

    return np.asarray(false_discovery_control(p_values, method="bh"))


SHORTEST_SERIES = 8
"""Weeks of a series in which a change of its level is looked for: twice a side that can be seen."""

SHORTEST_SIDE = 3
"""Weeks before and after a change: a single odd week is no new level."""


def change_points(share: Array, error: float) -> list[int]:
    """Places where the level of a series of shares, whose standard error is `error`, changes.

    PELT's exact optimum (Killick et al. 2012) by `ruptures`, for the cost of a changed mean
    (squared distance, in units of `error`): shares sit on a level until something happens.
    The penalty is 3 log n, the modified BIC of Zhang and Siegmund (2007), because the place of a
    change is chosen among all weeks. Nothing is drawn at random.
    """
    import ruptures

    if len(share) < SHORTEST_SERIES:
        return []
    search = ruptures.KernelCPD(kernel="linear", min_size=SHORTEST_SIDE)
    found = search.fit((share / error).reshape(-1, 1)).predict(pen=3 * np.log(len(share)))
    return [int(place) for place in found[:-1]]
