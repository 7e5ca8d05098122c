"""What the graph is built of: nodes, constants, weights as bytes, sums over a text's tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Weights = Mapping[str, np.ndarray]

WEIGHT_TOP = 63
"""7 bits: x86 without VNNI adds pairs of products in 16 bits, which 8 bits would overflow."""
STATE_TOP = 127
BYTES, SCALES = ".bytes", ".scales"
"""Endings of the two constants that a weight becomes."""


@dataclass
class Graph:
    """Nodes and constants under construction; every method returns the name of its output."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, value: np.ndarray, name: str = "") -> str:
        """Store an array; those that `shipped.py` reads back have names."""
        name = name or f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def node(self, kind: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        """Add an operator with one output."""
        output = f"n{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(kind, list(inputs), [output], domain=domain, **attributes)
        )
        return output

    def parts(self, source: str, widths: Sequence[int]) -> list[str]:
        """Cut (rows, sum of `widths`) into as many tables of these widths."""
        sizes = self.constant(np.array(widths, np.int64))
        outputs = [f"n{len(self.nodes)}.{part}" for part in range(len(widths))]
        self.nodes.append(helper.make_node("Split", [source, sizes], outputs, axis=1))
        return outputs


def quantised_rows(weight: np.ndarray, top: int) -> tuple[np.ndarray, np.ndarray]:
    """Int8 (rows, width) and float32 scales (rows, 1) of a float weight."""
    scales = np.maximum(np.abs(weight).max(axis=1, keepdims=True), 1e-8) / top
    return np.rint(weight / scales).astype(np.int8), scales.astype(np.float32)


def comment_mask(graph: Graph, separator: int) -> str:
    """1.0 for the tokens up to the first `</s>`, 0.0 for the post and padding: (texts, tokens)."""
    ends = graph.node("Equal", "input_ids", graph.constant(np.array(separator, np.int64)))
    ends = graph.node("Cast", ends, to=TensorProto.FLOAT)
    axis = graph.constant(np.array(1, np.int64))
    before = graph.node("CumSum", ends, axis, exclusive=1)
    is_comment = graph.node("Equal", before, graph.constant(np.array(0, np.float32)))
    mask = graph.node("Cast", is_comment, to=TensorProto.FLOAT)
    return graph.node("Mul", mask, graph.node("Cast", "attention_mask", to=TensorProto.FLOAT))


def sum_of(graph: Graph, states: str, mask: str) -> str:
    """Sum of states (texts, tokens, width) where `mask` (texts, tokens) is 1: (texts, width)."""
    axes = graph.constant(np.array([1], np.int64))
    row = graph.node("Unsqueeze", mask, axes)
    return graph.node("Squeeze", graph.node("MatMul", row, states), axes)


def count_of(graph: Graph, mask: str) -> str:
    """How many ones a row of `mask` has: (texts, 1)."""
    return graph.node("ReduceSum", mask, graph.constant(np.array([1], np.int64)), keepdims=1)


def mean_of(graph: Graph, states: str, mask: str) -> str:
    """Mean of the states where `mask` is 1: (texts, width)."""
    return graph.node("Div", sum_of(graph, states, mask), count_of(graph, mask))


def neighbours(graph: Graph, tokens: str) -> tuple[str, str]:
    """All but the last column of (texts, tokens), and all but the first."""
    start, one, last, end = (
        graph.constant(np.array([place], np.int64)) for place in (0, 1, -1, np.iinfo(np.int32).max)
    )
    first = graph.node("Slice", tokens, start, last, one)
    return first, graph.node("Slice", tokens, one, end, one)
