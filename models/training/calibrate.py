"""Turn logits into honest probabilities and good decisions, on data that was not fitted on.

One temperature a head (Guo et al. 2017) sets how sure it is; where several labels may apply, a
cutoff a label sets when it is chosen. A rare label's cutoff is drawn towards the head's common
one, since its own is mostly chance. How much a head hears what words say by themselves (`wide.py`)
is chosen with them.
"""

from dataclasses import dataclass

import numpy as np

from models.training.export import Calibration
from models.training.network import HeadShape

TEMPERATURES = np.exp(np.linspace(np.log(0.4), np.log(4.0), 73))
GAINS = np.linspace(0, 1, 11)
"""Of what words say by themselves, beside the network's logits."""
MOST = 0.9
"""Of what the best of these gains takes off the surprise."""
CUTOFFS = np.linspace(0.1, 0.8, 71)
UNCERTAIN_SHARE = 0.2
"""Of held-out answers that are flagged as uncertain: the least probable ones."""
PRIOR_POSITIVES = 30
"""With so many positive examples a label's own best cutoff counts as much as the common one."""


@dataclass(frozen=True)
class Held:
    """Held-out texts: a head's logits, what words say by themselves, and 0/1 targets.

    All are (texts, labels).
    """

    logits: np.ndarray
    wide: np.ndarray
    targets: np.ndarray

    def heard(self, gain: float) -> np.ndarray:
        """The logits with the words' own, multiplied by `gain`."""
        return np.asarray(self.logits + gain * self.wide)


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


def best_gain(held: Held, many: bool) -> float:
    """How much the words' own logits count, so that the targets surprise little.

    It is the least gain that takes most of what can be had: words by themselves know nothing of the
    sentence that they stand in, so they get no more of a say than they must.
    """
    losses = np.array([_loss(held, many, gain) for gain in GAINS])
    enough = losses[0] - MOST * (losses[0] - losses.min())
    return round(float(GAINS[int(np.argmax(losses <= enough))]), 3)


def _loss(held: Held, many: bool, gain: float) -> float:
    """The surprise with this gain, at the temperature that suits it."""
    heard = held.heard(gain)
    warm = best_temperature(heard, held.targets, many)
    return surprise(probabilities(heard, many, warm), held.targets, many)


def calibrate(shown: Held, alone: Held, head: HeadShape) -> Calibration:
    """Gains, temperatures, cutoffs and the threshold of uncertainty, from held-out texts.

    `shown` are comments that were read with their posts, `alone` texts without one. Cutoffs are
    chosen on both together.
    """
    gains = [best_gain(held, head.many) for held in (shown, alone)]
    heard = [
        (held.heard(gain), held.targets) for held, gain in zip((shown, alone), gains, strict=True)
    ]
    temperatures = [best_temperature(*each, head.many) for each in heard]
    chances = np.concatenate(
        [
            probabilities(logits, head.many, temperature)
            for (logits, _), temperature in zip(heard, temperatures, strict=True)
        ]
    )
    targets = np.concatenate([shown.targets, alone.targets])
    cutoffs, unsure = (0.0,) * len(head.labels), 0.0
    if head.many:
        cutoffs = best_cutoffs(chances, targets)
    else:
        unsure = round(float(np.quantile(chances.max(axis=1), UNCERTAIN_SHARE)), 3)
        if head.second_from:
            cutoffs = (0.0, head.second_from)
    warm, cool = (round(temperature, 4) for temperature in temperatures)
    return Calibration(warm, cutoffs, unsure, cool, *gains)
