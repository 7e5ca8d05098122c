"""Write the network as an ONNX graph by hand: few nodes, int8 weights, rows that never mix.

`quantize_dynamic` scales activations by the largest value of the whole batch, so a comment's score
depends on its neighbours. Here every token's state is scaled by its own largest value, which
`QuantizeLinear` does along its axis 0, and the integer product is scaled back row by row; what goes
into an attention and comes out of it varies less, and has one scale for all texts. Between the
layers all tokens of a batch are rows of one table. `EXPERIMENTS.md` has the measured alternatives.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from models.training.operators import (
    BYTES,
    SCALES,
    STATE_TOP,
    WEIGHT_TOP,
    Graph,
    Weights,
    comment_mask,
    mean_of,
    quantised_rows,
)
from models.training.wide_graph import wide_logits

MIDDLE = 128
"""What stands for zero in the unsigned bytes of a quantised state."""
GELU_LOW = 0.17
"""GELU gives nothing below -0.17 (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415)."""
GELU_MIDDLE = 32
"""What stands for zero in its bytes: an eighth of them holds all that is below zero."""
GELU_TOP = 255 - GELU_MIDDLE
MICROSOFT = "com.microsoft"
WORDS, PLACES = "embeddings.word_embeddings.weight", "embeddings.place"
WORD_NORM = "embeddings.LayerNorm"
PARTS = ("query", "key", "value")
"""What an attention makes of the states that it reads."""
FACTOR, STEP = "factor", "step"
"""Endings of what states are multiplied by before they are rounded, and of the size of a step of
their bytes, where it is the same for all texts (`compensation.py`)."""


@dataclass(frozen=True)
class Shape:
    """What the weights do not say of themselves."""

    layers: int
    attention_heads: int
    epsilon: float
    separator: int


@dataclass(frozen=True)
class Batch:
    """What every layer asks of the texts, computed once: names of outputs.

    `mask` (texts, 1, tokens, tokens) says which tokens are seen, `sizes` is [texts, tokens],
    `zeros` holds for each byte that stands for zero as many of them as there are rows.
    """

    mask: str
    sizes: str
    zeros: Mapping[int, str]


@dataclass(frozen=True)
class Quantised:
    """States as bytes (rows, width), the size of a step of each row (rows, 1), and their zero.

    With `is_fixed` all rows have the one step. `factor` is what the states were multiplied by,
    which the weights that read them undo; for all or for each channel.
    """

    values: str
    step: str
    zero: int
    factor: np.ndarray | float = 1.0
    is_fixed: bool = False


def quantised_state(graph: Graph, rows: str, batch: Batch) -> Quantised:
    """Quantise (rows, width), each row by its own largest value."""
    step = step_of(graph, graph.node("Abs", rows), STATE_TOP)
    return quantised_by(graph, rows, step, MIDDLE, batch)


def quantised_gelu(graph: Graph, rows: str, batch: Batch) -> Quantised:
    """Quantise what a GELU gave: few of its bytes are for what lies below zero."""
    least = graph.constant(np.array(GELU_LOW / GELU_MIDDLE, np.float32))
    step = graph.node("Max", step_of(graph, rows, GELU_TOP), least)
    return quantised_by(graph, rows, step, GELU_MIDDLE, batch)


def step_of(graph: Graph, sizes: str, top: int) -> str:
    """(rows, 1): how large a step is, if the largest of a row's `sizes` is `top` of them."""
    last = graph.constant(np.array([-1], np.int64))
    largest = graph.node("ReduceMax", sizes, last, keepdims=1)
    return graph.node("Mul", largest, graph.constant(np.array(1 / top, np.float32)))


def quantised_by(graph: Graph, rows: str, step: str, zero: int, batch: Batch) -> Quantised:
    """Quantise each row by its own `step`, (rows, 1)."""
    column = graph.node("Reshape", step, graph.constant(np.array([-1], np.int64)))
    values = graph.node("QuantizeLinear", rows, column, batch.zeros[zero], axis=0)
    return Quantised(values, step, zero)


def state_for(graph: Graph, rows: str, batch: Batch, weights: Weights, reader: str) -> Quantised:
    """Quantise (rows, width) as its `reader` wants it.

    It is evened out, if there is a factor for that, and by one step, if there is one for all.
    """
    factor: np.ndarray | float = 1.0
    if (name := f"{reader}.{FACTOR}") in weights:
        rows, factor = graph.node("Mul", rows, stored(graph, weights, name)), weights[name]
    if (name := f"{reader}.{STEP}") not in weights:
        return replace(quantised_state(graph, rows, batch), factor=factor)
    step, zero = stored(graph, weights, name), graph.constant(np.array(MIDDLE, np.uint8))
    values = graph.node("QuantizeLinear", rows, step, zero)
    return Quantised(values, step, MIDDLE, factor, is_fixed=True)


def product(
    graph: Graph, source: Quantised, weights: Weights, name: str, *, has_bias: bool = True
) -> str:
    """What the linear map `name`, (outputs, inputs), makes of (rows, inputs): (rows, outputs).

    Its bias is added, if it is to have one.
    """
    weight, bias = f"{name}.weight", f"{name}.bias"
    rows, scales = quantised_rows(weights[weight] / source.factor, WEIGHT_TOP)
    added = [stored(graph, weights, bias)] if has_bias else []
    found = graph.node(
        "MatMulIntegerToFloat",
        source.values,
        graph.constant(rows.T, weight + BYTES),
        source.step if source.is_fixed else graph.constant(np.array(1, np.float32)),
        graph.constant(scales[:, 0], weight + SCALES),
        graph.constant(np.array(source.zero, np.uint8)),
        *(["", *added] if source.is_fixed and has_bias else []),
        domain=MICROSOFT,
    )
    if source.is_fixed:
        return found
    found = graph.node("Mul", found, source.step)
    return graph.node("Add", found, *added) if has_bias else found


def embedded(graph: Graph, weights: Weights, epsilon: float) -> str:
    """Word, position and type embeddings, normalised: (rows, width)."""
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
    flat = graph.node("Reshape", total, graph.constant(np.array([-1, rows.shape[1]], np.int64)))
    return norm(graph, flat, weights, WORD_NORM, epsilon)


def batch_of(graph: Graph) -> Batch:
    """What the layers ask of `input_ids` and `attention_mask`."""
    sizes = graph.node("Shape", "input_ids")
    row_count = graph.node("ReduceProd", sizes, keepdims=1)
    zeros = {
        zero: graph.node("Expand", graph.constant(np.array(zero, np.uint8)), row_count)
        for zero in (MIDDLE, GELU_MIDDLE)
    }
    seen = graph.node("Cast", "attention_mask", to=TensorProto.BOOL)
    seen = graph.node("Unsqueeze", seen, graph.constant(np.array([1, 2], np.int64)))
    one = graph.constant(np.array([1], np.int64))
    tokens = graph.node("Shape", "input_ids", start=1, end=2)
    square = graph.node("Concat", one, one, tokens, one, axis=0)
    return Batch(graph.node("Expand", seen, square), sizes, zeros)


def in_texts(graph: Graph, rows: str, batch: Batch, width: int) -> str:
    """(rows, width) as (texts, tokens, width)."""
    whole = graph.node("Concat", batch.sizes, graph.constant(np.array([width], np.int64)), axis=0)
    return graph.node("Reshape", rows, whole)


def stored(graph: Graph, weights: Weights, name: str) -> str:
    """A weight that stays as it is."""
    return graph.constant(weights[name], name)


def norm(graph: Graph, source: str, weights: Weights, name: str, epsilon: float) -> str:
    """Layer normalisation over the last axis."""
    gamma, beta = (stored(graph, weights, f"{name}.{part}") for part in ("weight", "bias"))
    return graph.node("LayerNormalization", source, gamma, beta, axis=-1, epsilon=epsilon)


def residual(
    graph: Graph, skip: str, change: str, weights: Weights, name: str, epsilon: float
) -> str:
    """Add `change` to `skip`, normalise."""
    return norm(graph, graph.node("Add", skip, change), weights, f"{name}.LayerNorm", epsilon)


def without_idle_biases(weights: Mapping[str, Any], layers: int) -> dict[str, Any]:
    """The same network (arrays or tensors) with no bias where one says nothing or says it later.

    A key's bias adds the same to all that a token looks at. A value's adds itself to every mean of
    values, so the output's bias can hold what becomes of it. Both are zero in what is returned.
    """
    found = dict(weights)
    for attention in (f"encoder.layer.{number}.attention" for number in range(layers)):
        key, value = (f"{attention}.self.{part}.bias" for part in ("key", "value"))
        output = f"{attention}.output.dense"
        said = weights[f"{output}.weight"] @ weights[value]
        found[f"{output}.bias"] = weights[f"{output}.bias"] + said
        found[key], found[value] = 0 * weights[key], 0 * weights[value]
    return found


def attention(
    graph: Graph, source: Quantised, batch: Batch, weights: Weights, name: str, heads: int
) -> str:
    """Self-attention of one layer, (rows, width), before its output projection.

    Only a query has a bias that says anything (`without_idle_biases`).
    """
    width = weights[f"{name}.query.weight"].shape[1]
    parts = [
        product(graph, source, weights, f"{name}.{part}", has_bias=part == "query")
        for part in PARTS
    ]
    seen = [in_texts(graph, part, batch, width) for part in parts]
    context = graph.node("Attention", *seen, batch.mask, q_num_heads=heads, kv_num_heads=heads)
    return graph.node("Reshape", context, graph.constant(np.array([-1, width], np.int64)))


def encoder_layer(
    graph: Graph, source: str, batch: Batch, weights: Weights, layer: str, shape: Shape
) -> str:
    """One BERT layer: (rows, width) -> the same shape."""
    name = f"{layer}.attention.self"
    read = state_for(graph, source, batch, weights, name)
    context = attention(graph, read, batch, weights, name, shape.attention_heads)
    name = f"{layer}.attention.output"
    read = state_for(graph, context, batch, weights, name)
    change = product(graph, read, weights, f"{name}.dense")
    source = residual(graph, source, change, weights, name, shape.epsilon)
    name = f"{layer}.intermediate"
    read = state_for(graph, source, batch, weights, name)
    inner = product(graph, read, weights, f"{name}.dense", has_bias=False)
    bias = stored(graph, weights, f"{name}.dense.bias")
    inner = graph.node("FastGelu", inner, bias, domain=MICROSOFT)
    name = f"{layer}.output"
    change = product(graph, quantised_gelu(graph, inner, batch), weights, f"{name}.dense")
    return residual(graph, source, change, weights, name, shape.epsilon)


def recalled(graph: Graph, features: str, middle: str, weights: Weights, mask: str) -> str:
    """The original encoder's embedding, (texts, width), not yet normalised; see `recall.py`."""
    sources = graph.node("Concat", features, mean_of(graph, middle, mask), axis=1)
    weight, bias = (stored(graph, weights, f"recall.{part}") for part in ("weight", "bias"))
    return graph.node("Gemm", sources, weight, bias, transB=1)


def answers(
    graph: Graph,
    states: str,
    middle: str,
    weights: Weights,
    heads: Collection[str],
    separator: int,
) -> list[str]:
    """Name the outputs: logits of each head, and the normalised `embedding`."""
    mask = comment_mask(graph, separator)
    mean = mean_of(graph, states, mask)
    first = graph.node("Gather", states, graph.constant(np.array(0, np.int64)), axis=1)
    features = graph.node("Concat", first, mean, axis=1)
    wide = wide_logits(graph, weights, heads, mask)
    named = []
    for head in heads:
        weight, bias = (stored(graph, weights, f"heads.{head}.{p}") for p in ("weight", "bias"))
        logits = graph.node("Gemm", features, weight, bias, transB=1)
        if head in wide:
            logits = graph.node("Add", logits, wide[head])
        named.append(helper.make_node("Identity", [logits], [head]))
    if "recall.weight" in weights:
        mean = recalled(graph, features, middle, weights, mask)
    length = graph.node("ReduceL2", mean, graph.constant(np.array([1], np.int64)), keepdims=1)
    named.append(helper.make_node("Div", [mean, length], ["embedding"]))
    graph.nodes.extend(named)
    return [node.output[0] for node in named]


def network_graph(weights: Weights, heads: Mapping[str, int], shape: Shape) -> onnx.ModelProto:
    """The whole network: (input_ids, attention_mask) -> logits of each head and `embedding`.

    `weights` are named as in `transformers`' BertModel, `heads` says how many labels each head has.
    Without `recall.weight` and `recall.bias` the embedding is the comment's mean state. A head with
    `wide.<head>.weight`, `.bias` and `.gains` hears what words say by themselves (`wide.py`).
    """
    graph = Graph()
    weights = without_idle_biases(weights, shape.layers)
    width = len(weights[f"{WORD_NORM}.weight"])
    batch, states = batch_of(graph), embedded(graph, weights, shape.epsilon)
    middle = states
    for number in range(shape.layers):
        if number == (shape.layers + 1) // 2:
            middle = states
        states = encoder_layer(graph, states, batch, weights, f"encoder.layer.{number}", shape)
    states, middle = (in_texts(graph, rows, batch, width) for rows in (states, middle))
    outputs = answers(graph, states, middle, weights, heads, shape.separator)
    widths = dict(heads) | {"embedding": width}
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    named = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", widths[name]])
        for name in outputs
    ]
    whole = helper.make_graph(graph.nodes, "resonanz", inputs, named, graph.constants)
    opsets = [helper.make_opsetid("", 23), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(whole, opset_imports=opsets, ir_version=10)
