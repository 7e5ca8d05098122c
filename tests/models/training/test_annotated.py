"""Annotations without texts find their texts in the data sets."""

import gzip
import json

import pytest

from models.training.annotated import evened, read_annotated
from models.training.datasets import Example

NOTE = {
    "set": "germeval2018", "part": "train", "id": "7", "sentiment": "negative",
    "intents": ["criticism"], "needs_reply": True,
}  # fmt: skip
TWEET = {"id": "7", "text": "Schon wieder Funkloch &amp; kein Netz .", "coarse": "OFFENSE"}


@pytest.fixture
def read(tmp_path):
    """A function that writes a set and annotations of it, and reads both."""

    def read(tweets, notes):
        (tmp_path / "germeval2018").mkdir()
        rows = "\n".join(map(json.dumps, tweets)).encode()
        (tmp_path / "germeval2018" / "train.jsonl.gz").write_bytes(gzip.compress(rows))
        (tmp_path / "annotations.jsonl").write_text("\n".join(map(json.dumps, notes)))
        return read_annotated(tmp_path, tmp_path)

    return read


def test_a_text_carries_our_labels_and_its_sets_own(read):
    (found,) = read([TWEET, TWEET | {"id": "8"}], [NOTE, NOTE | {"part": "dev", "id": "9"}])
    assert found.text == "Schon wieder Funkloch & kein Netz."
    assert found.labels == {
        "sentiment": ("negative",),
        "intent": ("criticism",),
        "needs_reply": ("yes",),
        "toxic": ("yes",),
    }


def test_an_annotation_without_its_text_is_an_error_that_names_it(read):
    with pytest.raises(ValueError, match=r"lacks 1 rows .*, `9` among them"):
        read([TWEET], [NOTE | {"id": "9"}])


def test_no_sentiment_is_learnt_more_often_than_wanted():
    examples = [Example(f"{n}", {"sentiment": ("negative",)}) for n in range(50)]
    examples.append(Example("top", {"sentiment": ("positive",)}))
    found = evened(examples, most=5, seed=1)
    assert len(found) == 6
    assert examples[-1] in found
    assert found == evened(examples, most=5, seed=1)
    assert {e.text for e in found} != {"0", "1", "2", "3", "4", "top"}


def test_a_sets_own_sentiment_is_that_of_a_second_annotator(read):
    (found,) = read([TWEET | {"sentiment": "neutral"}], [NOTE])
    assert found.labels["sentiment"] == ("negative",)
    assert found.second == {"sentiment": ("neutral",)}
