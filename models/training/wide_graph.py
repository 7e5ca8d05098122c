"""The nodes that add what words say by themselves to the network's logits; `wide.py` fits it."""

from collections.abc import Iterable

import numpy as np
from onnx import TensorProto

from models.training.operators import (
    BYTES,
    SCALES,
    STATE_TOP,
    Graph,
    Weights,
    count_of,
    neighbours,
    quantised_rows,
    sum_of,
)

WIDE = "wide"
"""Beginning of the names of what words say by themselves (`wide.py`)."""
PAIR_STRIDES = (12_289, 7_919)
"""A pair of pieces has the row of the sum of their ids times these, modulo the number of rows. For
100,000 pieces the sum fits into 32 bits, in which some engines count."""


def pair_rows(graph: Graph, pairs: int) -> str:
    """The rows of a text's neighbouring pieces: (texts, tokens - 1)."""
    ids = neighbours(graph, "input_ids")
    strides = [graph.constant(np.array(stride, np.int64)) for stride in PAIR_STRIDES]
    products = [graph.node("Mul", *each) for each in zip(ids, strides, strict=True)]
    return graph.node("Mod", graph.node("Add", *products), graph.constant(np.array(pairs)))


def wide_logits(graph: Graph, weights: Weights, heads: Iterable[str], mask: str) -> dict[str, str]:
    """What words say by themselves, (texts, labels), of the heads that have weights for it.

    See `wide.py`. Bytes with a scale for each label.
    """
    names = [head for head in heads if f"{WIDE}.{head}.weight" in weights]
    if not names:
        return {}
    table, bias = (
        np.concatenate([weights[f"{WIDE}.{head}.{part}"] for head in names], axis=-1)
        for part in ("weight", "bias")
    )
    widths = [len(weights[f"{WIDE}.{head}.bias"]) for head in names]
    columns, scales = quantised_rows(table.T, STATE_TOP)
    rows, seen = pair_rows(graph, len(table)), neighbours(graph, mask)[1]
    said = graph.node("Gather", graph.constant(columns.T, WIDE + BYTES), rows)
    total = sum_of(graph, graph.node("Cast", said, to=TensorProto.FLOAT), seen)
    total = graph.node("Mul", total, graph.constant(scales[:, 0], WIDE + SCALES))
    total = graph.node("Div", total, graph.node("Sqrt", count_of(graph, seen)))
    total = graph.node("Add", total, graph.constant(bias))
    gains = np.stack([weights[f"{WIDE}.{head}.gains"] for head in names], axis=1)
    total = graph.node("Mul", total, gains_of(graph, np.repeat(gains, widths, axis=1), mask))
    return dict(zip(names, graph.parts(total, widths), strict=True))


def gains_of(graph: Graph, gains: np.ndarray, mask: str) -> str:
    """How much each label hears, (texts, labels), of `gains` with and without a post."""
    read = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    is_alone = graph.node("Equal", count_of(graph, read), count_of(graph, mask))
    shown, alone = (graph.constant(gains[[row]].astype(np.float32)) for row in (0, 1))
    return graph.node("Where", is_alone, alone, shown)
