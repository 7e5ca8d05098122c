"""A second checkpoint for tests: the one that ships, its sentiment pushed towards an answer."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from models.encoder import checkpoint_version
from models.held_out import FILE_NAME, HeldOut, read_held_out, write_held_out

SHIPPED = Path(__file__).parent.parent / "models" / "checkpoint"
NAME = "resonanz-pushed"


def pushed_checkpoint(folder: Path, push: tuple[float, float, float] = (2.0, 0.0, 0.0)) -> Path:
    """Write the checkpoint into `folder`: `push` is added to the logits of its sentiment.

    Its held-out set is what it says of the same texts: probabilities follow from the push alone.
    """
    onnx = pytest.importorskip("onnx")
    shutil.copytree(SHIPPED, folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["resonanz"]["name"] = NAME
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    path = folder / "onnx" / "model_quantized.onnx"
    network = onnx.load(path)
    for node in network.graph.node:
        node.output[:] = ["sentiment_before" if n == "sentiment" else n for n in node.output]
    network.graph.initializer.append(
        onnx.numpy_helper.from_array(np.array([push], dtype=np.float32), "sentiment_push")
    )
    network.graph.node.append(
        onnx.helper.make_node("Add", ["sentiment_before", "sentiment_push"], ["sentiment"])
    )
    onnx.save(network, path)
    write_held_out(pushed_sets(config, push), folder, checkpoint_version(folder))
    return folder


def pushed_sets(config: dict[str, object], push: tuple[float, ...]) -> dict[str, HeldOut]:
    """The shipped held-out sets, that of sentiment with the push in its probabilities."""
    sets = read_held_out(SHIPPED / FILE_NAME, checkpoint_version(SHIPPED))
    (head,) = (h for h in config["resonanz"]["heads"] if h["name"] == "sentiment")  # type: ignore[index]
    held = sets["sentiment"]
    raised = held.probabilities * np.exp(np.array(push) / head["temperature"])
    pushed = raised / raised.sum(axis=1, keepdims=True)
    return sets | {"sentiment": HeldOut(held.labels, pushed, held.gold, held.domains)}
