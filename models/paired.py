"""Two models' answers to the same texts in, whether one is the better one out, with a test."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.evaluate import (
    Estimate,
    HeadQuality,
    Marks,
    Numbers,
    estimated,
    measure,
    resamples,
)


@dataclass(frozen=True)
class Paired:
    """How two models answer one head on the same texts.

    `difference` is the accuracy of the later less that of the earlier one. `only_before` and
    `only_after` texts are right by one of them alone; `p_value` is the chance of so unequal numbers
    if neither is better.
    """

    head: str
    before: HeadQuality
    after: HeadQuality
    difference: Estimate
    only_before: int
    only_after: int
    p_value: float


def compare(
    head: str,
    labels: Sequence[str],
    gold: Marks,
    answers: tuple[Marks, Marks],
    weights: Numbers | None = None,
) -> Paired:
    """Compare the `answers` of the earlier and the later model, each (texts, labels), with `gold`.

    `weights` as in `measure`. The difference is resampled in pairs, so what makes a text hard for
    both cancels; the test is McNemar's exact one (1947) on the texts as they are. Raises ValueError
    as `measure` does.
    """
    before, after = (measure(head, labels, gold, found, weights) for found in answers)
    was_right, is_right = ((gold == found).all(axis=1) for found in answers)
    stands_for = np.ones(len(gold)) if weights is None else weights
    gain = (is_right.astype(np.float64) - was_right) * stands_for
    samples = np.vstack(list(resamples(len(gold))))
    only_before = int((was_right & ~is_right).sum())
    only_after = int((is_right & ~was_right).sum())
    return Paired(
        head=head,
        before=before,
        after=after,
        difference=estimated(samples @ gain / (samples @ stands_for)),
        only_before=only_before,
        only_after=only_after,
        p_value=exact_p_value(only_before, only_after),
    )


def exact_p_value(only_before: int, only_after: int) -> float:
    """McNemar's exact test, two-sided: discordant pairs fall to either side like a fair coin."""
    from scipy.stats import binomtest

    discordant = only_before + only_after
    return float(binomtest(only_before, discordant).pvalue) if discordant else 1.0
