"""Intervals of shares that stay honest where there are few comments, or none of a kind."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from transforms.estimates.evidence import Numbers

LEVEL = 0.975
MOST_FREEDOM = 1e6
"""From here on Student's distribution is the normal one."""

BORROWED = 3.0
"""Comments of an answer with which its own variance counts as much as the common one: of three, a
variance is mostly chance."""


@dataclass(frozen=True)
class Moments:
    """What an estimator found of some cells.

    `share` (cells, answers + 1): each answer's share and, last, the net; they need not be proper.
    `voices` (cells,): how many authors there are. `drawn` (cells,): 1 / that number, or 0 where all
    the authors there are have been seen. `variance`, shaped as `share`: what the correction adds to
    the variance p(1 - p) * drawn. `freedom` (cells,): degrees of freedom of `variance`.
    """

    share: Numbers
    voices: Numbers
    drawn: Numbers
    variance: Numbers
    freedom: Numbers


@dataclass(frozen=True)
class Estimates:
    """Shares and the ends of their 95 % intervals, all (cells, answers), and the net (cells,).

    Shares lie within 0 and 1, their intervals, too, and a cell's shares sum to 1. The net is the
    sum of the shares times `values`; its interval is its own, not added up from the shares'.
    """

    share: Numbers
    low: Numbers
    high: Numbers
    net: Numbers
    net_low: Numbers
    net_high: Numbers


def estimates(moments: Moments, values: Numbers) -> Estimates:
    """Proper shares and their intervals; `values` (answers,): what each answer adds to the net."""
    share = proper(moments.share[:, :-1])
    quantile = stdtrit(np.clip(moments.freedom, 1, MOST_FREEDOM), LEVEL)[:, None]
    smooth = smoothed(share, moments.voices)
    each, common = per_comment(smooth, moments)
    low, high = wilson(share, each, quantile)
    half = quantile[:, 0] * np.sqrt(_net_variance(smooth, common, moments, values))
    net = share @ values
    net_low = np.maximum(net - half, values.min())
    return Estimates(share, low, high, net, net_low, np.minimum(net + half, values.max()))


def proper(share: Numbers) -> Numbers:
    """Shares (cells, answers) without negative ones, summing to 1."""
    positive = np.maximum(share, 0)
    return np.asarray(positive / np.maximum(positive.sum(axis=1, keepdims=True), 1e-12))


def smoothed(share: Numbers, voices: Numbers) -> Numbers:
    """Shares with one voice more for each answer: what was never seen has a variance, too."""
    return np.asarray((share * voices[:, None] + 1) / (voices[:, None] + share.shape[1]))


def per_comment(smooth: Numbers, moments: Moments) -> tuple[Numbers, Numbers]:
    """1 / the number of independent comments that would be as sure: (cells, answers), (cells, 1).

    The second is that of all answers together. The first is each answer's own, drawn towards the
    common one, the more so the fewer comments an answer has.
    """
    plain = np.maximum(smooth * (1 - smooth), 1e-9)  # a head with one label has none
    rest = moments.variance[:, :-1]
    drawn = moments.drawn[:, None]
    common = drawn + rest.sum(axis=1, keepdims=True) / plain.sum(axis=1, keepdims=True)
    own = drawn + rest / plain
    trust = plain / (plain + BORROWED * common)
    return trust * own + (1 - trust) * common, common


def wilson(share: Numbers, per_one: Numbers, quantile: Numbers) -> tuple[Numbers, Numbers]:
    """The ends of Wilson's interval (1927, doi:10.1080/01621459.1927.10502953), 0 to 1.

    `per_one` is 1 / n. The n may be an effective one, as is usual with samples of unequal chances
    (Korn and Graubard 1998, there with another interval), and `quantile` Student's.
    """
    square = quantile**2 * per_one
    middle = (share + square / 2) / (1 + square)
    half = np.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return np.clip(middle - half, 0, share), np.clip(middle + half, share, 1)


def _net_variance(smooth: Numbers, common: Numbers, moments: Moments, values: Numbers) -> Numbers:
    """The variance of the net, (cells,), drawn towards what the shares' common one makes of it."""
    plain = smooth @ values**2 - (smooth @ values) ** 2
    own = plain * moments.drawn + moments.variance[:, -1]
    trust = plain / (plain + BORROWED * common[:, 0] + 1e-12)
    return np.asarray(trust * own + (1 - trust) * plain * common[:, 0])
