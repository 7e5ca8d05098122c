from datetime import UTC, datetime

import polars as pl

from models.contract import Column, Table
from transforms.corrections import CORRECTION_LOG, corrections, reason_of

TABLE = Table(
    layer="mart",
    name="example",
    about="An example.",
    grain=("topic", "week"),
    columns=(
        Column("topic", "text", "the topic"),
        Column("week", "text", "the week"),
        Column("comment_count", "count", "comments"),
        Column("topic_share", "share", "share of them", optional=True),
    ),
)


def rows(*values: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(values, schema=TABLE.schema(), orient="row")


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
