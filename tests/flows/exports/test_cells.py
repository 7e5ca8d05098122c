import polars as pl
import pytest

from flows.exports.cells import harmless


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_runs_as_a_formula(text: str) -> None:
    frame = pl.DataFrame({"text": [text, "a = b"]})
    attack, other = harmless(frame)["text"]
    assert (attack[0], attack.replace("'", ""), other) == ("'", text, "a = b")


def test_negative_numbers_stay_numbers() -> None:
    frame = pl.DataFrame({"change": [-0.5]})
    assert harmless(frame).equals(frame)


def test_a_list_is_one_cell_that_runs_nothing() -> None:
    frame = pl.DataFrame({"topics": [["=cmd", "cost"], []]})
    assert harmless(frame)["topics"].to_list() == ["'=cmd, cost", ""]


def test_only_texts_that_would_run_are_changed() -> None:
    texts = ["=1;=2", "a;=b", None, "fine", "fine; too", 'a;"=b', ""]
    frame = pl.DataFrame({"text": texts, "title": ["all fine"] * len(texts)})
    changed = harmless(frame)
    assert changed["text"].to_list() == [
        "'=1;'=2",
        "a;'=b",
        None,
        "fine",
        "fine; too",
        "a;\"'=b",
        "",
    ]
    assert changed["title"].to_list() == frame["title"].to_list()
    assert frame["text"].to_list() == texts, "what is published elsewhere is another matter"
