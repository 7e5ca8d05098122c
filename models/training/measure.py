"""Measure a checkpoint as it is shipped, through `models.encoder`, on held-out texts."""

from collections.abc import Sequence

import numpy as np

from models.encoder import Encoder, Head
from models.training.datasets import Example

BINS = 10


def targets_of(examples: Sequence[Example], head: Head) -> np.ndarray:
    """0/1 (examples, labels)."""
    return np.array(
        [[float(label in e.labels[head.name]) for label in head.labels] for e in examples]
    )


def decisions(chances: np.ndarray, head: Head) -> np.ndarray:
    """0/1 (texts, labels), as `Head` says: what reaches its cutoff, or the likeliest label."""
    if head.many:
        return (chances >= np.array(head.cutoffs)) * 1.0
    if len(head.labels) == 2 and head.cutoffs[1]:
        is_second = (chances[:, 1] >= head.cutoffs[1]) * 1.0
        return np.stack([1 - is_second, is_second], axis=1)
    return np.asarray(np.eye(len(head.labels))[chances.argmax(axis=1)])


def label_f1(chosen: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """F1 of each label."""
    both = (chosen * targets).sum(axis=0)
    return np.asarray(2 * both / np.maximum(1.0, chosen.sum(axis=0) + targets.sum(axis=0)))


def micro_f1(chosen: np.ndarray, targets: np.ndarray) -> float:
    """F1 of all decisions together."""
    return float(2 * (chosen * targets).sum() / max(1.0, chosen.sum() + targets.sum()))


def calibration_error(chances: np.ndarray, targets: np.ndarray) -> float:
    """Expected calibration error of the likeliest label, in ten bins (Naeini et al. 2015)."""
    sure, right = chances.max(axis=1), targets[np.arange(len(targets)), chances.argmax(axis=1)]
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        (place == b).mean() * abs(sure[place == b].mean() - right[place == b].mean())
        for b in range(BINS)
        if (place == b).any()
    ]
    return float(sum(gaps))


def scores(encoder: Encoder, examples: Sequence[Example]) -> dict[str, float]:
    """Quality of every head that `examples` are labelled for, in percent."""
    known = [head for head in encoder.heads if head.name in examples[0].labels]
    reading = encoder.read([e.text for e in examples], [e.post for e in examples])
    found: dict[str, float] = {}
    for head in known:
        chances = reading.probabilities[head.name]
        targets = targets_of(examples, head)
        chosen = decisions(chances, head)
        found |= head_scores(head, chances, chosen, targets)
    return {name: round(100 * value, 1) for name, value in found.items()}


def head_scores(
    head: Head, chances: np.ndarray, chosen: np.ndarray, targets: np.ndarray
) -> dict[str, float]:
    """The figures for the kind of head: F1 of `yes`, micro-F1 of several labels, or macro-F1."""
    each = label_f1(chosen, targets)
    if head.labels == ("no", "yes"):
        return {f"{head.name} F1": float(each[1])}
    if head.many:
        return {
            f"{head.name} micro-F1": micro_f1(chosen, targets),
            f"{head.name} macro-F1": float(each.mean()),
        }
    return {
        f"{head.name} macro-F1": float(each.mean()),
        f"{head.name} micro-F1": micro_f1(chosen, targets),
        f"{head.name} calibration error": calibration_error(chances, targets),
    }
