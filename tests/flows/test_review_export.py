import json
from pathlib import Path

import pytest

from flows.evaluate import evaluate_file
from flows.review_export import export_reviews
from models.errors import GiveUp
from models.training.datasets import read_dataset
from tests.builders import comment_row
from tests.review_desk import Desk, fill, ids_in


@pytest.fixture
def reviewed(desk: Desk) -> Desk:
    """Two comments read for training, of which one is audited later."""
    desk.week(2)
    (first,) = desk.sheet(audit=0, training=9, name="first")
    assert sorted(ids_in(first, "Training")) == ["c0", "c1"]
    full = {
        "sentiment": "negativ", "stance": "dagegen", "topic 1": "Kosten", "intent 1": "Kritik",
        "needs_reply": "ja", "toxic": "nein",
    }  # fmt: skip
    desk.take_in(fill(first, {"c0": full, "c1": {"topic 1": "keines davon"}}))
    return desk


def test_answers_become_lines_that_training_and_evaluation_read(
    reviewed: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "reviews" / "train.jsonl"
    assert "2 comments with people's answers. The file holds texts of people" in (
        export_reviews(file)
    )
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines == [
        {
            "text": "text of c0",
            "post_text": "Title of p1",
            "intents": ["criticism"],
            "needs_reply": True,
            "sentiment": "negative",
            "stance": "oppose",
            "topics": ["cost"],
            "toxic": False,
        },
        {"text": "text of c1", "post_text": "Title of p1", "topics": []},
    ]
    examples = read_dataset(tmp_path, "reviews")
    assert examples[0].labels["topic"] == ("cost",)
    assert examples[0].labels["toxic"] == ("no",)
    assert examples[0].post == "Title of p1"
    assert examples[1].labels == {"topic": ()}
    assert "topic (2 texts)" in evaluate_file(file, as_json=False)


def test_what_an_audit_has_drawn_stays_out(reviewed: Desk, tmp_path: Path) -> None:
    (second,) = reviewed.sheet(audit=99, name="second")
    reviewed.take_in(fill(second, {"c0": {"sentiment": "neutral"}}))
    export_reviews(tmp_path / "a.jsonl")
    assert (tmp_path / "a.jsonl").read_text(encoding="utf-8").count("\n") == 1


def test_topics_of_ones_own_are_left_out(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taxonomy = tmp_path / "taxonomy.toml"
    taxonomy.write_text('[grid]\nde = "Netz"\nof = []\nwords = ["netz"]\n', encoding="utf-8")
    monkeypatch.setenv("RESONANZ_CLASSIFY__TAXONOMY", str(taxonomy))
    labels = [("c0", "toxic", "yes", 0.6), ("c0", "toxic", "no", 0.4)]
    desk.given([comment_row("c0")], labels)
    (path,) = desk.sheet(audit=0, training=1)
    desk.take_in(fill(path, {"c0": {"topic 1": "Netz", "toxic": "ja"}}))
    assert "1 of them without topics" in export_reviews(tmp_path / "a.jsonl")
    assert json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8"))["toxic"] is True


def test_without_such_reviews_it_is_told(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match="No comment was reviewed for training yet"):
        export_reviews(tmp_path / "a.jsonl")
