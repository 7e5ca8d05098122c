"""What a share mart asks of every comment: one thing, or one for each label that may apply."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.held_out import HeldOut
from transforms.estimates.digits import pair_posteriors, posteriors
from transforms.estimates.evidence import Numbers, Places, References
from transforms.estimates.reference import none_reference, pair_reference, single_reference
from transforms.statements import Shares

NONE = "(none)"
"""The label of comments that have none."""


@dataclass(frozen=True)
class Question:
    """One thing that is asked: how many answers it has, and which of them are published.

    `place` tells the questions of a mart apart; `published` has places of answers and their labels;
    `values` what each answer adds to the net; `is_pair`: the answers are no and yes to one label.
    """

    place: int
    answers: int
    published: tuple[tuple[int, str], ...]
    values: Numbers
    references: References | None
    is_pair: bool

    def posterior(self, codes: Places) -> Numbers:
        """The probabilities that codes stand for, (codes, answers)."""
        return pair_posteriors(codes) if self.is_pair else posteriors(codes, self.answers)


def questions(shares: Shares, labels: Sequence[str], held: HeldOut | None) -> Iterator[Question]:
    """The questions of a mart; none if its head has answered with no label."""
    if labels and not shares.many:
        values = dict(shares.net)
        yield Question(
            place=0,
            answers=len(labels),
            published=tuple(enumerate(labels)),
            values=np.array([values.get(label, 0.0) for label in labels]),
            references=single_reference(held, labels),
            is_pair=False,
        )
    if labels and shares.many:
        for place, label in enumerate(labels):
            yield _pair(place, label, pair_reference(held, label))
        if shares.with_none:
            yield _pair(len(labels), NONE, none_reference(held))


def _pair(place: int, label: str, references: References | None) -> Question:
    return Question(place, 2, ((1, label),), np.zeros(2), references, is_pair=True)
