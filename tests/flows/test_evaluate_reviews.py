import json
from datetime import datetime, timedelta

import pytest

from flows.evaluate_reviews import evaluate_reviews
from models.errors import GiveUp
from tests.builders import NOON, comment_row
from tests.review_desk import Desk, fill, ids_in

SENTIMENTS = ("negative", "neutral", "positive")


def week(desk: Desk, count: int, name: str = "c", at: datetime = NOON) -> None:
    """Comments that the model finds negative, in two channels and two languages."""
    ids = [f"{name}{n}" for n in range(count)]
    labels: list[tuple[object, ...]] = [
        (comment_id, "sentiment", label, 0.8 if label == "negative" else 0.1)
        for comment_id in ids
        for label in SENTIMENTS
    ]
    labels += [(c, "language", "de" if n % 2 else "en", 1.0) for n, c in enumerate(ids)]
    desk.given(
        [
            comment_row(c, channel="blog" if n < 4 else "x", created_at_utc=at)
            for n, c in enumerate(ids)
        ],
        labels,
    )


def test_drawn_comments_are_measured_in_whole_and_by_language_and_channel(desk: Desk) -> None:
    week(desk, 24)
    (path,) = desk.sheet()
    answers = {f"c{n}": {"sentiment": "negativ" if n % 2 else "positiv"} for n in range(24)}
    desk.take_in(fill(path, answers))
    audit = json.loads(evaluate_reviews(as_json=True))["audit"]["sentiment"]
    assert audit["accuracy"]["value"] == 0.5
    assert audit["accuracy"]["low"] < 0.5 < audit["accuracy"]["high"]
    assert audit["language"]["de"]["accuracy"]["value"] == 1.0
    assert audit["language"]["en"]["accuracy"]["value"] == 0.0
    assert audit["channel"]["blog"] == {"text_count": 4}
    assert audit["channel"]["x"]["text_count"] == 20
    text = evaluate_reviews(as_json=False)
    assert "sentiment (24 texts)" in text
    assert "too few to tell" in text
    assert "training" not in text


def test_of_two_sheets_that_have_read_all_each_comment_stands_for_itself(desk: Desk) -> None:
    week(desk, 20)
    (few,) = desk.sheet(audit=2, name="few")
    desk.take_in(fill(few, {c: {"sentiment": "negativ"} for c in ids_in(few)}))
    (rest,) = desk.sheet(audit=99, name="rest")
    desk.take_in(fill(rest, {c: {"sentiment": "positiv"} for c in ids_in(rest)}))
    found = json.loads(evaluate_reviews(as_json=True))["audit"]["sentiment"]["accuracy"]["value"]
    assert found == pytest.approx(2 / 20)


def test_draws_of_different_chance_are_weighed(desk: Desk) -> None:
    week(desk, 20)
    late = NOON + timedelta(days=1)
    week(desk, 18, "late", late)
    days = (NOON.date(), late.date())
    for day, audit, answer in zip(days, (2, 99), ("negativ", "positiv"), strict=True):
        (path,) = desk.sheet(audit=audit, name=answer, first_day=day, last_day=day)
        desk.take_in(fill(path, {c: {"sentiment": answer} for c in ids_in(path)}))
    found = json.loads(evaluate_reviews(as_json=True))["audit"]["sentiment"]["accuracy"]["value"]
    # Two drawn of 20 stand for 20, the 18 of the other day for themselves.
    assert found == pytest.approx(20 / 38)


def test_picked_comments_are_reported_apart(desk: Desk) -> None:
    week(desk, 6)
    (path,) = desk.sheet(audit=3, training=3)
    right = {comment_id: {"sentiment": "negativ"} for comment_id in ids_in(path)}
    wrong = {comment_id: {"sentiment": "neutral"} for comment_id in ids_in(path, "Training")}
    desk.take_in(fill(path, right | wrong))
    found = json.loads(evaluate_reviews(as_json=True))
    assert found["audit"]["sentiment"]["accuracy"]["value"] == 1.0
    assert found["training"]["sentiment"]["accuracy"]["value"] == 0.0
    assert "Comments picked for training" in evaluate_reviews(as_json=False)


def test_comments_that_the_current_model_has_not_read_are_told(desk: Desk) -> None:
    desk.given([comment_row("new")])
    week(desk, 3)
    (path,) = desk.sheet()
    desk.take_in(fill(path, {c: {"sentiment": "neutral"} for c in ids_in(path)}))
    assert "1 reviewed comments have no answer of the current model" in evaluate_reviews(False)


def test_without_reviews_it_is_told_what_to_do(desk: Desk) -> None:
    with pytest.raises(GiveUp, match="write a sheet with `resonanz review sample`"):
        evaluate_reviews(as_json=False)
