"""Weights come onto the grid of their bytes, and what the network says hardly changes."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from models.training.batches import Encoded, ordered_batches  # noqa: E402
from models.training.compensation import compensated, evened, onto_grid  # noqa: E402
from models.training.export import arrays  # noqa: E402
from models.training.graph import (  # noqa: E402
    STATE_TOP,
    WEIGHT_TOP,
    Shape,
    network_graph,
    quantised_rows,
)
from models.training.rounding import rounded_rows  # noqa: E402
from models.training.shipped import shipped_weights  # noqa: E402
from tests.models.training.tiny import HEADS, tiny_network  # noqa: E402

pytestmark = pytest.mark.slow

LABELS = {name: len(head.labels) for name, head in HEADS.items()}
SHAPE = Shape(layers=2, attention_heads=4, epsilon=1e-12, separator=2)


@pytest.fixture
def batches():
    """Forty random texts of the tiny network's words, some with a post."""
    random = np.random.default_rng(5)
    texts = [random.integers(4, 9, size=random.integers(2, 9)).tolist() for _ in range(40)]
    encoded = [Encoded(text, text[::-1][:3], {}, 1.0) for text in texts]
    return [*ordered_batches(encoded, {}, 16, True), *ordered_batches(encoded, {}, 16, False)]


def uneven_network():
    """The tiny network, its words rounded, with a channel ten times as large as the others."""
    network = tiny_network().eval()
    words = network.encoder.embeddings.word_embeddings.weight
    with torch.no_grad():
        words.copy_(rounded_rows(words, STATE_TOP))
        for layer in network.encoder.encoder.layer:
            layer.output.LayerNorm.weight[3] *= 10
            layer.attention.output.LayerNorm.weight[5] *= 10
    return network


def said(network, batches):
    with torch.no_grad():
        found = [network(b.input_ids, b.attention_mask)["sentiment"] for b in batches]
    return torch.cat(found)


def said_by_graph(weights, batches):
    graph = network_graph(weights, LABELS, SHAPE).SerializeToString()
    session = onnxruntime.InferenceSession(graph)
    names = ("input_ids", "attention_mask")
    feeds = [{name: getattr(batch, name).numpy() for name in names} for batch in batches]
    found = [session.run(["sentiment"], feed)[0] for feed in feeds]
    return torch.from_numpy(np.concatenate(found))


def test_errors_are_made_up_for_by_inputs_that_go_together():
    random = torch.Generator().manual_seed(3)
    common = torch.randn(500, 4, generator=random) @ torch.randn(4, 24, generator=random)
    inputs = common + 0.1 * torch.randn(500, 24, generator=random)
    weight = torch.randn(16, 24, generator=random)
    found = compensated(weight, (inputs.T @ inputs).double(), top=7)

    def error(rounded):
        return float((inputs @ (rounded - weight).T).square().mean())

    assert error(found) < error(rounded_rows(weight, 7)) / 3


def test_what_is_found_lies_on_the_grid_of_the_export():
    random = torch.Generator().manual_seed(4)
    inputs = torch.randn(100, 12, generator=random)
    weight = torch.randn(8, 12, generator=random)
    found = compensated(weight, (inputs.T @ inputs).double()).numpy()
    rows, scales = quantised_rows(found, WEIGHT_TOP)
    assert np.abs(rows * scales - found).max() < 1e-6
    assert np.allclose(np.abs(found).max(axis=1), np.abs(weight.numpy()).max(axis=1))


def test_inputs_that_never_occur_and_rows_of_nothing_do_no_harm():
    square = torch.diag(torch.tensor([4.0, 0.0, 1.0])).double()
    weight = torch.tensor([[0.5, -1.0, 0.2], [0.0, 0.0, 0.0]])
    found = compensated(weight, square)
    assert (found - weight).abs().max() < 0.51 / WEIGHT_TOP
    assert found[1].tolist() == [0.0, 0.0, 0.0]


def test_a_large_channel_is_made_smaller_and_its_weights_larger():
    share = evened(torch.tensor([1.0, 16.0, 1.0]), [torch.ones(2, 3)])
    assert share.tolist() == [1.0, 4.0, 1.0]


def test_the_graph_says_what_the_network_said_more_nearly_than_rounded_one_by_one(batches):
    network = uneven_network()
    before = said(network, batches)
    plain = said_by_graph(arrays(network), batches)
    factors = onto_grid(network, batches)
    found = said_by_graph(arrays(network) | factors, batches)
    assert (found - before).abs().mean() < (plain - before).abs().mean() / 1.5


def test_what_an_attention_reads_has_one_step_that_its_largest_state_just_fits(batches):
    network = uneven_network()
    told = onto_grid(network, batches)
    steps = [name for name in told if name.endswith("step")]
    parts = ("attention.self", "attention.output")
    assert steps == [f"encoder.layer.{n}.{part}.step" for n in range(2) for part in parts]
    with torch.no_grad():
        embedded = [
            network.encoder.embeddings(b.input_ids)[b.attention_mask.bool()] for b in batches
        ]
    factor = torch.from_numpy(told["encoder.layer.0.attention.self.factor"])
    largest = (torch.cat(embedded) * factor).abs().max()
    assert np.isclose(told[steps[0]] * STATE_TOP, largest.item())


def test_no_hook_is_left_behind(batches):
    network = uneven_network()
    onto_grid(network, batches)
    assert not any(module._forward_pre_hooks for module in network.modules())


def test_weights_that_were_evened_out_are_read_back_as_they_were(batches):
    network = uneven_network()
    factors = onto_grid(network, batches)
    weights = arrays(network)
    found = shipped_weights(network_graph(weights | factors, LABELS, SHAPE))
    assert not any(name.endswith(("factor", "step")) for name in found)
    for name in ("attention.self.key", "intermediate.dense", "output.dense"):
        whole = f"encoder.layer.1.{name}.weight"
        assert np.abs(found[whole] - weights[whole]).max() < 1e-5
