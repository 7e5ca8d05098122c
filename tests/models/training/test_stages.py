"""A stage begins where its recipe says, and a mean with a checkpoint finds biases in one place."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402

from models.training.datasets import Example  # noqa: E402
from models.training.fit import Stage  # noqa: E402
from models.training.places import Places  # noqa: E402
from models.training.settings import Recipe  # noqa: E402
from models.training.stages import run_stage  # noqa: E402
from tests.models.training.tiny import HEADS, WORDS, tiny_network  # noqa: E402

pytestmark = pytest.mark.slow

STILL = Stage(
    epochs=1, batch=4, rate=0.0, layer_decay=0.9, warm_up=0.1, smoothing=0.0,
    teacher_share=0.0, teacher_weight=0.0,
)  # fmt: skip
"""A stage that learns nothing: what comes out is where it began."""


def biased_network(by):
    network = tiny_network()
    with torch.no_grad():
        for name, weights in network.named_parameters():
            if name.endswith("bias"):
                weights += by
    return network


def said(network):
    network.eval()
    ids = torch.tensor([[0, 4, 7, 2]])
    return network(ids, torch.ones_like(ids))["sentiment"]


@pytest.mark.parametrize("is_anew", [True, False])
def test_a_stage_anew_begins_at_the_original_encoder_and_another_one_where_it_is_given(
    is_anew, monkeypatch, tmp_path
):
    monkeypatch.setattr("models.training.stages.fresh_network", lambda *_: biased_network(0.3))
    examples = [Example("gut", {"sentiment": ("positive",)})] * 4
    monkeypatch.setattr("models.training.stages.examples_of", lambda *_: examples)
    tokenizer = Tokenizer(models.Unigram([(word, -1.0) for word in WORDS], unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    settings = SimpleNamespace(
        recipes={"whole": Recipe(replace(STILL, is_anew=is_anew), {})},
        heads=HEADS, seed=1, comment_tokens=8, post_tokens=4,
    )  # fmt: skip
    places = Places(*map(Path, "dce"), work=tmp_path, out=tmp_path)
    network = biased_network(0.1)
    run_stage("whole", network, places, settings, tokenizer, [])
    began = biased_network(0.3 if is_anew else 0.1)
    assert torch.allclose(said(network), said(began), atol=1e-4)
    idle = network.encoder.state_dict()["encoder.layer.1.attention.self.value.bias"]
    assert idle.any() != is_anew
