"""What was shipped can be fitted further: the graph gives its weights back."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from models.training.export import Calibration, Reach, encoder_config, export  # noqa: E402
from models.training.shipped import read_beside, read_shipped, shipped_weights  # noqa: E402
from tests.models.training.tiny import HEADS, tiny_network  # noqa: E402

pytestmark = pytest.mark.slow

MODEL = "onnx/model_quantized.onnx"


@pytest.fixture
def folder(tmp_path):
    """A checkpoint of the tiny network."""
    network = tiny_network()
    calibrations = {name: Calibration(1.0, (0.5,) * len(h.labels)) for name, h in HEADS.items()}
    config = encoder_config(network, "tiny", HEADS, calibrations, Reach(32, 8))
    export(network, {"model": {}}, config, HEADS, tmp_path)
    return tmp_path


def exported_again(folder, target):
    """The bytes of an export of what is in `folder`, and those that were there."""
    again = read_shipped(folder, HEADS, dropout=0.1)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    export(again, {"model": {}}, config, HEADS, target, read_beside(folder))
    return (target / MODEL).read_bytes(), (folder / MODEL).read_bytes()


def constants(model):
    graph = onnx.load_from_string(model).graph
    return {constant.name: onnx.numpy_helper.to_array(constant) for constant in graph.initializer}


def test_an_export_of_what_was_shipped_is_the_same_bytes(folder, tmp_path):
    again, before = exported_again(folder, tmp_path / "again")
    assert again == before


def test_with_what_lies_beside_the_network_its_bytes_are_the_same_and_nearly_its_scales(
    folder, tmp_path
):
    rng = np.random.default_rng(5)
    network = read_shipped(folder, HEADS, dropout=0.1)
    beside = {
        "encoder.layer.0.intermediate.factor": rng.uniform(0.5, 2, 32).astype(np.float32),
        "encoder.layer.1.attention.output.step": np.float32(0.03),
        "recall.weight": rng.normal(size=(32, 96)).astype(np.float32),
        "recall.bias": rng.normal(size=32).astype(np.float32),
    }
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    export(network, {"model": {}}, config, HEADS, tmp_path / "evened", beside)
    again, before = map(constants, exported_again(tmp_path / "evened", tmp_path / "again"))
    assert again.keys() == before.keys()
    for name, value in before.items():
        is_rounded = value.dtype == np.int8
        assert np.allclose(again[name], value, rtol=0 if is_rounded else 1e-6, atol=0), name


def test_the_weights_are_those_of_the_network_but_for_rounding(folder):
    weights = shipped_weights(onnx.load(folder / MODEL))
    network = tiny_network()
    for name in ("encoder.layer.1.attention.self.key.bias", "embeddings.LayerNorm.weight"):
        assert np.array_equal(weights[name], network.encoder.state_dict()[name].numpy())
    name = "encoder.layer.1.output.dense.weight"
    assert np.abs(weights[name] - network.encoder.state_dict()[name].numpy()).max() < 1e-3


def test_other_heads_than_the_settings_are_refused(folder):
    with pytest.raises(ValueError, match="has the heads"):
        read_shipped(folder, {"sentiment": HEADS["sentiment"]}, dropout=0.1)


def test_a_checkpoint_of_an_earlier_version_is_refused_with_what_to_do(folder):
    graph = onnx.load(folder / MODEL)
    for constant in graph.graph.initializer:
        constant.name = constant.name.replace("self.query.bias", "self.bias")
    onnx.save(graph, folder / MODEL)
    with pytest.raises(ValueError, match="was written by an earlier version") as error:
        read_shipped(folder, HEADS, dropout=0.1)
    told = str(error.value)
    assert f"`{folder / MODEL}`" in told
    assert "no constant `encoder.layer.0.attention.self.query.bias`" in told
    assert "`--start models/checkpoint`" in told
    assert "without `--start`" in told


def test_a_graph_without_names_is_refused():
    graph = onnx.helper.make_graph([], "empty", [], [])
    with pytest.raises(ValueError, match="has no constant"):
        shipped_weights(onnx.helper.make_model(graph))
