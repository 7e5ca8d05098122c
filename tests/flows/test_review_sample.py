from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.review_sample import sample
from flows.reviewing.plan import Order
from models.errors import GiveUp
from tests.builders import comment_row
from tests.review_desk import MONDAY, Desk, fill, ids_in


def test_a_sheet_of_last_week_is_written_for_each_reader_with_the_same_rows(desk: Desk) -> None:
    desk.week(20)
    anna, berta = desk.sheet("anna", "berta", audit=8)
    assert anna.name == "2025-W45+anna.xlsx"
    assert len(ids_in(anna)) == 8
    assert ids_in(anna) == ids_in(berta)


def test_the_chance_of_the_draw_is_kept_exactly(desk: Desk) -> None:
    desk.week(20)
    desk.sheet(audit=8)
    assert desk.query("SELECT DISTINCT purpose, drawn_share FROM ops.review_row") == [
        ("audit", 8 / 20)
    ]
    assert desk.query("SELECT frame_count, audit_count FROM ops.review_sheet") == [(20, 8)]


def test_of_few_comments_all_are_taken(desk: Desk) -> None:
    desk.week(3)
    desk.sheet(audit=60)
    assert desk.query("SELECT count(*), min(drawn_share) FROM ops.review_row") == [(3, 1.0)]


def test_comments_that_the_model_has_not_read_are_drawn_like_others(desk: Desk) -> None:
    desk.given([comment_row("unread")])
    (path,) = desk.sheet()
    assert ids_in(path) == ["unread"]


def test_own_answers_hidden_comments_and_other_weeks_are_not_asked_for(desk: Desk) -> None:
    late = datetime(2025, 11, 9, 23, 30)  # Sunday in UTC, Monday in Berlin
    desk.given(
        [
            comment_row("in"),
            comment_row("own", is_owner=True),
            comment_row("spam", status="spam"),
            comment_row("next week", created_at_utc=late),
        ]
    )
    (path,) = desk.sheet()
    assert ids_in(path) == ["in"]


def test_a_rerun_gives_the_same_rows_and_leaves_files_that_may_hold_answers(desk: Desk) -> None:
    desk.week(20)
    (path,) = desk.sheet(audit=8)
    before, written = ids_in(path), path.read_bytes()
    desk.given([comment_row(f"later {number}") for number in range(50)])
    desk.sheet(audit=5)
    assert path.read_bytes() == written
    assert "exists and was left as it is" in desk.said.details[0]
    path.unlink()
    desk.sheet(audit=5)
    assert ids_in(path) == before


def test_another_name_draws_other_rows(desk: Desk) -> None:
    desk.week(40)
    drawn = [ids_in(*desk.sheet(audit=10, name=name)) for name in ("one", "two")]
    assert drawn[0] != drawn[1]


def test_what_a_reader_has_audited_is_not_asked_again(desk: Desk) -> None:
    desk.week(10)
    (first,) = desk.sheet(audit=4, name="first")
    asked = ids_in(first)
    desk.take_in(fill(first, {comment_id: {"sentiment": "negativ"} for comment_id in asked}))
    (second,) = desk.sheet(audit=100, name="second")
    assert set(ids_in(second)) == {f"c{n}" for n in range(10)} - set(asked)
    assert desk.query("SELECT frame_count FROM ops.review_sheet WHERE sheet = 'second'") == [(6,)]
    (other,) = desk.sheet("carla", audit=100, name="third")
    assert len(ids_in(other)) == 10


def test_a_question_that_was_not_asked_before_is_drawn_from_all_comments(desk: Desk) -> None:
    desk.week(60)
    (first,) = desk.sheet(audit=20, name="first", heads=("sentiment",))
    desk.take_in(fill(first, {name: {"sentiment": "negativ"} for name in ids_in(first)}))
    (second,) = desk.sheet(audit=20, name="second", heads=("stance", "sentiment"))
    desk.take_in(fill(second, {name: {"stance": "dafür"} for name in ids_in(second)}))
    frames = "SELECT frame_count FROM ops.review_sheet ORDER BY sheet"
    assert desk.query(frames) == [(60,), (60,)]
    chance = "SELECT DISTINCT drawn_share FROM classified.audit WHERE head = 'stance'"
    assert desk.query(chance) == [(pytest.approx(20 / 60),)]
    (third,) = desk.sheet(audit=100, name="third", heads=("sentiment",))
    assert not set(ids_in(third)) & {*ids_in(first), *ids_in(second)}


def test_a_comment_read_for_training_can_still_be_drawn_by_an_audit(desk: Desk) -> None:
    desk.week(6)
    (first,) = desk.sheet(audit=0, training=6, name="first")
    picked = ids_in(first, "Training")
    desk.take_in(fill(first, {comment_id: {"sentiment": "neutral"} for comment_id in picked}))
    (second,) = desk.sheet(audit=100, training=6, name="second")
    assert sorted(ids_in(second)) == sorted(picked)
    assert load_workbook(second).sheetnames.count("Training") == 0


def test_picked_rows_are_apart_and_never_among_the_drawn(desk: Desk) -> None:
    desk.week(30)
    (path,) = desk.sheet(audit=10, training=5)
    drawn, picked = ids_in(path), ids_in(path, "Training")
    assert (len(drawn), len(picked)) == (10, 5)
    assert not set(drawn) & set(picked)
    assert desk.query(
        "SELECT purpose, count(*), count(drawn_share) FROM ops.review_row GROUP BY ALL ORDER BY ALL"
    ) == [("audit", 10, 10), ("training", 5, 0)]


def test_the_least_sure_comments_are_picked(desk: Desk) -> None:
    labels = [
        (f"c{n}", "sentiment", label, probability)
        for n in range(30)
        for label, probability in (
            [("negative", 0.36), ("neutral", 0.33), ("positive", 0.31)]
            if n < 3
            else [("negative", 0.98), ("neutral", 0.01), ("positive", 0.01)]
        )
    ]
    texts = ["Die Kantine ist zu.", "Was kostet die Cloud?", "Danke für das Training!"]
    comments = [comment_row(f"c{n}", text=texts[n % 3] + " " * n) for n in range(30)]
    desk.given(comments, labels)
    (path,) = desk.sheet(audit=0, training=3)
    assert sorted(ids_in(path, "Training")) == ["c0", "c1", "c2"]


def test_a_week_without_comments_is_told_and_is_no_error(desk: Desk) -> None:
    desk.sheet()
    assert str(desk.said) == (
        "review sample: no comments from 2025-11-03 to 2025-11-09 are left to read"
    )
    assert not desk.reviews.exists()


def test_a_reader_who_comes_later_gets_the_same_rows(desk: Desk) -> None:
    desk.week(20)
    (anna,) = desk.sheet("anna", audit=8)
    (berta,) = desk.sheet("berta", audit=8)
    assert ids_in(anna) == ids_in(berta)
    assert desk.query("SELECT reviewers FROM ops.review_sheet") == [(["anna", "berta"],)]


def test_a_file_written_again_leaves_out_what_was_edited_since(desk: Desk) -> None:
    desk.week(3)
    (path,) = desk.sheet()
    path.unlink()
    desk.given([comment_row("c1", text="now otherwise", text_hash="new")])
    desk.sheet()
    assert sorted(ids_in(path)) == ["c0", "c2"]
    assert "without 1 comment that was edited since" in desk.said.details[0]


def test_names_that_can_be_no_file_are_refused(desk: Desk) -> None:
    with pytest.raises(GiveUp, match="`a/b` can't be part of a file's name"):
        desk.sheet("a/b")


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_takes_what_is_left_out_from_the_settings(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_REVIEW__AUDIT", "4")
    monkeypatch.setenv("RESONANZ_REVIEW__TRAINING", "0")
    monkeypatch.setenv("RESONANZ_REVIEW__REVIEWERS", '["carla"]')
    monkeypatch.setenv("RESONANZ_REVIEW__LANGUAGE", "en")
    desk.week(9)
    report = sample(Order(heads=("toxic",)), as_of=MONDAY)
    assert str(report) == (
        "review sample: `2025-W45`: 4 of 9 comments drawn, 0 picked for training"
    )
    path = desk.reviews / "2025-W45+carla.xlsx"
    assert [cell.value for cell in load_workbook(path)["Sample"][1]] == [
        "No.", "Where and when", "Post", "In reply to", "Comment", "Toxic", "Note", "Key",
    ]  # fmt: skip
    assert desk.query("SELECT stage FROM ops.run") == [("review sample",)]


def test_a_period_of_days_names_its_sheet(desk: Desk) -> None:
    desk.week(2)
    days = {"first_day": datetime(2025, 11, 1, tzinfo=UTC).date(), "last_day": MONDAY.date()}
    (path,) = desk.sheet(**days)
    assert path == Path(desk.reviews / "2025-11-01_2025-11-10+anna.xlsx")
    assert path.exists()
