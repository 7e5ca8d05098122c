"""What a comment's words say by themselves, beside the network: "wide" beside "deep".

A logistic regression on pairs of neighbouring word pieces is weaker than the network and errs
elsewhere; both together err less (Cheng et al. 2016, https://arxiv.org/abs/1606.07792). Pairs share
a fixed number of rows (feature hashing, Weinberger et al. 2009, https://arxiv.org/abs/0902.2206).
Single pieces would say a little more and miss negations. The shipped graph adds all of it to the
network's logits (`wide_graph.py: wide_logits`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from models.training.batches import END, START, Encoded
from models.training.export import Calibration
from models.training.network import HeadShape
from models.training.wide_graph import PAIR_STRIDES, WIDE

Rows = npt.NDArray[np.int64]

FEWEST_TEXTS = 2
"""Rows that fewer texts have say nothing: they are names and chance."""
ITERATIONS = 150
"""After so many L-BFGS only polishes weights of rows that are rare."""


@dataclass(frozen=True)
class Breadth:
    """How the words are weighed: so many rows for `pairs`; the higher `freedom`, the larger may
    weights become (the inverse of the penalty on their squares)."""

    pairs: int
    freedom: float


def rows_of(comment: Sequence[int], pairs: int) -> Rows:
    """The rows of a comment's neighbouring pieces, `<s>` and `</s>` among them."""
    ids = np.array([START, *comment, END], dtype=np.int64)
    first, second = PAIR_STRIDES
    return (ids[:-1] * first + ids[1:] * second) % pairs


def features(encoded: Sequence[Encoded], pairs: int) -> sparse.csr_matrix:
    """(texts, pairs): how often a comment has a row, by the root of how many it has."""
    rows = [rows_of(e.comment, pairs) for e in encoded]
    sizes = np.array([len(each) for each in rows])
    texts = np.repeat(np.arange(len(rows)), sizes)
    values = np.repeat(1 / np.sqrt(sizes), sizes).astype(np.float32)
    return sparse.csr_matrix((values, (texts, np.concatenate(rows))), shape=(len(rows), pairs))


def fit_wide(
    encoded: Sequence[Encoded], heads: Mapping[str, HeadShape], breadth: Breadth
) -> dict[str, np.ndarray]:
    """`wide.<head>.weight` (rows, labels) and `wide.<head>.bias` (labels,) of every head."""
    table = features(encoded, breadth.pairs)
    used = np.flatnonzero(np.bincount(table.indices, minlength=table.shape[1]) >= FEWEST_TEXTS)
    table = table[:, used]
    found: dict[str, np.ndarray] = {}
    for name, head in heads.items():
        known = [row for row, e in enumerate(encoded) if name in e.targets]
        marks = np.array([encoded[row].targets[name] for row in known])
        shares = np.array([encoded[row].weight for row in known])
        fit = _each_label if head.many else _one_label
        few, bias = fit(table[known], marks, shares, breadth.freedom)
        weight = np.zeros((breadth.pairs, len(head.labels)), np.float32)
        weight[used] = few
        found |= {f"{WIDE}.{name}.weight": weight, f"{WIDE}.{name}.bias": bias}
    return found


def read_wide(
    weights: Mapping[str, np.ndarray], encoded: Sequence[Encoded]
) -> dict[str, np.ndarray]:
    """Logits of every head in `weights`, (texts, labels)."""
    names = [n.split(".")[1] for n in weights if n.startswith(WIDE) and n.endswith(".weight")]
    if not names:
        return {}
    table = features(encoded, len(weights[f"{WIDE}.{names[0]}.weight"]))
    return {
        name: table @ weights[f"{WIDE}.{name}.weight"] + weights[f"{WIDE}.{name}.bias"]
        for name in names
    }


def heard(
    weights: Mapping[str, np.ndarray], calibrations: Mapping[str, Calibration]
) -> dict[str, np.ndarray]:
    """`weights` of the heads that hear them at all, and `wide.<head>.gains`: how much they do.

    The first is for a comment with its post, the second for one without.
    """
    gains = {
        name: np.array([found.wide, found.wide_alone], np.float32)
        for name, found in calibrations.items()
    }
    hearing = [name for name, gain in gains.items() if gain.any()]
    kept = {name: value for name, value in weights.items() if name.split(".")[1] in hearing}
    return kept | {f"{WIDE}.{name}.gains": gains[name] for name in hearing}


def _one_label(
    table: sparse.csr_matrix, marks: np.ndarray, shares: np.ndarray, freedom: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (rows, labels) and bias where one label applies; `marks` share 1 among labels.

    All labels count the same together: how frequent each is differs from source to source, and is
    no matter of words.
    """
    texts, labels = np.nonzero(marks)
    shares = marks[texts, labels] * shares[texts]
    sums = np.bincount(labels, weights=shares)
    weight, bias = _regression(table[texts], labels, shares * sums.mean() / sums[labels], freedom)
    if marks.shape[1] > 2:
        return weight, bias
    sides = np.array([-0.5, 0.5], np.float32)  # of two, what the second has before the first
    return weight * sides, bias * sides


def _each_label(
    table: sparse.csr_matrix, marks: np.ndarray, shares: np.ndarray, freedom: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (rows, labels) and bias where several labels may apply: one regression for each."""
    fitted = []
    for mark in marks.T:
        sides = np.stack([1 - mark, mark], axis=1)
        texts, labels = np.nonzero(sides)
        fitted.append(
            _regression(table[texts], labels, sides[texts, labels] * shares[texts], freedom)
        )
    return np.hstack([weight for weight, _ in fitted]), np.hstack([bias for _, bias in fitted])


def _regression(
    table: sparse.csr_matrix, labels: np.ndarray, shares: np.ndarray, freedom: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias as scikit-learn has them: of two labels one column.

    A text whose annotators differ is there once for each of their labels, and counts its part.
    """
    model = LogisticRegression(C=freedom, max_iter=ITERATIONS)
    model.fit(table, labels, sample_weight=shares)
    return model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32)
