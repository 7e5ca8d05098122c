import pytest

from flows.review_agreement import agreement_text
from models.errors import GiveUp
from tests.review_desk import Desk, fill


def test_two_readers_are_compared_head_by_head(desk: Desk) -> None:
    desk.week(3)
    for path, answers in zip(desk.sheet("anna", "berta"), ("nnp", "npp"), strict=True):
        words = {"n": "negativ", "p": "positiv"}
        given = {f"c{n}": {"sentiment": words[a], "topic 1": "KI"} for n, a in enumerate(answers)}
        given = {c: cells | {"topic 1": "Kosten"} for c, cells in given.items()}
        desk.take_in(fill(path, given))
    lines = agreement_text().splitlines()
    assert lines[0] == "3 comments read by anna, berta"
    assert lines[2].split() == ["sentiment", "0.44", "67%", "3"]
    # All gave one topic to all: that says nothing of chance.
    assert lines[3].split()[:4] == ["topic", "-", "100%", "3"]
    assert "mean over its labels" in lines[3]


def test_one_reader_alone_agrees_with_nobody(desk: Desk) -> None:
    desk.week(1)
    desk.take_in(fill(desk.sheet()[0], {"c0": {"toxic": "ja"}}))
    assert "No comment has been answered by two readers yet." in agreement_text("2025-W45")


def test_without_reviews_it_is_told_what_to_do(desk: Desk) -> None:
    with pytest.raises(GiveUp, match=r"no reviews of the sheet `x`.*resonanz review import"):
        agreement_text("x")
