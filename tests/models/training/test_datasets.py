"""Every data set in its own words, every example in ours."""

import gzip
import json

import pytest

from models.training.datasets import Example, apart_from, mixture, plain, read_dataset


@pytest.fixture
def stored(tmp_path):
    """A function that writes a data set of some rows; returns the folder of data sets."""

    def store(name, *rows):
        path = tmp_path / name / "train.jsonl.gz"
        path.parent.mkdir()
        path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
        return tmp_path

    return store


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param({"text": "So , ja ! &gt;&gt; gut ."}, "So, ja! >> gut.", id="tokenised"),
        pytest.param({"text": "ok i\\u2019m here"}, "ok i’m here", id="escaped"),
        pytest.param({"text": "x .", "text_untok": "x. y"}, "x. y", id="original text known"),
        pytest.param({"text": "[NAME] rocks"}, "@user rocks", id="masked name"),
    ],
)
def test_traces_of_a_sets_own_cleaning_go(row, expected):
    assert plain(row) == expected


@pytest.mark.parametrize(
    ("name", "fields", "labels"),
    [
        ("sb10k", {"sentiment": "negative"}, {"sentiment": ("negative",)}),
        ("brighter_de", {"emotions": ["joy"]}, {"sentiment": ("positive",)}),
        ("brighter_de", {"emotions": []}, {"sentiment": ("neutral",)}),
        ("germeval2018", {"coarse": "OFFENSE"}, {"toxic": ("yes",)}),
        ("tweet_acts", {"act": "question"}, {"intent": ("question",)}),
    ],
)
def test_labels_become_ours(stored, name, fields, labels):
    (example,) = read_dataset(stored(name, {"text": "Hallo"} | fields), name)
    assert example.labels == labels


def test_rows_without_a_label_of_ours_are_left_out(stored):
    rows = [{"text": "a b", "sentiment": "mixed"}, {"text": "", "sentiment": "neutral"}]
    assert read_dataset(stored("potts", *rows), "potts") == []


def test_a_missing_set_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="sb10k"):
        read_dataset(tmp_path, "sb10k")


def test_near_copies_of_held_out_texts_are_left_out():
    held_out = [Example("RT @user: Die Bahn kommt, heute!", {})]
    examples = [Example("rt die bahn kommt heute http", {}), Example("Etwas anderes", {})]
    assert [e.text for e in apart_from(examples, held_out)] == ["Etwas anderes"]


def test_a_mixture_draws_what_it_is_told_and_always_the_same(stored):
    rows = [{"text": f"Text {n}", "sentiment": "neutral"} for n in range(20)]
    folder = stored("sb10k", *rows)
    first = mixture(folder, {"sb10k": {"rows": 5, "weight": 0.5}}, seed=1)
    assert len(first) == 5
    assert {example.weight for example in first} == {0.5}
    assert first == mixture(folder, {"sb10k": {"rows": 5, "weight": 0.5}}, seed=1)


def test_own_reviews_carry_what_was_answered_and_the_post(tmp_path):
    path = tmp_path / "reviews" / "train.jsonl"
    path.parent.mkdir()
    row = {"text": "Und was kostet das?", "post_text": "Neues ERP", "topics": ["cost"]}
    path.write_text(json.dumps(row | {"needs_reply": True}), encoding="utf-8")
    (example,) = read_dataset(tmp_path, "reviews")
    assert example.post == "Neues ERP"
    assert example.labels == {"topic": ("cost",), "needs_reply": ("yes",)}
