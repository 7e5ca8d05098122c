"""Batches in, the corpus's two files out."""

import json

import pytest

from models.training.corpus import (
    assemble,
    assemble_mentions,
    part_of,
    read_corpus,
    read_mentions,
    read_tweets,
)

POST = {"post": "b01p01", "lang": "de", "platform": "intranet", "text": "Der Proxy zieht um."}
COMMENT = {
    "c": 1,
    "text": "Na endlich, der alte war eine Qual für alle im Haus.",
    "sentiment": "positive",
    "stance": "support",
    "intents": ["praise"],
}


@pytest.fixture
def written(tmp_path):
    """A function that assembles lines and returns the rows of `comments.jsonl`."""

    def write(*lines):
        batch = tmp_path / "batch.jsonl"
        batch.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
        assemble([batch], tmp_path / "corpus")
        rows = (tmp_path / "corpus" / "comments.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(row) for row in rows]

    return write


def test_fields_left_out_are_filled_in(written):
    (row,) = written(POST, COMMENT)
    assert row["comment_id"] == "b01p01c01"
    assert row["parent_id"] is None
    assert (row["mixed"], row["toxic"], row["needs_reply"], row["by_owner"]) == (False,) * 4
    assert (row["topics"], row["pii"], row["lang"]) == ([], [], "de")


def test_a_reply_names_its_parent(written):
    rows = written(POST, COMMENT, COMMENT | {"c": 2, "p": 1, "text": "Sehe ich auch so."})
    assert rows[1]["parent_id"] == "b01p01c01"


def test_long_repeats_go_and_terse_ones_stay(written):
    rows = written(
        POST,
        COMMENT,
        COMMENT | {"c": 2},
        COMMENT | {"c": 3, "text": "Top!"},
        COMMENT | {"c": 4, "text": "Top"},
    )
    assert [row["comment_id"][-1] for row in rows] == ["1", "3", "4"]


def test_a_batch_begins_with_a_post(written):
    with pytest.raises(ValueError, match="begins with a comment"):
        written(COMMENT)


def test_a_post_and_its_comments_are_in_one_part(written, tmp_path):
    written(POST, COMMENT)
    part = part_of("b01p01")
    (example,) = read_corpus(tmp_path / "corpus", part)
    assert example.post == POST["text"]
    assert example.labels["toxic"] == ("no",)
    assert example.labels["topic"] == ()


def test_parts_have_about_their_shares():
    parts = [part_of(f"b{b:02d}p{p:02d}") for b in range(40) for p in range(50)]
    assert 0.06 < parts.count("test") / len(parts) < 0.10
    assert 0.06 < parts.count("validation") / len(parts) < 0.10


def test_mentions_carry_two_heads_labels_and_no_post(tmp_path):
    batch = tmp_path / "m01.jsonl"
    lines = [
        {"m": 1, "kind": "status", "text": f"Linie {n} fällt heute aus.", "lang": "de",
         "sentiment": "negative"}
        for n in range(40)
    ]  # fmt: skip
    batch.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assemble_mentions([batch], tmp_path)
    parts = ("train", "validation", "test")
    examples = [e for part in parts for e in read_mentions(tmp_path, part)]
    assert {e.labels["toxic"] for e in examples} == {("no",)}
    assert all(e.post is None and e.labels["sentiment"] == ("negative",) for e in examples)


def test_training_comments_carry_a_second_readers_labels(tmp_path):
    batch = tmp_path / "batch.jsonl"
    posts = [POST | {"post": f"b{number:02d}p01"} for number in range(40)]
    lines = [line for post in posts for line in (post, COMMENT | {"text": f"Das {post['post']}."})]
    batch.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assemble([batch], tmp_path)
    rows = [json.loads(row) for row in (tmp_path / "comments.jsonl").read_text().splitlines()]
    readings = [
        {
            "comment_id": row["comment_id"], "sentiment": "neutral", "topics": ["cloud"],
            "intents": ["other"], "stance": "unclear", "needs_reply": False,
        }
        for row in rows
    ]  # fmt: skip
    (tmp_path / "second_reading.jsonl").write_text("\n".join(map(json.dumps, readings)))
    assert {e.second["topic"] for e in read_corpus(tmp_path, "train")} == {("cloud",)}
    assert {len(e.second) for e in read_corpus(tmp_path, "test")} == {0}


def test_a_batch_is_added_to_what_is_there(tmp_path):
    for name in ("b01p01", "b02p01"):
        batch = tmp_path / f"{name}.jsonl"
        lines = [POST | {"post": name}, COMMENT | {"text": f"Endlich zieht er um, {name}."}]
        batch.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
        assemble([batch], tmp_path)
    assert assemble([batch], tmp_path) == (2, 2)


def test_invented_tweets_are_learnt_from_and_never_measured_on(tmp_path):
    row = {"text": "che giornata  http", "lang": "it", "sentiment": "positive"}
    (tmp_path / "tweets.jsonl").write_text(json.dumps(row))
    (found,) = read_tweets(tmp_path, "train")
    assert (found.text, found.labels) == ("che giornata http", {"sentiment": ("positive",)})
    assert read_tweets(tmp_path, "test") == []
