"""Labels in, some at a time and in any order; what a head said of every comment out.

Comments are numbers here, from 0. What is known of one is kept at its number, so that a label costs
an addition and no look-up; and sums are of whole numbers, the same in whatever order labels come.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from transforms.estimates.digits import pair_codes, weights
from transforms.estimates.evidence import Flags, Numbers, Places
from transforms.estimates.members import NOT_RECORDED, Column, ManyLabels, OneLabel

LOGARITHM = 1e12
"""What a logarithm is multiplied by before it is rounded to a whole number."""
IMPOSSIBLE = 1e-9
"""The least probability that a label does not apply: its logarithm must be a number."""

QUESTION, CODE, CHOSEN = 6, 1, 0
"""Bits of a saying below those of its comment: the places of `question`, `code` and `chosen`."""
SAYING = 14
"""How many these are: sorted as one number, sayings stand comment by comment."""


@dataclass(frozen=True)
class Labels:
    """Some labels of one head; arrays are (labels,).

    `comment`: its number. `place`: the label's place among those of the head, by the alphabet.
    `is_uncertain`: 1, 0 or `NOT_RECORDED`.
    """

    comment: Places
    place: Column
    probability: Numbers
    is_chosen: Flags
    is_uncertain: Column


class Listener(Protocol):
    """Keeps of the labels of one head what it is there for."""

    def take(self, labels: Labels) -> None:
        """Hear some more labels."""


class Given:
    """Which comments a head answered, and of which its answer is uncertain; arrays (comments,)."""

    def __init__(self, comment_count: int) -> None:
        self.is_given = np.zeros(comment_count, np.bool_)
        self.is_uncertain = np.full(comment_count, NOT_RECORDED, np.int8)

    def take(self, labels: Labels) -> None:
        """Hear some more labels."""
        self.is_given[labels.comment] = True
        np.maximum.at(self.is_uncertain, labels.comment, labels.is_uncertain)


class OneAnswer(Given):
    """What a head with one label said: the digits of its probabilities, and what it chose."""

    def __init__(self, comment_count: int, label_count: int) -> None:
        super().__init__(comment_count)
        self._weights = np.array(weights(label_count), np.int64)
        self._code = np.zeros(comment_count, np.int64)
        self._chosen = np.zeros(comment_count, np.uint8)

    def take(self, labels: Labels) -> None:
        """Hear some more labels."""
        super().take(labels)
        digits = pair_codes(labels.probability)
        np.add.at(self._code, labels.comment, digits * self._weights[labels.place])
        here = labels.is_chosen
        np.maximum.at(self._chosen, labels.comment[here], labels.place[here])

    def said(self, place: Column) -> OneLabel:
        """The same of comments that stand at `place` (comments,), by their numbers."""
        codes, code = distinct(self._code)
        return OneLabel(codes, standing(code, place), standing(self._chosen, place))


class ManyAnswers(Given):
    """What a head of which several labels may apply said: of each comment the labels that may.

    `with_none`: also whether none does, as one label more.
    """

    def __init__(self, comment_count: int, label_count: int, with_none: bool) -> None:
        super().__init__(comment_count)
        self._label_count, self._with_none = label_count, with_none
        self._unlikely = np.zeros(comment_count, np.int64)
        self._has_any = np.zeros(comment_count, np.bool_)
        self._likely: list[Places] = []

    def take(self, labels: Labels) -> None:
        """Hear some more labels."""
        super().take(labels)
        code = pair_codes(labels.probability)
        # Most labels do not apply to most comments: what is not kept has the code 0.
        here = labels.is_chosen | (code > 0)
        chosen = labels.is_chosen[here]
        self._likely.append(sayings(labels.comment[here], labels.place[here], code[here], chosen))
        if self._with_none:
            unlikely = np.log(np.maximum(1 - labels.probability, IMPOSSIBLE))
            np.add.at(self._unlikely, labels.comment, np.rint(unlikely * LOGARITHM).astype(int))
            self._has_any[labels.comment[labels.is_chosen]] = True

    def said(self, place: Column) -> ManyLabels:
        """The same of comments that stand at `place` (comments,), by their numbers."""
        found = np.concatenate([*self._likely, self._none()])
        comment = place[found >> SAYING].astype(np.int64)
        found = comment << SAYING | found & (1 << SAYING) - 1
        found.sort()
        return ManyLabels(
            np.searchsorted(found >> SAYING, np.arange(len(place) + 1)),
            (found >> QUESTION & 0xFF).astype(np.uint8),
            (found >> CODE & 0x1F).astype(np.uint8),
            (found & 1).astype(np.uint8),
        )

    def _none(self) -> Places:
        """The sayings that no label applies, of each comment that was answered."""
        here = np.flatnonzero(self.is_given) if self._with_none else np.arange(0)
        none = np.exp(self._unlikely[here] / LOGARITHM)
        question = np.full(len(here), self._label_count)
        return sayings(here, question, pair_codes(none), ~self._has_any[here])


class AnyChosen:
    """Of which comments any label was chosen, whatever was asked; `is_chosen` is (comments,)."""

    def __init__(self, comment_count: int) -> None:
        self.is_chosen = np.zeros(comment_count, np.bool_)

    def take(self, labels: Labels) -> None:
        """Hear some more labels."""
        self.is_chosen[labels.comment[labels.is_chosen]] = True


class Chosen:
    """The label that a head chose of every comment, and its probability; arrays (comments,).

    `place` is -1 where it chose none.
    """

    def __init__(self, comment_count: int) -> None:
        self.place = np.full(comment_count, -1, np.int16)
        self.probability = np.zeros(comment_count)

    def take(self, labels: Labels) -> None:
        """Hear some more labels."""
        here = labels.is_chosen
        comment = labels.comment[here]
        np.maximum.at(self.place, comment, labels.place[here].astype(np.int16))
        np.maximum.at(self.probability, comment, labels.probability[here])


class AllChosen:
    """All labels that a head chose, of comments that may have several."""

    def __init__(self) -> None:
        self._found: list[tuple[Places, Column, Numbers]] = []

    def take(self, labels: Labels) -> None:
        """Hear some more labels."""
        here = labels.is_chosen
        self._found.append((labels.comment[here], labels.place[here], labels.probability[here]))

    def surest_first(self) -> tuple[Places, Column]:
        """Comments, ascending, and the place of a label of each; of one, the surest comes first."""
        if not self._found:
            return np.zeros(0, np.int64), np.zeros(0, np.uint8)
        comment, place, probability = map(np.concatenate, zip(*self._found, strict=True))
        order = np.lexsort([place, -probability, comment])
        return comment[order], place[order]


class OneOf:
    """What a head said of one of its labels; arrays (comments,).

    `is_said`: that it applies or not; `is_chosen`: that it does; `probability`: how probably.
    """

    def __init__(self, comment_count: int, place: int | None) -> None:
        self._place = place
        self.is_said, self.is_chosen = np.zeros((2, comment_count), np.bool_)
        self.probability = np.zeros(comment_count)

    def take(self, labels: Labels) -> None:
        """Hear some more labels."""
        here = labels.place == self._place
        comment, is_chosen = labels.comment[here], labels.is_chosen[here]
        self.is_said[comment] = True
        self.is_chosen[comment[is_chosen]] = True
        np.maximum.at(self.probability, comment, labels.probability[here])


def sayings(comment: Places, question: Column, code: Places, chosen: Flags) -> Places:
    """Each as one whole number, in the order of its comment."""
    wide = comment << SAYING | question.astype(np.int64) << QUESTION
    return np.asarray(wide | code << CODE | chosen << CHOSEN)


def standing(values: Column, place: Column) -> Column:
    """(comments,) `values` by number, in the order in which comments stand."""
    column = np.empty_like(values)
    column[place] = values
    return column


def distinct(code: Places) -> tuple[Places, Column]:
    """The distinct codes, ascending, and the place of each among them."""
    highest = int(code.max(initial=0))
    if highest >= len(code):
        codes, place = np.unique(code, return_inverse=True)
        return codes, place.astype(np.int32)
    # Of few labels, codes are small numbers: counted, they need not be sorted.
    is_there = np.bincount(code, minlength=highest + 1) > 0
    return np.flatnonzero(is_there), (np.cumsum(is_there) - 1).astype(np.int32)[code]
