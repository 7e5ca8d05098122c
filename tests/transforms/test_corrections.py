from datetime import UTC, datetime

from tests.example_mart import TABLE, rows
from transforms.corrections import CORRECTION_LOG, corrections, reason_of

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
    assert reason_of(before, before | {"clean.comment": "2"}) == (
        "comments came late, were edited or deleted"
    )
    assert "not known" in reason_of({}, {})
