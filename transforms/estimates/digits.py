"""A comment's probabilities as one whole number, so that a cell is a short histogram.

Each probability is rounded to a twentieth: its digit. The digits of a head with one label are those
of one number to the base 21, a place a label. Rounding costs no honesty: comments, audits and the
held-out set are rounded alike, so a correction corrects what rounding did as well.
"""

import numpy as np
import numpy.typing as npt

STEPS = 20
BASE = STEPS + 1
MOST_LABELS = 14
"""Places that a BIGINT holds."""

EDGE = 0.25 / STEPS
"""What stands for the digits 0 and 20: the middle of their half steps, as nothing is impossible."""

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def weights(labels: int) -> list[int]:
    """What a digit counts in the code, by its label's place."""
    if labels > MOST_LABELS:
        raise ValueError(f"a head with one label of {labels}, expected at most {MOST_LABELS}")
    return [BASE**place for place in range(labels)]


def codes(probabilities: Numbers) -> Codes:
    """The code of each row of `probabilities` (texts, labels)."""
    digits = np.floor(probabilities * STEPS + 0.5).astype(np.int64)
    return np.asarray(digits @ np.array(weights(probabilities.shape[1])), dtype=np.int64)


def pair_codes(probability: Numbers) -> Codes:
    """The code of each probability (texts,) of one label that may apply."""
    return np.asarray(np.floor(probability * STEPS + 0.5).astype(np.int64))


def posteriors(found: Codes, labels: int) -> Numbers:
    """The probabilities (codes, labels) that `found` stand for; rows sum to 1."""
    digits = found[:, None] // np.array(weights(labels))[None, :] % BASE
    shares = np.clip(digits / STEPS, EDGE, 1 - EDGE)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def pair_posteriors(found: Codes) -> Numbers:
    """Of codes of one label that may apply: (codes, 2), no and yes."""
    yes = np.clip(found / STEPS, EDGE, 1 - EDGE)
    return np.stack([1 - yes, yes], axis=1)
