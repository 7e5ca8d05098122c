from datetime import UTC, datetime

from tests.example_mart import TABLE, rows
from transforms.corrections import CORRECTION_LOG, State, corrections, reason_of

NOW = datetime(2025, 11, 10, 8, tzinfo=UTC)


def test_a_period_whose_numbers_moved_is_a_row_with_the_reason() -> None:
    before = {"example": rows(("cost", "2025-W44", 3, 0.2), ("cost", "2025-W45", 3, 0.2))}
    after = {TABLE: rows(("cost", "2025-W44", 4, 0.4), ("cost", "2025-W45", 3, 0.2))}
    log = CORRECTION_LOG.require(corrections(before, after, "because", NOW))
    (row,) = log.to_dicts()
    assert (row["period"], row["changed_count"], row["reason"]) == ("2025-W44", 1, "because")
    assert row["published_at_utc"] == NOW.replace(tzinfo=None)


def test_a_table_that_was_not_published_before_corrects_nothing() -> None:
    assert corrections({}, {TABLE: rows(("cost", "2025-W44", 4, 0.4))}, "", NOW).is_empty()


def test_the_reason_names_what_differs() -> None:
    before = {"clean.comment": "1", "marts": "a"}
    assert reason_of(State(before), State(before | {"clean.comment": "2"})) == (
        "comments came late, were edited or deleted"
    )
    assert "not known" in reason_of(State({}), State({}))


def test_another_model_is_named_and_what_follows_from_it_is_not_told_again() -> None:
    parts = {"ops.current_model": "1", "classified.label": "1", "held_out": "1", "clean.post": "1"}
    before = State(parts, {"sentiment": "a@1", "topic": "a@1", "language": "lingua@2"})
    after = State(
        dict.fromkeys(parts, "2"),
        {"sentiment": "b@1", "topic": "taxonomy@1/b@1", "language": "lingua@2"},
    )
    assert reason_of(before, after) == (
        "model: `a@1` -> `b@1`; topics: `the model's own` -> `taxonomy@1`; "
        "posts were added or changed"
    )


def test_a_question_that_is_new_is_no_change_of_the_model() -> None:
    before = State({"classified.label": "1"}, {"sentiment": "a@1"})
    after = State({"classified.label": "2"}, {"sentiment": "a@1", "stance": "a@1"})
    assert reason_of(before, after) == "comments were labelled"
