"""Gold labels and a model's answers in, quality with 95 % bootstrap intervals out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Marks = npt.NDArray[np.bool_]
"""(texts, labels): which labels a text has."""

Numbers = npt.NDArray[np.float64]

REPEATS = 1_000
"""Bootstrap samples: their 2.5 % and 97.5 % points are steady to about half a point."""

SEED = 20251123

BINS = 10


@dataclass(frozen=True)
class Estimate:
    """A number and the ends of its 95 % interval (percentile bootstrap, Efron 1979)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class LabelQuality:
    """How well one label is found: precision, recall, F1, and how many texts have it."""

    label: str
    precision: float
    recall: float
    f1: Estimate
    gold_count: int


@dataclass(frozen=True)
class HeadQuality:
    """How well one head answers.

    `accuracy` is the share of texts whose labels are all right; `macro_f1` the mean F1 of the
    labels that gold or model use, `micro_f1` the F1 over all (text, label) pairs.
    """

    head: str
    text_count: int
    accuracy: Estimate
    macro_f1: Estimate
    micro_f1: Estimate
    labels: tuple[LabelQuality, ...]


@dataclass(frozen=True)
class Certainty:
    """What the probabilities of a head with one label are worth.

    `calibration_error`: expected, in ten bins of equal width (Naeini et al. 2015).
    `accuracy_at_80`: of the four fifths of the texts that the model is surest of.
    `certain_share` of the texts are not flagged as uncertain; `certain_accuracy` is theirs.
    """

    calibration_error: float
    accuracy_at_80: float
    certain_share: float
    certain_accuracy: float


def certainty(probabilities: Numbers, gold: Marks, uncertain_below: float) -> Certainty:
    """Judge `probabilities` (texts, labels) by `gold`, which has one label a text."""
    sure = probabilities.max(axis=1)
    right = gold[np.arange(len(gold)), probabilities.argmax(axis=1)].astype(np.float64)
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs((sure - right)[place == b].sum()) for b in range(BINS)]
    surest = right[np.argsort(-sure, kind="stable")][: max(1, round(0.8 * len(right)))]
    certain = sure >= uncertain_below
    return Certainty(
        calibration_error=float(sum(gaps) / len(right)),
        accuracy_at_80=float(surest.mean()),
        certain_share=float(certain.mean()),
        certain_accuracy=_ratio(float(right[certain].sum()), float(certain.sum())),
    )


def measure(
    head: str,
    labels: Sequence[str],
    gold: Marks,
    found: Marks,
    weights: Numbers | None = None,
) -> HeadQuality:
    """The quality of `found` against `gold`, both (texts, labels), with at least one text.

    `weights` (texts,), above 0, say how many texts each stands for, where they were not drawn
    alike; only their ratios matter. Texts are resampled with replacement, always in the same way:
    equal input, equal intervals. Raises ValueError if the shapes differ or there is no text.
    """
    if gold.shape != found.shape or gold.shape[1:] != (len(labels),):
        raise ValueError(
            f"head `{head}`: gold is {gold.shape}, found is {found.shape}, expected both to be "
            f"(texts, {len(labels)})"
        )
    if not len(gold):
        raise ValueError(f"head `{head}`: there is no text with a gold label")
    right = (gold == found).all(axis=1, keepdims=True)
    whole = np.ones_like(right)
    columns = np.hstack([gold & found, found & ~gold, gold & ~found, right, whole])
    stands_for = np.ones(len(gold)) if weights is None else weights / weights.mean()
    weighed = columns * stands_for[:, None]
    sums = np.vstack([times @ weighed for times in resamples(len(gold))])
    hits, spurious, missed = (sums[:, part : part + len(labels)] for part in _thirds(len(labels)))
    f1 = _f1(hits, spurious, missed)
    # A label that neither gold nor model uses says nothing; one that a sample lost counts as in
    # scikit-learn: 0 where it was used at all.
    used: npt.NDArray[np.bool_] = np.asarray((gold | found).any(axis=0))
    return HeadQuality(
        head=head,
        text_count=len(gold),
        accuracy=estimated(sums[:, -2] / sums[:, -1]),
        macro_f1=estimated(f1[:, used].mean(axis=1)),
        micro_f1=estimated(_f1(hits.sum(1), spurious.sum(1), missed.sum(1))),
        labels=tuple(
            LabelQuality(
                label=label,
                precision=_ratio(hits[0, place], hits[0, place] + spurious[0, place]),
                recall=_ratio(hits[0, place], hits[0, place] + missed[0, place]),
                f1=estimated(f1[:, place]),
                gold_count=int(gold[:, place].sum()),
            )
            for place, label in enumerate(labels)
            if used[place]
        ),
    )


def resamples(count: int) -> Iterator[Numbers]:
    """How often each of `count` texts is in a sample: once in the data itself, which is first."""
    random = np.random.default_rng(SEED)
    yield np.ones(count)
    for _ in range(REPEATS):
        yield random.multinomial(count, np.full(count, 1 / count)).astype(np.float64)


def _thirds(width: int) -> tuple[int, int, int]:
    """Where the hits, the spurious and the missed marks begin among the sums."""
    return 0, width, 2 * width


def _f1(hits: Numbers, spurious: Numbers, missed: Numbers) -> Numbers:
    whole = 2 * hits + spurious + missed
    return np.divide(2 * hits, whole, out=np.zeros_like(whole), where=whole > 0)


def estimated(samples: Numbers) -> Estimate:
    """The first of `samples` is the number itself, the others are the bootstrap's."""
    low, high = np.quantile(samples[1:], [0.025, 0.975])
    return Estimate(float(samples[0]), float(low), float(high))


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
