"""Write a fitted network as the folder that `models.encoder` loads, laid out as on a model hub."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from models.training.batches import END
from models.training.graph import Shape, network_graph
from models.training.network import HeadShape, Network

READING = {"prefix": "", "umlauts": True}
"""How texts were read in training: nothing in front, and German ones with their umlauts."""


@dataclass(frozen=True)
class Calibration:
    """How logits become decisions: probabilities are of logits / temperature, then cutoffs.

    `temperature_alone` is for comments that are read without their posts. The logits have in them
    what words say by themselves, multiplied by `wide`, without a post by `wide_alone`.

    An answer of one label that is less probable than `uncertain_below` is flagged.
    """

    temperature: float
    cutoffs: tuple[float, ...]
    uncertain_below: float = 0.0
    temperature_alone: float = 1.0
    wide: float = 0.0
    wide_alone: float = 0.0


@dataclass(frozen=True)
class Reach:
    """Tokens of a window at run time, and of the post within it."""

    max_tokens: int
    post_tokens: int


def arrays(network: Network) -> dict[str, np.ndarray]:
    """The weights as float32 arrays, the encoder's under their `transformers` names."""
    state = network.state_dict()
    return {
        name.removeprefix("encoder.") if name.startswith("encoder.") else name: (
            value.detach().float().numpy()
        )
        for name, value in state.items()
    }


def encoder_config(
    network: Network,
    name: str,
    heads: Mapping[str, HeadShape],
    calibrations: Mapping[str, Calibration],
    reach: Reach,
) -> dict[str, Any]:
    """`config.json`: what `AutoConfig` reads, and under `resonanz` what `models.encoder` reads."""
    settings = network.encoder.config.to_dict() | {"model_type": "bert"}
    for stray in ("_name_or_path", "architectures"):
        settings.pop(stray, None)
    answers = [
        {
            "name": head,
            "labels": list(shape.labels),
            "many": shape.many,
            **asdict(calibrations[head]),
        }
        for head, shape in heads.items()
    ]
    return settings | {"resonanz": {"name": name, **READING, **asdict(reach), "heads": answers}}


def tokenizer_config(max_tokens: int) -> dict[str, Any]:
    """`tokenizer_config.json` for `AutoTokenizer`."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "model_max_length": max_tokens,
        "clean_up_tokenization_spaces": False,
    }


def write_json(path: Path, content: object, indent: int | None = 2) -> None:
    """Write `content` as UTF-8 JSON, ending in a line break."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


def export(
    network: Network,
    tokenizer: Mapping[str, Any],
    settings: Mapping[str, Any],
    heads: Mapping[str, HeadShape],
    folder: Path,
    beside: Mapping[str, np.ndarray] | None = None,
) -> None:
    """Write weights, tokenizer and `config.json` (`settings` of `encoder_config`) to `folder`.

    `beside` is no weight of the network: what `fit_recall`, `onto_grid` and `wide.heard` give.
    """
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    shape = Shape(
        settings["num_hidden_layers"],
        settings["num_attention_heads"],
        settings["layer_norm_eps"],
        END,
    )
    labels = {name: len(head.labels) for name, head in heads.items()}
    graph = network_graph(arrays(network) | dict(beside or {}), labels, shape)
    onnx.checker.check_model(graph)
    onnx.save(graph, folder / "onnx" / "model_quantized.onnx")
    write_json(folder / "tokenizer.json", tokenizer, indent=None)
    write_json(
        folder / "tokenizer_config.json", tokenizer_config(settings["max_position_embeddings"])
    )
    specials = {k: v for k, v in tokenizer_config(0).items() if k.endswith("_token")}
    write_json(folder / "special_tokens_map.json", specials)
    write_json(folder / "config.json", settings)
