"""A shipped checkpoint as a network again, to be fitted further.

The graph keeps its weights under their names (`graph.py`). Rounded ones come back as they are: an
export without fitting in between gives the same bytes, but where channels were evened out.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import BertConfig, BertModel

from models.training.graph import FACTOR, PARTS, PLACES, STEP, WORDS
from models.training.network import HeadShape, Network
from models.training.operators import BYTES, SCALES

WEIGHTS = Path("onnx") / "model_quantized.onnx"
SHAPE = (
    "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
    "max_position_embeddings", "type_vocab_size", "layer_norm_eps", "pad_token_id", "bos_token_id",
)  # fmt: skip
"""What of `config.json` shapes the encoder."""
FIRST_BIAS = "encoder.layer.0.attention.self.query.bias"
"""Earlier versions kept an attention's biases in one."""
POSITIONS = "embeddings.position_embeddings.weight"
RECALL = "recall."
TYPES = "embeddings.token_type_embeddings.weight"


def shipped_weights(graph: onnx.ModelProto) -> dict[str, np.ndarray]:
    """The weights of a graph of `network_graph`, named as in `transformers`' BertModel.

    Raises ValueError if the graph names none.
    """
    found = {c.name: numpy_helper.to_array(c) for c in graph.graph.initializer}
    if missing := {WORDS + BYTES, FIRST_BIAS} - set(found):
        raise ValueError(
            f"the graph has no constant `{min(missing)}`, expected one that this version's "
            "`python -m models.training` wrote"
        )
    weights = {
        name: value for name, value in found.items() if name.startswith(("enc", "emb", "hea"))
    }
    for name in [name for name in weights if name.endswith(BYTES)]:
        base = name.removesuffix(BYTES)
        rows = weights.pop(name).astype(np.float32)
        scales = weights.pop(base + SCALES).reshape(-1, 1)
        factor = weights.get(f"{base.rsplit('.', 2)[0]}.{FACTOR}", 1.0)
        weights[base] = (rows if base == WORDS else rows.T) * scales * factor
    for name in [name for name in weights if name.endswith("query.bias")]:
        for part in PARTS[1:]:  # the graph needs none of them
            weights[name.replace("query", part)] = np.zeros_like(weights[name])
    for name in [name for name in weights if name.endswith((FACTOR, STEP))]:
        del weights[name]
    weights[POSITIONS] = weights.pop(PLACES)
    weights[TYPES] = np.zeros((2, weights[POSITIONS].shape[1]), np.float32)
    return weights


def weights_of_now(folder: Path) -> dict[str, np.ndarray]:
    """The weights of the checkpoint in `folder`; ValueError if its layout is an earlier one."""
    try:
        return shipped_weights(onnx.load(folder / WEIGHTS))
    except ValueError as error:
        raise ValueError(
            f"`{folder / WEIGHTS}` was written by an earlier version: {error}. It answers as "
            "before, but can't be fitted further. Go on from one of this version, as `--start "
            "models/checkpoint`, or run without `--start`, which builds one from the encoder."
        ) from error


def read_beside(folder: Path) -> dict[str, np.ndarray]:
    """What the checkpoint in `folder` has beside the network: its roundings' factors and steps, and
    the map that recalls the embedding."""
    graph = onnx.load(folder / WEIGHTS).graph
    return {
        constant.name: numpy_helper.to_array(constant)
        for constant in graph.initializer
        if constant.name.endswith((FACTOR, STEP)) or constant.name.startswith(RECALL)
    }


def read_shipped(folder: Path, heads: Mapping[str, HeadShape], dropout: float) -> Network:
    """The network of the checkpoint in `folder`.

    Raises ValueError if its heads are others, or an earlier version laid its graph out.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    told = {head["name"]: tuple(head["labels"]) for head in config["resonanz"]["heads"]}
    wanted = {name: tuple(head.labels) for name, head in heads.items()}
    if told != wanted:
        raise ValueError(
            f"`{folder}` has the heads {told}, expected those of `settings.toml`, {wanted}: "
            "build the checkpoint from the encoder"
        )
    shape = BertConfig(
        **{name: config[name] for name in SHAPE},
        attn_implementation="eager",  # see `source.py`
    )
    network = Network(BertModel(shape, add_pooling_layer=False), heads, dropout)
    weights = weights_of_now(folder)
    network.load_state_dict(
        {
            name if name.startswith("heads.") else f"encoder.{name}": torch.from_numpy(value.copy())
            for name, value in weights.items()
        }
    )
    return network
