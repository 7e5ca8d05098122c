"""Turn logits into honest probabilities and good decisions, on data that was not fitted on.

One temperature a head (Guo et al. 2017) sets how sure it is; where several labels may apply, a
cutoff a label sets when it is chosen. A rare label's cutoff is drawn towards the head's common
one, since its own is mostly chance.
"""

import numpy as np

from models.training.export import Calibration
from models.training.network import HeadShape

TEMPERATURES = np.exp(np.linspace(np.log(0.4), np.log(4.0), 73))
CUTOFFS = np.linspace(0.1, 0.8, 71)
UNCERTAIN_SHARE = 0.2
"""Of held-out answers that are flagged as uncertain: the least probable ones."""
PRIOR_POSITIVES = 30
"""With so many positive examples a label's own best cutoff counts as much as the common one."""


def probabilities(logits: np.ndarray, many: bool, temperature: float) -> np.ndarray:
    """Probabilities (texts, labels) of logits (texts, labels)."""
    scaled = logits / temperature
    if many:
        return 1 / (1 + np.exp(-scaled))
    exponents = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)


def surprise(chances: np.ndarray, targets: np.ndarray, many: bool) -> float:
    """Mean negative log-likelihood of 0/1 `targets` (texts, labels)."""
    chances = np.clip(chances, 1e-7, 1 - 1e-7)
    if many:
        return float(-np.mean(targets * np.log(chances) + (1 - targets) * np.log(1 - chances)))
    return float(-np.mean((targets * np.log(chances)).sum(axis=1)))


def best_temperature(logits: np.ndarray, targets: np.ndarray, many: bool) -> float:
    """The temperature that makes `targets` least surprising."""
    losses = [surprise(probabilities(logits, many, t), targets, many) for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def f1(chosen: np.ndarray, targets: np.ndarray) -> float:
    """F1 of 0/1 arrays of one shape, all entries together (micro); 0 if nothing is right."""
    both = float((chosen * targets).sum())
    return 2 * both / max(1.0, float(chosen.sum() + targets.sum()))


def best_cutoff(chances: np.ndarray, targets: np.ndarray) -> float:
    """The middle of the cutoffs that give the best F1."""
    scores = np.array([f1((chances >= cutoff) * 1.0, targets) for cutoff in CUTOFFS])
    return float(np.median(CUTOFFS[scores >= scores.max() - 1e-9]))


def best_cutoffs(chances: np.ndarray, targets: np.ndarray) -> tuple[float, ...]:
    """A cutoff for each label: its own, drawn towards the common one the fewer positives it has."""
    common = best_cutoff(chances, targets)
    cutoffs = []
    for label in range(targets.shape[1]):
        own = best_cutoff(chances[:, label], targets[:, label])
        trust = float(targets[:, label].sum()) / (float(targets[:, label].sum()) + PRIOR_POSITIVES)
        cutoffs.append(round(trust * own + (1 - trust) * common, 3))
    return tuple(cutoffs)


def calibrate(logits: np.ndarray, targets: np.ndarray, head: HeadShape) -> Calibration:
    """Temperature and cutoffs from held-out logits and 0/1 targets, both (texts, labels)."""
    temperature = best_temperature(logits, targets, head.many)
    if not head.many:
        sure = probabilities(logits, head.many, temperature).max(axis=1)
        unsure = round(float(np.quantile(sure, UNCERTAIN_SHARE)), 3)
        return Calibration(round(temperature, 4), (0.0,) * len(head.labels), unsure)
    chances = probabilities(logits, head.many, temperature)
    return Calibration(round(temperature, 4), best_cutoffs(chances, targets))
