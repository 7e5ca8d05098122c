"""What words say by themselves: fitted, counted, and said by the graph as it is told here."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("sklearn")
onnxruntime = pytest.importorskip("onnxruntime")

from models.training.batches import Encoded  # noqa: E402
from models.training.calibrate import Held, best_gain  # noqa: E402
from models.training.export import Calibration, arrays  # noqa: E402
from models.training.graph import Shape, network_graph  # noqa: E402
from models.training.wide import Breadth, fit_wide, heard, read_wide, rows_of  # noqa: E402
from tests.models.training.tiny import HEADS, tiny_network  # noqa: E402

pytestmark = pytest.mark.slow

GOOD, BAD, SO_SO, CLOUD, DEAR = range(4, 9)
PAIRS = 64
LABELS = {name: len(head.labels) for name, head in HEADS.items()}
SHAPE = Shape(layers=2, attention_heads=4, epsilon=1e-12, separator=2)


def comment(ids, sentiment, topics=(0.0, 0.0), weight=1.0):
    return Encoded(ids, [], {"sentiment": sentiment, "topic": list(topics)}, weight)


LEARNT = [
    comment([GOOD], [0, 0, 1], (0, 0)),
    comment([GOOD, CLOUD], [0, 0, 1], (1, 0)),
    comment([BAD], [1, 0, 0], (0, 0)),
    comment([BAD, CLOUD], [1, 0, 0], (1, 0)),
    comment([SO_SO, DEAR], [0, 1, 0], (0, 1)),
    comment([SO_SO], [0, 1, 0], (0, 0)),
    comment([CLOUD, DEAR], [0.5, 0.5, 0], (1, 1)),
] * 3


@pytest.fixture(scope="module")
def words():
    return fit_wide(LEARNT, HEADS, Breadth(PAIRS, freedom=10.0))


def test_a_comment_has_a_row_for_each_pair_of_neighbours_its_ends_included():
    rows = rows_of([GOOD, CLOUD], PAIRS)
    assert len(rows) == 3
    assert ((rows >= 0) & (rows < PAIRS)).all()


def test_the_order_of_two_pieces_makes_another_pair():
    there, back = (rows_of(ids, PAIRS)[1] for ids in ([GOOD, BAD], [BAD, GOOD]))
    assert there != back


def test_where_no_head_hears_them_words_say_nothing():
    none = fit_wide(LEARNT, {}, Breadth(PAIRS, freedom=10.0))
    assert none == {}
    assert read_wide(none, LEARNT) == {}


def test_words_say_what_they_were_learnt_with(words):
    said = read_wide(words, [comment([BAD, DEAR], [0, 0, 0]), comment([GOOD], [0, 0, 0])])
    assert said["sentiment"].argmax(axis=1).tolist() == [0, 2]
    assert said["topic"][0, 1] > said["topic"][1, 1]


def test_a_text_of_two_opinions_counts_for_both_by_halves(words):
    said = read_wide(words, [comment([CLOUD, DEAR], [0, 0, 0])])["sentiment"][0]
    assert min(said[:2]) > said[2]


def test_a_row_of_one_text_alone_says_nothing():
    many = 1 << 18
    found = fit_wide([*LEARNT, comment([GOOD, 3], [1, 0, 0])], HEADS, Breadth(many, freedom=10.0))
    lonely, common = (rows_of(ids, many)[1] for ids in ([GOOD, 3], [GOOD, CLOUD]))
    assert not found["wide.sentiment.weight"][lonely].any()
    assert found["wide.sentiment.weight"][common].any()


def test_a_head_that_does_not_hear_the_words_ships_none(words):
    told = {"sentiment": Calibration(1.0, (), wide_alone=0.5), "topic": Calibration(1.0, ())}
    kept = heard(words, told)
    assert set(kept) == {f"wide.sentiment.{part}" for part in ("weight", "bias", "gains")}
    assert kept["wide.sentiment.gains"].tolist() == [0, 0.5]


@pytest.mark.parametrize("hearing", [["sentiment", "topic"], ["topic"]])
def test_the_graph_adds_what_the_words_of_a_comment_say_by_whether_there_is_a_post(words, hearing):
    weights = arrays(tiny_network().eval())
    ids = np.array([[0, GOOD, CLOUD, 2, BAD, 2], [0, BAD, 2, 1, 1, 1]])
    feed = {"input_ids": ids, "attention_mask": (ids != 1).astype(np.int64)}
    heads = list(LABELS)
    gains = {"sentiment": (0.0, 0.6), "topic": (0.5, 0.8)}
    told = {
        head: Calibration(1.0, (), wide=shown, wide_alone=alone)
        if head in hearing
        else Calibration(1.0, ())
        for head, (shown, alone) in gains.items()
    }
    without, within = (
        onnxruntime.InferenceSession(network_graph(given, LABELS, SHAPE).SerializeToString()).run(
            heads, feed
        )
        for given in (weights, weights | heard(words, told))
    )
    comments = [comment([GOOD, CLOUD], [0, 0, 0]), comment([BAD], [0, 0, 0])]
    said = read_wide(words, comments)
    for name, before, after in zip(heads, without, within, strict=True):
        wanted = said[name] * np.array(gains[name])[:, None] * (name in hearing)
        step = np.abs(words[f"wide.{name}.weight"]).max() / 127
        assert np.abs(after - before - wanted).max() < 3 * step, name


@pytest.mark.parametrize(("they_know", "least", "most"), [(False, 0, 0.05), (True, 0.3, 0.5)])
def test_words_are_heard_as_far_as_they_know_what_the_network_does_not(they_know, least, most):
    rng = np.random.default_rng(3)
    truth = rng.normal(size=(3000, 3))
    targets = np.eye(3)[(truth + rng.gumbel(size=truth.shape)).argmax(axis=1)]
    words = rng.normal(size=truth.shape)
    logits = truth - words / 2 if they_know else truth
    assert least <= best_gain(Held(logits, words, targets), many=False) <= most
