"""The graph computes less than the network and says the same."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from models.training.export import arrays  # noqa: E402
from models.training.graph import Shape, network_graph, without_idle_biases  # noqa: E402
from tests.models.training.tiny import HEADS, tiny_network  # noqa: E402

pytestmark = pytest.mark.slow

LABELS = {name: len(head.labels) for name, head in HEADS.items()}
SHAPE = Shape(layers=2, attention_heads=4, epsilon=1e-12, separator=2)
IDS = torch.tensor([[0, 4, 7, 2, 8, 5, 2], [0, 6, 2, 1, 1, 1, 1]])
MASK = (IDS != 1).long()


@pytest.fixture
def biased():
    """The tiny network, with large weights and biases in its attentions."""
    network = tiny_network().eval()
    random = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, value in network.named_parameters():
            if ".attention." in name and name.endswith("bias"):
                value.copy_(torch.randn(value.shape, generator=random))
            if ".attention." in name and name.endswith("weight") and value.ndim == 2:
                value *= 10
    return network


def said(network):
    with torch.no_grad():
        return network(IDS, MASK)["sentiment"].numpy()


def said_by_graph(weights, ids, mask):
    graph = network_graph(weights, LABELS, SHAPE)
    session = onnxruntime.InferenceSession(graph.SerializeToString())
    feed = {"input_ids": ids.numpy(), "attention_mask": mask.numpy()}
    return session.run(["sentiment"], feed)[0]


def test_biases_that_say_nothing_are_gone_and_the_network_says_the_same(biased):
    before = said(biased)
    weights = without_idle_biases(arrays(biased), layers=2)
    assert not weights["encoder.layer.1.attention.self.key.bias"].any()
    assert not weights["encoder.layer.1.attention.self.value.bias"].any()
    biased.load_state_dict(
        {
            name if name.startswith("heads.") else f"encoder.{name}": torch.from_numpy(value)
            for name, value in weights.items()
        }
    )
    assert np.abs(said(biased) - before).max() < 1e-5


def test_the_graph_of_a_network_with_biases_says_what_it_says(biased):
    assert np.abs(said_by_graph(arrays(biased), IDS, MASK) - said(biased)).max() < 0.05


def test_padding_changes_no_row(biased):
    weights = arrays(biased)
    together = said_by_graph(weights, IDS, MASK)
    alone = said_by_graph(weights, IDS[1:, :3], MASK[1:, :3])
    assert np.abs(together[1:] - alone).max() < 1e-6


def test_where_there_is_a_step_all_rows_have_it_and_what_lies_beyond_is_cut_off(biased):
    weights = arrays(biased)
    steps = {f"encoder.layer.{n}.attention.self.step": np.float32(4 / 127) for n in range(2)}
    narrow = {name: np.float32(0.5 / 127) for name in steps}
    exact = said(biased)
    wide_error, narrow_error = (
        np.abs(said_by_graph(weights | given, IDS, MASK) - exact).max() for given in (steps, narrow)
    )
    assert wide_error < 0.02 < narrow_error
