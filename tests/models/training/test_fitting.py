"""A tiny random network: the graph says what torch says, a fit learns and can go on."""

import json
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402

from models.training.batches import encode, hidden, ordered_batches, targets_of  # noqa: E402
from models.training.calibrate import Held, best_temperature, calibrate, probabilities  # noqa: E402
from models.training.datasets import Example  # noqa: E402
from models.training.export import arrays  # noqa: E402
from models.training.fit import Fit, Stage, was_rounded  # noqa: E402
from models.training.graph import Shape, network_graph  # noqa: E402
from models.training.network import comment_mask  # noqa: E402
from models.training.recall import recall_features, ridge  # noqa: E402
from models.training.rounding import rounding  # noqa: E402
from models.training.vocabulary import changed_share, chosen_pieces, cut_tokenizer  # noqa: E402
from tests.models.training.tiny import HEADS, WORDS, tiny_network  # noqa: E402

pytestmark = pytest.mark.slow

STAGE = Stage(
    epochs=6, batch=4, rate=3e-3, layer_decay=0.9, warm_up=0.1, smoothing=0.0,
    teacher_share=0.0, teacher_weight=0.0, post_share=0.5,
)  # fmt: skip


@pytest.fixture
def network():
    return tiny_network()


@pytest.fixture
def encoded():
    tokenizer = Tokenizer(models.Unigram([(word, -1.0) for word in WORDS], unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    said = {"gut": "positive", "schlecht": "negative", "egal": "neutral"}
    examples = [
        Example(f"{word} {topic}".strip(), {"sentiment": (label,), "topic": names}, "cloud teuer")
        for word, label in said.items()
        for topic, names in (("cloud", ("cloud",)), ("teuer", ("cost",)), ("", ()))
    ]
    return encode(examples, tokenizer, HEADS, 8, 4)


def test_the_graph_says_what_the_network_says(network, encoded):
    network.eval()
    batch = next(ordered_batches(encoded, {}, 9, with_post=True))
    with torch.no_grad():
        expected = network(batch.input_ids, batch.attention_mask)
    shape = Shape(layers=2, attention_heads=4, epsilon=1e-12, separator=2)
    graph = network_graph(arrays(network), {n: len(h.labels) for n, h in HEADS.items()}, shape)
    session = onnxruntime.InferenceSession(graph.SerializeToString())
    feed = {
        "input_ids": batch.input_ids.numpy(),
        "attention_mask": batch.attention_mask.numpy(),
    }
    for node, found in zip(session.get_outputs(), session.run(None, feed), strict=True):
        assert np.abs(found - expected[node.name].numpy()).max() < 0.05


def test_the_graph_recalls_what_the_map_says(network, encoded):
    batch = next(ordered_batches(encoded, {}, 9, with_post=True))
    features = recall_features(network, [encoded[row] for row in batch.rows], with_post=True)
    weight, bias = ridge(features, features[:, :32] - features[:, 64:])
    shape = Shape(layers=2, attention_heads=4, epsilon=1e-12, separator=2)
    weights = arrays(network) | {"recall.weight": weight, "recall.bias": bias}
    graph = network_graph(weights, {n: len(h.labels) for n, h in HEADS.items()}, shape)
    session = onnxruntime.InferenceSession(graph.SerializeToString())
    feed = {
        "input_ids": batch.input_ids.numpy(),
        "attention_mask": batch.attention_mask.numpy(),
    }
    (found,) = session.run(["embedding"], feed)
    expected = features @ weight.T + bias
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert (found * expected).sum(axis=1).min() > 0.98


def test_ridge_finds_a_linear_map():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(500, 4))
    wanted = features @ np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0], [1.0, 1.0]]) + 3
    weight, bias = ridge(features, wanted)
    assert np.abs(features @ weight.T + bias - wanted).max() < 0.05


def test_the_comment_ends_where_its_post_begins():
    ids = torch.tensor([[0, 5, 2, 2, 7, 2], [0, 5, 6, 2, 1, 1]])
    mask = comment_mask(ids, (ids != 1).long())
    assert mask.tolist() == [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0]]


def test_where_one_answer_is_right_labels_share_by_how_often_they_are_named():
    tones = ("negative", "negative", "positive")
    example = Example(
        "x", {"sentiment": tones, "topic": ("cloud",)}, second={"topic": ("cloud", "cost")}
    )
    found = targets_of(example, HEADS)
    assert found["sentiment"] == pytest.approx([2 / 3, 0, 1 / 3])
    assert found["topic"] == [1.0, 0.5]


def test_a_target_is_the_mean_of_two_annotators():
    example = Example(
        "gut", {"sentiment": ("positive",), "topic": ("cloud",)}, second={"topic": ("cost",)}
    )
    assert targets_of(example, HEADS) == {"sentiment": [0.0, 0.0, 1.0], "topic": [0.5, 0.5]}


def test_a_fit_learns_and_goes_on_where_it_stopped(network, encoded, tmp_path):
    fit = Fit(network, STAGE, HEADS, encoded, tmp_path / "state.pt", seed=1)
    fit.run()
    batch = next(ordered_batches(encoded, HEADS, 9, with_post=False))
    network.eval()
    found = network(batch.input_ids, batch.attention_mask)["sentiment"].argmax(dim=1)
    assert (found == batch.targets["sentiment"].argmax(dim=1)).all()
    again = Fit(network, STAGE, HEADS, encoded, tmp_path / "state.pt", seed=1)
    again.resume()
    assert again.is_done()


def test_hidden_pieces_are_a_share_of_the_words_and_no_sign_of_the_text():
    ids = torch.tensor([[0, *range(4, 104), 2, 1, 1]] * 50)
    shown = hidden(ids, 0.1, seed=7)
    is_word = ids > 3
    assert (shown[~is_word] == ids[~is_word]).all()
    assert 0.07 < (shown == 3).float().sum() / is_word.sum() < 0.13
    assert (shown[is_word & (shown != 3)] == ids[is_word & (shown != 3)]).all()
    assert (hidden(ids, 0.1, seed=7) == shown).all()
    assert (hidden(ids, 0.0, seed=7) == ids).all()


def certain_network():
    """Without dropout, so that two fits take the same way."""
    network = tiny_network()
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return network


def test_a_stage_gives_the_mean_of_its_last_steps_stopped_or_not(encoded, tmp_path):
    stage = replace(STAGE, mean_steps=10, hidden_share=0.2)

    def fit(mean_steps, state):
        wanted = replace(stage, mean_steps=mean_steps)
        return Fit(certain_network(), wanted, HEADS, encoded, tmp_path / state, seed=1)

    whole, plain, half = fit(10, "whole.pt"), fit(0, "plain.pt"), fit(10, "half.pt")
    whole.run()
    plain.run()
    for number in range(3):
        half.epoch(number)
    half.save()
    again = fit(10, "half.pt")
    again.resume()
    again.run()

    given, goes_on = whole.network.state_dict(), again.network.state_dict()
    name = "heads.sentiment.weight"
    assert torch.allclose(given[name], goes_on[name], atol=1e-5)
    assert not torch.allclose(given[name], plain.network.state_dict()[name], atol=1e-3)
    kept = torch.load(tmp_path / "half.pt", weights_only=True)
    assert torch.equal(kept["network"][name], goes_on[name])


@pytest.mark.parametrize("is_rounded", [True, False])
def test_what_a_stage_has_kept_says_whether_it_was_rounded(is_rounded, network, encoded, tmp_path):
    with rounding(network, is_rounded):
        Fit(network, STAGE, HEADS, encoded, tmp_path / "state.pt", seed=1).save()
    assert was_rounded(tmp_path / "state.pt") == is_rounded


def test_a_temperature_undoes_exaggeration():
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(4000, 3))
    chances = probabilities(logits, False, 1.0)
    targets = np.eye(3)[[rng.choice(3, p=row) for row in chances]]
    assert best_temperature(3 * logits, targets, many=False) == pytest.approx(3, rel=0.15)


def test_a_rare_label_leans_on_the_common_cutoff():
    rng = np.random.default_rng(1)
    targets = (rng.random((500, 2)) < [0.4, 0.004]) * 1.0
    logits = 4 * targets - 2 + rng.normal(size=(500, 2))
    held = Held(logits, np.zeros_like(logits), targets)
    found = calibrate(held, held, HEADS["topic"])
    assert all(0.1 <= cutoff <= 0.8 for cutoff in found.cutoffs)


def test_a_cut_vocabulary_cuts_known_texts_as_before(tmp_path):
    pieces = [*WORDS[:4], "▁", "a", "b", "▁ab", "ab", "▁zz", "z"]
    vocabulary = [[piece, -float(place)] for place, piece in enumerate(pieces)]
    model = models.Unigram([(p, s) for p, s in vocabulary], 3)
    before = Tokenizer(model)
    before.pre_tokenizer = pre_tokenizers.Metaspace()
    source = tmp_path / "tokenizer.json"
    before.save(str(source))
    kept = chosen_pieces([(p, s) for p, s in vocabulary], {7: 3}, size=9)
    after = Tokenizer.from_str(json.dumps(cut_tokenizer(source, kept)))
    assert after.get_vocab_size() == 9
    assert changed_share(before, after, ["ab", "ab ab"]) == 0
