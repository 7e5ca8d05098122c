"""Within `rounding` the network says what its bytes will say."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from models.training.export import arrays  # noqa: E402
from models.training.graph import Shape, network_graph  # noqa: E402
from models.training.operators import STATE_TOP, WEIGHT_TOP, quantised_rows  # noqa: E402
from models.training.rounding import rounded_rows, rounded_within, rounding  # noqa: E402
from tests.models.training.tiny import HEADS, tiny_network  # noqa: E402

pytestmark = pytest.mark.slow


def test_rows_come_onto_a_grid_and_gradients_pass():
    values = torch.tensor([[1.0, 0.26, -0.5], [0.0, 0.0, 0.0]], requires_grad=True)
    found = rounded_rows(values, 2)
    assert found.tolist() == [[1.0, 0.5, -0.5], [0.0, 0.0, 0.0]]
    (found * torch.arange(6.0).reshape(2, 3)).sum().backward()
    assert values.grad.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


def test_no_step_is_smaller_than_the_least():
    values = torch.tensor([[0.1, 0.3, 0.5]])
    assert torch.allclose(rounded_rows(values, 2, least=0.4), torch.tensor([[0.0, 0.25, 0.5]]))
    assert torch.allclose(rounded_rows(values, 2, least=0.8), torch.tensor([[0.0, 0.4, 0.4]]))


def test_one_step_serves_all_rows_and_cuts_off_what_lies_beyond_its_bytes():
    values = torch.tensor([[0.26, 500.0], [-0.26, -500.0]])
    found = rounded_within(values, torch.tensor(0.5))
    assert found.tolist() == [[0.5, 63.5], [-0.5, -64.0]]


def test_weights_leave_on_the_grid_that_the_export_uses():
    network = tiny_network()
    names = set(network.state_dict())
    with rounding(network):
        assert set(network.state_dict()) != names
    assert set(network.state_dict()) == names
    weight = network.encoder.encoder.layer[0].output.dense.weight.detach().numpy()
    rows, scales = quantised_rows(weight, WEIGHT_TOP)
    assert abs(rows * scales - weight).max() < 1e-6


def test_states_are_rounded_within_and_not_without():
    network = tiny_network().eval()
    ids = torch.tensor([[0, 4, 7, 2]])
    with torch.no_grad():
        with rounding(network):
            inside = network(ids, torch.ones_like(ids))["sentiment"]
        outside = network(ids, torch.ones_like(ids))["sentiment"]
    assert 0 < (inside - outside).abs().max() < 0.05


def test_nothing_is_rounded_unless_wanted():
    network = tiny_network()
    before = network.encoder.encoder.layer[0].output.dense.weight.clone()
    with rounding(network, is_wanted=False):
        pass
    assert torch.equal(network.encoder.encoder.layer[0].output.dense.weight, before)


def test_within_it_the_network_says_what_the_graph_says():
    network = tiny_network().eval()
    words = network.encoder.embeddings.word_embeddings.weight
    rows, scales = quantised_rows(words.detach().numpy(), STATE_TOP)
    with torch.no_grad():
        words.copy_(torch.from_numpy(rows * scales))
    ids = torch.tensor([[0, 4, 7, 2, 8, 5, 2]])
    with torch.no_grad(), rounding(network):
        inside = network(ids, torch.ones_like(ids))["sentiment"].numpy()
    labels = {name: len(head.labels) for name, head in HEADS.items()}
    graph = network_graph(arrays(network), labels, Shape(2, 4, 1e-12, 2))
    session = onnxruntime.InferenceSession(graph.SerializeToString())
    feed = {"input_ids": ids.numpy(), "attention_mask": np.ones_like(ids.numpy())}
    (found,) = session.run(["sentiment"], feed)
    assert np.abs(found - inside).max() < 2e-3
