"""What a stage is fitted on: every set that its table names, and nothing that is held out."""

import gzip
import json

import pytest

from models.training.datasets import Example
from models.training.stage_data import stage_examples, weighted


@pytest.fixture
def corpus(tmp_path):
    """A folder with two invented tweets, a mention and an annotated tweet."""
    files = {
        "tweets": [{"text": f"Zwitschern {n}", "sentiment": "positive"} for n in ("eins", "zwei")],
        "mentions": [
            {"text": "Der Zug hält.", "sentiment": "neutral", "toxic": False, "split": "train"}
        ],
        "annotations": [
            {"set": "potts", "part": "train", "id": "1", "sentiment": "negative"}
            | {"intents": None, "needs_reply": None}
        ],
        "posts": [],
        "comments": [],
    }
    for name, rows in files.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


@pytest.fixture
def data(tmp_path):
    """A folder of data sets with two tweets each."""
    for name in ("sb10k", "potts"):
        rows = [{"id": n, "text": f"{name} sagt {n}", "sentiment": "neutral"} for n in ("1", "2")]
        (tmp_path / name).mkdir()
        content = "\n".join(map(json.dumps, rows)).encode()
        (tmp_path / name / "train.jsonl.gz").write_bytes(gzip.compress(content))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("tweets", {"Zwitschern eins", "Zwitschern zwei"}),
        ("mentions", {"Der Zug hält."}),
        ("annotated", {"potts sagt 1"}),
        ("sb10k", {"sb10k sagt 1", "sb10k sagt 2"}),
    ],
)
def test_a_set_that_is_named_with_an_empty_table_is_read_once(data, corpus, name, texts):
    found = stage_examples(data, corpus, {name: {}}, 1, [])
    assert sorted(e.text for e in found) == sorted(texts)


def test_a_set_that_is_not_named_is_not_read(data, corpus):
    assert stage_examples(data, corpus, {}, 1, []) == []


def test_own_texts_are_read_as_often_as_their_table_says(data, corpus):
    found = stage_examples(data, corpus, {"tweets": {"times": 3, "weight": 0.5}}, 1, [])
    assert [e.weight for e in found] == [0.5] * 6


def test_of_own_texts_as_many_are_drawn_as_their_table_has_rows(data, corpus):
    drawn = [
        stage_examples(data, corpus, {"tweets": {"rows": 1}}, seed, []) for seed in (*range(9), 0)
    ]
    assert {len(one) for one in drawn} == {1}
    assert len({one[0].text for one in drawn}) == 2
    assert drawn[0] == drawn[-1]


def test_near_copies_of_held_out_texts_are_left_out(data, corpus):
    held_out = [Example("SB10k sagt: 1!!", {}), Example("sb10k SAGT 2", {})]
    found = stage_examples(data, corpus, {"sb10k": {}, "tweets": {}}, 1, held_out)
    assert {e.text for e in found} == {"Zwitschern eins", "Zwitschern zwei"}


def test_a_set_that_is_missing_is_named(data, corpus):
    with pytest.raises(FileNotFoundError, match="umsab_de"):
        stage_examples(data, corpus, {"umsab_de": {}}, 1, [])


def test_without_a_weight_each_counts_as_one():
    assert [e.weight for e in weighted([Example("gut", {}, weight=0.2)], {})] == [1.0]
