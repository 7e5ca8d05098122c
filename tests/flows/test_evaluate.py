import json
from pathlib import Path

import pytest

from flows.evaluate import evaluate_file, read_gold
from models.errors import GiveUp

GOLD = [
    {"text": "Großartig, danke!", "sentiment": "positive", "topics": [], "needs_reply": False},
    {"text": "Was kostet das?", "sentiment": "neutral", "topics": ["cost"], "needs_reply": True},
    {"text": "Eine Katastrophe.", "post": "Neues ERP", "sentiment": "negative", "topics": ["erp"]},
]


def gold_file(folder: Path, *lines: object) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def test_heads_with_gold_labels_are_measured_with_intervals(tmp_path: Path) -> None:
    content = json.loads(evaluate_file(gold_file(tmp_path, *GOLD), as_json=True))
    heads = {head["head"]: head for head in content["heads"]}
    assert {name: head["text_count"] for name, head in heads.items()} == {
        "sentiment": 3,
        "topic": 3,
        "needs_reply": 2,
    }
    accuracy = heads["sentiment"]["accuracy"]
    assert 0 <= accuracy["low"] <= accuracy["value"] <= accuracy["high"] <= 1
    assert [label["label"] for label in heads["sentiment"]["labels"]] == [
        "negative",
        "neutral",
        "positive",
    ]


def test_the_table_reads_like_one(tmp_path: Path) -> None:
    text = evaluate_file(gold_file(tmp_path, *GOLD), as_json=False)
    assert "sentiment (3 texts)" in text
    assert "macro-F1" in text


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        pytest.param([], "has no lines", id="empty"),
        pytest.param([{"id": 1}], "line 1: expected an object with a string `text`", id="no text"),
        pytest.param([{"text": "a"}], "has no gold labels", id="no labels"),
        pytest.param(
            [{"text": "a", "sentiment": "mixed"}],
            "`sentiment` holds `mixed`, which the model does not know",
            id="an unknown label",
        ),
        pytest.param(
            [{"text": "a", "post": 5}], "line 1: `post` is int, expected a string", id="no post"
        ),
        pytest.param(
            [{"text": "a", "sentiment": ["positive", "negative"]}],
            "Record 1: `sentiment` has 2 labels, expected one",
            id="two answers of one",
        ),
        pytest.param(
            [{"text": "a", "stance": []}], "`stance` has 0 labels", id="no answer where one is"
        ),
        pytest.param([{"text": "a", "topics": 3}], "`topics` is a int", id="no labels at all"),
    ],
)
def test_a_bad_gold_file_is_refused_with_its_reason(
    tmp_path: Path, lines: list[object], message: str
) -> None:
    with pytest.raises(GiveUp, match=message):
        evaluate_file(gold_file(tmp_path, *lines), as_json=False)


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\u2029"])
def test_lines_end_where_json_lines_end_and_a_byte_order_mark_is_no_part(
    tmp_path: Path, sign: str
) -> None:
    path = tmp_path / "gold.jsonl"
    line = json.dumps({"text": f"a{sign}b"}, ensure_ascii=False)
    path.write_text(f"\ufeff{line}\n{line}\n", encoding="utf-8")
    assert [entry["text"] for entry in read_gold(path)] == [f"a{sign}b"] * 2


def test_a_line_that_is_nested_too_deep_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text("[" * 200_000 + "\n")
    with pytest.raises(GiveUp, match="line 1 is not JSON"):
        read_gold(path)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match="can't be read"):
        evaluate_file(tmp_path / "missing.jsonl", as_json=False)
