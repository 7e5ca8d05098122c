"""What tests of estimators share: a model whose errors are known, and cells of what it said."""

from collections.abc import Sequence

import numpy as np
import pytest

from transforms.estimates.digits import codes, posteriors
from transforms.estimates.evidence import Audits, Cells, Numbers, Places, Reference

LABELS = ("negative", "neutral", "positive")
VALUES = np.array([-1.0, 0.0, 1.0])
CENTRES = np.array([[1.2, 0.0, -0.2], [0.0, 1.2, 0.0], [-0.3, 0.0, 1.2]])
"""Mean evidence for each label (columns) of texts of each label (rows)."""


class Model:
    """Says probabilities of texts of known labels; `off` moves what it says of every text."""

    def __init__(self, seed: int = 7) -> None:
        self.random = np.random.default_rng(seed)

    def gold(self, mix: Sequence[float], shape: tuple[int, ...]) -> Places:
        """Places of labels, drawn with the chances `mix`."""
        return np.asarray(self.random.choice(3, shape, p=mix), dtype=np.int64)

    def says(self, gold: Places, off: float = 0.0) -> Numbers:
        """Probabilities (..., labels) of texts with these labels."""
        evidence = CENTRES[gold] + self.random.normal(0, 1, (*gold.shape, 3)) + [off, 0, 0]
        chances = np.exp(evidence)
        return np.asarray(chances / chances.sum(axis=-1, keepdims=True))

    def reference(self, count: int = 3_000, shift: float = 0.0) -> Reference:
        """A held-out set with as many texts of each label."""
        gold = np.repeat(np.arange(3), count // 3)
        found, bins = np.unique(codes(self.says(gold)), return_inverse=True)
        counted = np.zeros((len(found), 3))
        np.add.at(counted, (bins, gold), 1)
        return Reference(posteriors(found, 3), counted, shift)


@pytest.fixture
def model() -> Model:
    return Model()


def cells_of(said: Numbers, *, is_whole: bool = False) -> tuple[Cells, Places]:
    """Cells of probabilities (cells, comments, labels), and each comment's bin."""
    count, size, labels = said.shape
    found, bins = np.unique(codes(said.reshape(-1, labels)), return_inverse=True)
    bins = bins.reshape(count, size)
    weight = np.zeros((count, len(found)))
    np.add.at(weight, (np.arange(count)[:, None], bins), 1 / size)
    chosen = np.eye(labels)[said.argmax(axis=2)].mean(axis=1)
    whole = np.full(count, is_whole)
    return Cells(
        posteriors(found, labels), weight, chosen, np.full(count, float(size)), whole
    ), bins


def audits_of(bins: Places, gold: Places, count: int) -> Audits:
    """The first `count` comments of every cell as people labelled them, each of its own author."""
    cells = len(bins)
    return Audits(
        np.repeat(np.arange(cells), count),
        bins[:, :count].ravel(),
        np.eye(3)[gold[:, :count].ravel()],
        np.ones(cells * count),
        np.full(cells * count, count / bins.shape[1]),
        np.arange(cells * count),
    )
