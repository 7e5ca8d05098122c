"""What a careful reader took for a tweet's sentiment stands beside what its set says."""

import gzip
import json

import pytest

from models.training.annotated import read_annotated
from models.training.datasets import Example, mixture
from models.training.readings import read_readings

SURE = {"set": "sb10k", "part": "train", "id": "1", "sentiment": "negative"}
DOUBTFUL = SURE | {"id": "2", "sentiment": "positive", "perhaps": "neutral"}


@pytest.fixture
def folder(tmp_path):
    """A folder with readings of two tweets, and both tweets as their set has them."""
    rows = [
        {"id": number, "text": f"Satz Nummer {number}", "sentiment": "neutral"}
        for number in (1, "2")
    ]
    (tmp_path / "sb10k").mkdir()
    content = "\n".join(map(json.dumps, rows)).encode()
    (tmp_path / "sb10k" / "train.jsonl.gz").write_bytes(gzip.compress(content))
    notes = [SURE, DOUBTFUL, SURE | {"part": "dev", "id": "3"}]
    (tmp_path / "readings.jsonl").write_text("\n".join(map(json.dumps, notes)))
    return tmp_path


def test_a_reading_is_what_a_second_annotator_says(folder):
    examples = mixture(folder, {"sb10k": {}}, 1, read_readings(folder))
    assert {e.text: (e.labels["sentiment"], e.second["sentiment"]) for e in examples} == {
        "Satz Nummer 1": (("neutral",), ("negative",)),
        "Satz Nummer 2": (("neutral",), ("positive", "positive", "neutral")),
    }


def test_readings_of_held_out_parts_are_not_learnt_from(folder):
    assert set(read_readings(folder)["sb10k"]) == {"1", "2"}


def test_without_a_file_there_are_no_readings(tmp_path):
    assert read_readings(tmp_path) == {}


def test_an_annotated_tweet_gets_its_sentiment_from_its_reading(folder):
    note = {"set": "sb10k", "part": "train", "id": "1", "sentiment": "positive"}
    more = {"intents": ["criticism"], "needs_reply": None}
    (folder / "annotations.jsonl").write_text(json.dumps(note | more))
    (found,) = read_annotated(folder, folder)
    assert found == Example(
        "Satz Nummer 1",
        {"sentiment": ("negative",), "intent": ("criticism",)},
        second={"sentiment": ("neutral",)},
    )
