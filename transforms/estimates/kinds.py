"""Which held-out kinds of texts some comments are like, and how far they are from all of them.

A correction is right as long as the model errs on the comments as it does on the held-out texts, so
it has to rest on texts of their kind. What the model says of topics and intents tells the kinds
apart: the mean of these signs over a channel is matched by a mixture of the held-out means, and the
mixture's weights are those of the kinds. That is kernel mean matching (Huang, Smola, Gretton,
Borgwardt, Schoelkopf 2006, Correcting sample selection bias by unlabeled data, NIPS 19) with a
linear kernel, in which sources are weighed, not single texts (as in Mansour, Mohri, Rostamizadeh
2008, Domain adaptation with multiple sources, NIPS 21). A kind has a mean for each sentiment
(Zhang, Schoelkopf, Muandet, Wang 2013, Domain adaptation under target and conditional shift, ICML)
and one for each topic: its corners. So a channel that is only crosser than the held-out texts, or
on one subject, does not pass for another kind.

What no mixture can match, in standard deviations of the signs within a kind, is the unlikeness. It
widens the interval: how the model errs on texts unlike all held-out ones, nobody has measured.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import nnls

from models.held_out import HOME, MENTIONS, HeldOut
from transforms.estimates.evidence import Numbers, Places

MOOD, SUBJECT = "sentiment", "topic"
"""The head by whose answers each kind is parted, and the one by whose labels."""
MOODY = frozenset({(MOOD, ""), ("stance", ""), ("intent", "praise"), ("intent", "criticism")})
"""Heads, and labels of others, that say how comments feel, not of what kind they are."""
LEAST_SIGNS = 5
LEAST_TEXTS = 10
"""Texts that a corner needs; a kind without a corner for each sentiment is left out."""

FARTHEST = 0.002
"""Probabilities count from here to 1 less this: beyond, logits grow without telling more."""
RIDGE = 0.05
"""Part of the mean variance that is added to each sign's, that no rare sign decides alone."""
LEAST_COMMENTS = 50
"""Comments that a publish needs, all channels together, to tell what they are like."""
COMMON = 50.0
"""Comments that the mean of all channels is worth in that of each: of few, a mean is chance."""

SHIFT_OF_UNLIKE = 0.7
"""By how many standard deviations what the model says of one answer moves, for each standard
deviation of unlikeness. Measured on 12 sources outside the set: 0.1 to 0.5, and up to 0.7 on
railway feedback and comments of a newspaper; on sources of tweets that were left out 0.1 to 0.4."""
LEAST_SHIFT = 0.05
"""What moves even between sources of one kind."""
UNLIKE = 0.75
"""From here on comments are called unlike. Sources of tweets are 0.4 to 0.7 from all other tweets,
other kinds of texts 0.8 to 1.5, comments on IT strategy by another hand 0.1 to 0.6."""
MOSTLY = 0.7
"""From this weight on comments are called after one kind."""
STEPS = 10
"""Weights are rounded to tenths, so that cells share references."""

IT, TWEETS, MIXED, UNKNOWN = "IT", "tweets", "mixed", "unlike"

Sign = tuple[str, str]
"""A head and a label of it."""


@dataclass(frozen=True)
class Signs:
    """Mean logits of the signs over comments: `means` (channels, signs), `counts` (channels,)."""

    names: tuple[Sign, ...]
    channels: tuple[str, ...]
    means: Numbers
    counts: Numbers


@dataclass(frozen=True)
class Likeness:
    """Of each cell, what its comments are like: `weights` (cells, kinds) sum to 1.

    `unlikeness` (cells,): how far they are from every mixture of the kinds, in standard deviations.
    """

    kinds: tuple[str, ...]
    weights: Numbers
    unlikeness: Numbers

    @property
    def shift(self) -> Numbers:
        """By how many standard deviations the model's means may have moved, (cells,)."""
        return np.asarray(np.hypot(LEAST_SHIFT, SHIFT_OF_UNLIKE * self.unlikeness))

    def groups(self, places: Places) -> Iterator[tuple[Places, Numbers, float, str]]:
        """Of the cells at `places`, those alike: places among them, weights, shift, and a name."""
        tenths = np.floor(self.weights[places] * STEPS + 0.5)
        shifts = np.ceil(self.shift[places] * 2 * STEPS)
        is_far = self.unlikeness[places] >= UNLIKE
        keys = np.column_stack([tenths, shifts, is_far])
        distinct, group = np.unique(keys, axis=0, return_inverse=True)
        for place, key in enumerate(distinct):
            weights = key[:-2] / key[:-2].sum()
            name = UNKNOWN if key[-1] else called(dict(zip(self.kinds, weights, strict=True)))
            yield np.flatnonzero(group.ravel() == place), weights, key[-2] / (2 * STEPS), name


def called(weights: Mapping[str, float]) -> str:
    """What texts of these kinds are called in `method`."""
    others = {kind: float(weights.get(kind, 0.0)) for kind in (TWEETS, MENTIONS)}
    others[IT] = 1 - sum(others.values())
    return next((kind for kind, weight in others.items() if weight >= MOSTLY), MIXED)


@dataclass(frozen=True)
class Kinds:
    """The kinds' corners, (corners, signs), in standard deviations within a kind.

    `of` (corners,): each corner's place in `kinds`. `whiten` (signs, signs) makes standard
    deviations of logits; `scatter` is the variance of one comment then, over all signs.
    """

    names: tuple[Sign, ...]
    kinds: tuple[str, ...]
    corners: Numbers
    of: Places
    whiten: Numbers
    scatter: float

    def like(self, signs: Signs, known: Sequence[str]) -> Likeness:
        """What each channel is like, of the kinds in `known`, which has the first of `kinds`.

        A kind of `known` that was left out here, as its signs can't be told, has no weight.
        """
        known_to = np.array([self.kinds[place] in known for place in self.of])
        place = np.array([known.index(self.kinds[place]) for place in self.of[known_to]])
        found = [_matched(mean, self.corners[known_to]) for mean in self._means(signs)]
        part = signs.counts / (signs.counts + COMMON)
        total = max(float(signs.counts.sum()), 1.0)
        chance = self.scatter * (part**2 / np.maximum(signs.counts, 1) + (1 - part) ** 2 / total)
        far = np.array([rest for _, rest in found]) - chance
        weights = np.array([np.bincount(place, of, minlength=len(known)) for of, _ in found])
        return Likeness(tuple(known), weights, np.sqrt(np.maximum(far, 0)))

    def _means(self, signs: Signs) -> Numbers:
        """The channels' means, drawn towards that of all, in standard deviations."""
        own = signs.means[:, [signs.names.index(name) for name in self.names]]
        of_all = signs.counts @ own / max(float(signs.counts.sum()), 1.0)
        counts = signs.counts[:, None]
        return np.asarray((counts * own + COMMON * of_all) / (counts + COMMON) @ self.whiten.T)


def _matched(mean: Numbers, corners: Numbers) -> tuple[Numbers, float]:
    """The corners' weights in the mixture next to `mean`, and the squared distance that is left.

    Weights sum to 1 by a row that weighs far more than the signs do.
    """
    heavy = 1e3
    rows = np.vstack([corners.T, np.full(len(corners), heavy)])
    weights, _ = nnls(rows, np.append(mean, heavy))
    weights /= weights.sum()
    return weights, float(np.sum((mean - weights @ corners) ** 2))


def kinds_of(sets: Mapping[str, HeldOut], names: Sequence[Sign]) -> Kinds | None:
    """The kinds of the held-out texts, by the signs in `names` that the set knows.

    None where the set has too few signs, or no sentiment of its texts.
    """
    used = [name for name in names if is_sign(sets, name)]
    if MOOD not in sets or len(used) < LEAST_SIGNS:
        return None
    mood = sets[MOOD]
    said = np.stack([_column(sets, name) for name in used], axis=1)
    subjects = [place for place, (head, _) in enumerate(used) if head == SUBJECT]
    means: list[Numbers] = []
    within: list[Numbers] = []
    of: list[int] = []
    kinds: list[str] = []
    for kind in [HOME, *sorted(set(mood.kinds.tolist()) - {HOME})]:
        here = mood.kinds == kind
        moods = [said[here & (gold > 0)] for gold in mood.gold.T]
        if min(map(len, moods)) < LEAST_TEXTS:
            continue
        about = [said[here & (said[:, place] > 0)] for place in subjects]
        parts = [*moods, *(part for part in about if len(part) >= LEAST_TEXTS)]
        means += [part.mean(axis=0) for part in parts]
        of += [len(kinds)] * len(parts)
        within += [np.cov(part.T) for part in moods]
        kinds.append(kind)
    if HOME not in kinds:
        return None
    spread = np.mean(within, axis=0)
    even = spread + RIDGE * np.trace(spread) / len(spread) * np.eye(len(spread))
    whiten = np.linalg.inv(np.linalg.cholesky(even))
    scatter = float(np.trace(whiten @ spread @ whiten.T))
    corners = np.array(means) @ whiten.T
    return Kinds(tuple(used), tuple(kinds), corners, np.array(of), whiten, scatter)


def is_sign(sets: Mapping[str, HeldOut], name: Sign) -> bool:
    """Whether a head's label tells of what kind texts are, not how they feel; `no` says no more."""
    head, label = name
    if head not in sets or label not in sets[head].labels or label == "no":
        return False
    return not MOODY & {(head, ""), name}


def signs_of(sets: Mapping[str, HeldOut]) -> list[Sign]:
    """All signs that a set knows, by head and label."""
    return [
        (head, label)
        for head, held in sorted(sets.items())
        for label in sorted(held.labels)
        if is_sign(sets, (head, label))
    ]


def logits(probabilities: Numbers) -> Numbers:
    """Log odds, as far as they tell."""
    near = np.clip(probabilities, FARTHEST, 1 - FARTHEST)
    return np.asarray(np.log(near / (1 - near)))


def _column(sets: Mapping[str, HeldOut], name: Sign) -> Numbers:
    head, label = name
    return logits(sets[head].probabilities[:, sets[head].labels.index(label)])


@dataclass(frozen=True)
class Company:
    """What the comments of each channel are like; `of` mixes that for cells of several channels."""

    kinds: Kinds
    signs: Signs

    def of(self, origins: pl.DataFrame, cells: int, known: Sequence[str]) -> Likeness:
        """The likeness of `cells` cells; `origins` has `cell` (from 0), `channel` and `voices`."""
        channels = self.kinds.like(self.signs, known)
        place = {channel: place for place, channel in enumerate(self.signs.channels)}
        found = [place.get(channel, -1) for channel in origins["channel"].to_list()]
        column = np.array(found, dtype=np.int64)
        here = column >= 0
        voices: npt.NDArray[np.float64] = np.zeros((cells, len(place)))
        rows = origins["cell"].to_numpy()[here]
        np.add.at(voices, (rows, column[here]), origins["voices"].to_numpy()[here])
        # A cell of no channel that is known, which should not be, is like all of them.
        voices[voices.sum(axis=1) == 0] = self.signs.counts
        parts = voices / voices.sum(axis=1, keepdims=True)
        unlike = np.sqrt(parts @ channels.unlikeness**2)
        return Likeness(channels.kinds, parts @ channels.weights, unlike)
