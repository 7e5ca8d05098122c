"""Write the network as an ONNX graph by hand: few nodes, int8 weights, rows that never mix.

`quantize_dynamic` scales activations by the largest value of the whole batch, so a comment's score
depends on its neighbours. Here every token's state is scaled by its own largest value, which
`QuantizeLinear` does along its axis 0, and the integer product is scaled back row by row.
`EXPERIMENTS.md` has the measured alternatives.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Weights = Mapping[str, np.ndarray]

WEIGHT_TOP = 63
"""7 bits: x86 without VNNI adds pairs of products in 16 bits, which 8 bits would overflow."""
STATE_TOP = 127
MIDDLE = 128
"""What stands for zero in the unsigned bytes of a quantised state."""
LIFT = 0.17
"""GELU gives nothing below -0.17 (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415)."""
LIFTED_TOP = 255
"""What it gives, lifted, is never negative: its bytes need no sign, and are twice as fine."""
MICROSOFT = "com.microsoft"
BYTES, SCALES = ".bytes", ".scales"
"""Endings of the two constants that a weight becomes."""
WORDS, PLACES = "embeddings.word_embeddings.weight", "embeddings.place"
WORD_NORM = "embeddings.LayerNorm"
SELF_BIAS = "attention.self.bias"
FACTOR = "factor"
"""Ending of what states are multiplied by before they are rounded (`compensation.py`)."""


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


@dataclass(frozen=True)
class Quantised:
    """States as bytes (rows, width), the scale of each row (rows, 1), and what stands for zero.

    `factor`: what they were multiplied by, which the weights that read them undo; for all or each.
    """

    values: str
    scale: str
    zero: int
    factor: np.ndarray | float = 1.0


def quantised_rows(weight: np.ndarray, top: int) -> tuple[np.ndarray, np.ndarray]:
    """Int8 (rows, width) and float32 scales (rows, 1) of a float weight."""
    scales = np.maximum(np.abs(weight).max(axis=1, keepdims=True), 1e-8) / top
    return np.rint(weight / scales).astype(np.int8), scales.astype(np.float32)


def quantised_state(graph: Graph, source: str, width: int) -> Quantised:
    """Quantise (texts, tokens, width), each token by its own largest value."""
    flat = flattened(graph, source, width)
    return quantised_by(graph, flat, graph.node("Abs", flat), STATE_TOP, MIDDLE)


def normalised_state(graph: Graph, source: str, weights: Weights, reader: str) -> Quantised:
    """Quantise a normalised state, its channels evened out for its `reader`, if it has a factor."""
    width, name = len(weights[f"{WORD_NORM}.weight"]), f"{reader}.{FACTOR}"
    if name not in weights:
        return quantised_state(graph, source, width)
    evened = graph.node("Mul", source, stored(graph, weights, name))
    return replace(quantised_state(graph, evened, width), factor=weights[name])


def quantised_gelu(graph: Graph, source: str, width: int) -> Quantised:
    """Quantise what a GELU gave, lifted by `LIFT`: the product must be lowered again."""
    lift = graph.constant(np.array(LIFT, np.float32))
    flat = flattened(graph, graph.node("Add", source, lift), width)
    return quantised_by(graph, flat, flat, LIFTED_TOP, 0)


def flattened(graph: Graph, source: str, width: int) -> str:
    """(texts, tokens, width) as (rows, width)."""
    return graph.node("Reshape", source, graph.constant(np.array([-1, width], np.int64)))


def quantised_by(graph: Graph, flat: str, sizes: str, top: int, zero: int) -> Quantised:
    """Quantise (rows, width) so that the largest of each row's `sizes` is `top` steps from zero."""
    last = graph.constant(np.array([-1], np.int64))
    largest = graph.node("ReduceMax", sizes, last, keepdims=1)
    scale = graph.node("Mul", largest, graph.constant(np.array(1 / top, np.float32)))
    column = graph.node("Reshape", scale, last)
    zeros = graph.node(
        "Expand", graph.constant(np.array(zero, np.uint8)), graph.node("Shape", column)
    )
    return Quantised(graph.node("QuantizeLinear", flat, column, zeros, axis=0), scale, zero)


def product(graph: Graph, source: Quantised, weights: Weights, name: str) -> str:
    """`source @ weights[name].T`, (texts, tokens, outputs); the weight is (outputs, inputs)."""
    weight = weights[name] / source.factor
    rows, scales = quantised_rows(weight, WEIGHT_TOP)
    flat = graph.node(
        "MatMulIntegerToFloat",
        source.values,
        graph.constant(rows.T, name + BYTES),
        graph.constant(np.array(1, np.float32)),
        graph.constant(scales[:, 0], name + SCALES),
        graph.constant(np.array(source.zero, np.uint8)),
        domain=MICROSOFT,
    )
    width = graph.constant(np.array([len(weight)], np.int64))
    shape = graph.node("Concat", graph.node("Shape", "input_ids"), width, axis=0)
    return graph.node("Reshape", graph.node("Mul", flat, source.scale), shape)


@dataclass(frozen=True)
class Shape:
    """What the weights do not say of themselves."""

    layers: int
    attention_heads: int
    epsilon: float
    separator: int


def embedded(graph: Graph, weights: Weights, epsilon: float) -> str:
    """Word, position and type embeddings, normalised: (texts, tokens, width)."""
    rows, scales = quantised_rows(weights[WORDS], STATE_TOP)
    rows_name, scales_name = (
        graph.constant(rows, WORDS + BYTES),
        graph.constant(scales, WORDS + SCALES),
    )
    word = graph.node("Cast", graph.node("Gather", rows_name, "input_ids"), to=1)
    word = graph.node("Mul", word, graph.node("Gather", scales_name, "input_ids"))
    place = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    tokens = graph.node("Shape", "input_ids", start=1, end=2)
    zero = graph.constant(np.array([0], np.int64))
    place_name = graph.node("Slice", graph.constant(place, PLACES), zero, tokens, zero)
    total = graph.node("Add", word, place_name)
    return norm(graph, total, weights, WORD_NORM, epsilon)


def stored(graph: Graph, weights: Weights, name: str) -> str:
    """A weight that stays as it is."""
    return graph.constant(weights[name], name)


def norm(graph: Graph, source: str, weights: Weights, name: str, epsilon: float) -> str:
    """Layer normalisation over the last axis."""
    gamma, beta = (stored(graph, weights, f"{name}.{part}") for part in ("weight", "bias"))
    return graph.node("LayerNormalization", source, gamma, beta, axis=-1, epsilon=epsilon)


def attention(
    graph: Graph, source: Quantised, mask: str, weights: Weights, layer: str, shape: Shape
) -> str:
    """Self-attention of one layer, before its output projection."""
    names = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
    states = [product(graph, source, weights, f"{name}.weight") for name in names]
    biases = np.concatenate([weights[f"{name}.bias"] for name in names])
    bias = graph.constant(biases, f"{layer}.{SELF_BIAS}")
    return graph.node(
        "MultiHeadAttention",
        *states,
        bias,
        mask,
        domain=MICROSOFT,
        num_heads=shape.attention_heads,
    )


def residual(
    graph: Graph, skip: str, change: str, weights: Weights, name: str, epsilon: float
) -> str:
    """Add `change` to `skip`, normalise."""
    return norm(graph, graph.node("Add", skip, change), weights, f"{name}.LayerNorm", epsilon)


def attended(graph: Graph, context: str, weights: Weights, name: str) -> str:
    """The output projection of an attention."""
    dense = f"{name}.dense"
    quantised = quantised_state(graph, context, weights[f"{dense}.weight"].shape[1])
    change = product(graph, quantised, weights, f"{dense}.weight")
    return graph.node("Add", change, stored(graph, weights, f"{dense}.bias"))


def narrowed(graph: Graph, inner: str, weights: Weights, name: str) -> str:
    """The second half of a feed-forward layer, of what a GELU gave."""
    dense = f"{name}.dense"
    weight = weights[f"{dense}.weight"]
    quantised = quantised_gelu(graph, inner, weight.shape[1])
    change = product(graph, quantised, weights, f"{dense}.weight")
    rows, scales = quantised_rows(weight, WEIGHT_TOP)
    raised = graph.constant((LIFT * rows.sum(axis=1) * scales[:, 0]).astype(np.float32))
    # Of two constants; the engine computes it once, when it loads the graph.
    bias = graph.node("Sub", stored(graph, weights, f"{dense}.bias"), raised)
    return graph.node("Add", change, bias)


def encoder_layer(
    graph: Graph, source: str, mask: str, weights: Weights, layer: str, shape: Shape
) -> str:
    """One BERT layer: (texts, tokens, width) -> the same shape."""
    quantised = normalised_state(graph, source, weights, f"{layer}.attention.self")
    context = attention(graph, quantised, mask, weights, layer, shape)
    name = f"{layer}.attention.output"
    change = attended(graph, context, weights, name)
    source = residual(graph, source, change, weights, name, shape.epsilon)
    quantised = normalised_state(graph, source, weights, f"{layer}.intermediate")
    inner = product(graph, quantised, weights, f"{layer}.intermediate.dense.weight")
    bias = stored(graph, weights, f"{layer}.intermediate.dense.bias")
    inner = graph.node("BiasGelu", inner, bias, domain=MICROSOFT)
    change = narrowed(graph, inner, weights, f"{layer}.output")
    return residual(graph, source, change, weights, f"{layer}.output", shape.epsilon)


def comment_mean(graph: Graph, states: str, separator: int) -> str:
    """Mean state of the tokens up to the first `</s>`: (texts, width)."""
    ends = graph.node("Equal", "input_ids", graph.constant(np.array(separator, np.int64)))
    ends = graph.node("Cast", ends, to=TensorProto.FLOAT)
    axis = graph.constant(np.array(1, np.int64))
    before = graph.node("CumSum", ends, axis, exclusive=1)
    is_comment = graph.node("Equal", before, graph.constant(np.array(0, np.float32)))
    mask = graph.node("Cast", is_comment, to=TensorProto.FLOAT)
    mask = graph.node("Mul", mask, graph.node("Cast", "attention_mask", to=TensorProto.FLOAT))
    axes = graph.constant(np.array([1], np.int64))
    count = graph.node("ReduceSum", mask, axes, keepdims=1)
    row = graph.node("Unsqueeze", mask, axes)
    total = graph.node("Squeeze", graph.node("MatMul", row, states), axes)
    return graph.node("Div", total, count)


def recalled(graph: Graph, features: str, middle: str, weights: Weights, separator: int) -> str:
    """The original encoder's embedding, (texts, width), not yet normalised; see `recall.py`."""
    sources = graph.node("Concat", features, comment_mean(graph, middle, separator), axis=1)
    weight, bias = (stored(graph, weights, f"recall.{part}") for part in ("weight", "bias"))
    return graph.node("Gemm", sources, weight, bias, transB=1)


def answers(
    graph: Graph,
    states: str,
    middle: str,
    weights: Weights,
    heads: Iterable[str],
    separator: int,
) -> list[str]:
    """Name the outputs: logits of each head, and the normalised `embedding`."""
    mean = comment_mean(graph, states, separator)
    first = graph.node("Gather", states, graph.constant(np.array(0, np.int64)), axis=1)
    features = graph.node("Concat", first, mean, axis=1)
    named = []
    for head in heads:
        weight, bias = (stored(graph, weights, f"heads.{head}.{p}") for p in ("weight", "bias"))
        logits = graph.node("Gemm", features, weight, bias, transB=1)
        named.append(helper.make_node("Identity", [logits], [head]))
    if "recall.weight" in weights:
        mean = recalled(graph, features, middle, weights, separator)
    length = graph.node("ReduceL2", mean, graph.constant(np.array([1], np.int64)), keepdims=1)
    named.append(helper.make_node("Div", [mean, length], ["embedding"]))
    graph.nodes.extend(named)
    return [node.output[0] for node in named]


def network_graph(weights: Weights, heads: Mapping[str, int], shape: Shape) -> onnx.ModelProto:
    """The whole network: (input_ids, attention_mask) -> logits of each head and `embedding`.

    `weights` are named as in `transformers`' BertModel, `heads` says how many labels each head has.
    Without `recall.weight` and `recall.bias` the embedding is the comment's mean state.
    """
    graph = Graph()
    states = embedded(graph, weights, shape.epsilon)
    mask = graph.node("Cast", "attention_mask", to=TensorProto.INT32)
    middle = states
    for number in range(shape.layers):
        if number == (shape.layers + 1) // 2:
            middle = states
        states = encoder_layer(graph, states, mask, weights, f"encoder.layer.{number}", shape)
    outputs = answers(graph, states, middle, weights, heads, shape.separator)
    widths = dict(heads) | {"embedding": len(weights[f"{WORD_NORM}.weight"])}
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    named = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", widths[name]])
        for name in outputs
    ]
    whole = helper.make_graph(graph.nodes, "resonanz", inputs, named, graph.constants)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(whole, opset_imports=opsets, ir_version=10)
