"""A tiny checkpoint of another maker: it counts the words good, bad and meh, in stars."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "bad", "meh"]

MEANING = {"good": 0, "bad": 1, "meh": 2}
"""Each word -> the place of the label that it counts for."""

STARS = {"5 stars": "positive", "1 star": "negative", "3 stars": "neutral"}
"""Its labels -> ours."""


def counting_network(path: Path, meaning: Mapping[str, int] = MEANING) -> None:
    """Write a network whose three logits count words, by default `good`, `bad` and `meh`."""
    onnx = pytest.importorskip("onnx")
    helper, proto = onnx.helper, onnx.TensorProto
    table = np.zeros((len(WORDS), 3), dtype=np.float32)
    for word, place in meaning.items():
        table[WORDS.index(word), place] = 2
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["scores"]),
        helper.make_node("ReduceSum", ["scores", "tokens"], ["logits"], keepdims=0),
    ]
    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = [helper.make_tensor_value_info(n, proto.INT64, ["texts", "tokens"]) for n in names]
    output = helper.make_tensor_value_info("logits", proto.FLOAT, ["texts", 3])
    constants = [
        onnx.numpy_helper.from_array(table, "table"),
        onnx.numpy_helper.from_array(np.array([1]), "tokens"),
    ]
    graph = helper.make_graph(nodes, "counting", inputs, [output], constants)
    opsets = [helper.make_opsetid("", 20)]
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=10), path)


def word_tokenizer(folder: Path) -> None:
    """Write a tokenizer of whole words, with BERT's special tokens."""
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]"}
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "sep_token": "[SEP]", **special}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def write_checkpoint(folder: Path, meaning: Mapping[str, int] = MEANING, **changes: object) -> Path:
    """Write the checkpoint into `folder`, with `changes` to its config; returns the folder."""
    config = {
        "model_type": "bert",
        "max_position_embeddings": 34,
        "id2label": {"0": "5 stars", "1": "1 star", "2": "3 stars"},
    }
    counting_network(folder / "onnx" / "model.onnx", meaning)
    word_tokenizer(folder)
    (folder / "config.json").write_text(json.dumps(config | changes))
    return folder
