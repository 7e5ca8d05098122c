from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from models.held_out import HOME, HeldOut
from models.shares import NET_COLUMNS, SHARE_COLUMNS
from transforms.estimates import shares
from transforms.estimates.digits import codes
from transforms.estimates.pools import Pooling
from transforms.estimates.shares import Gathered, Known, share_rows
from transforms.statements import Shares

DAY = date(2025, 11, 3)
LABELS = ("negative", "positive")
SENTIMENT = Shares("sentiment", net=(("negative", -1.0), ("positive", 1.0)))
NOTHING = Known(None, 0.0, Pooling(20, 8, "channel"))


def held(texts: int = 400) -> HeldOut:
    """Texts of which a third is taken for the other answer."""
    gold = np.eye(2)[np.arange(texts) % 2]
    wrong = (np.arange(texts) // 2) % 3 == 0
    said = np.where(wrong[:, None], 1 - gold, gold) * 0.4 + 0.3
    return HeldOut(LABELS, said, gold, np.full(texts, HOME))


def gathered(cells: int, negative: int, positive: int, **columns: object) -> Gathered:
    """Cells in which so many comments were read as negative and positive, all by other people."""
    size = negative + positive
    code = codes(np.array([[0.7, 0.3], [0.3, 0.7]]))
    histogram = pl.DataFrame(
        {
            "cell": np.repeat(np.arange(cells), 2),
            "question": 0,
            "code": np.tile(code, cells),
            "chosen": np.tile([0, 1], cells),
            "comments": np.tile([negative, positive], cells),
            "voices": np.tile([float(negative), float(positive)], cells),
        }
    )
    table = pl.DataFrame({"cell": np.arange(cells)}).with_columns(
        week=pl.format("2025-W{}", "cell"),
        comment_count=pl.lit(size, pl.Int64),
        author_count=pl.lit(size, pl.Int64),
        uncertain_share=pl.lit(0.2),
        last_day=pl.lit(DAY),
        is_whole=pl.lit(bool(columns.get("is_whole"))),
        drawable_share=pl.lit(1.0),
        alike=pl.lit("x"),
    )
    return Gathered(LABELS, table, histogram, audits(0))


def audits(count: int) -> pl.DataFrame:
    """So many comments of the first cell that people found negative, whatever the model said."""
    code = codes(np.array([[0.7, 0.3], [0.3, 0.7]]))
    return pl.DataFrame(
        {
            "cell": np.zeros(count, dtype=np.int64),
            "question": np.zeros(count, dtype=np.int64),
            "code": np.resize(code, count),
            "gold": np.zeros(count, dtype=np.int64),
            "comment": np.arange(count),
            "author": np.arange(count),
            "day": [DAY] * count,
            "alike": ["x"] * count,
            "voice": np.ones(count),
            "drawn_share": np.full(count, 0.5),
        },
        schema_overrides={"day": pl.Date(), "alike": pl.String()},
    )


def with_audits(of: Gathered, count: int) -> Gathered:
    return Gathered(of.labels, of.cells, of.histogram, audits(count))


def methods(rows: pl.DataFrame) -> set[str]:
    return set(rows["method"])


def test_rows_have_the_cells_columns_and_then_those_of_every_share() -> None:
    rows, nets = share_rows(SENTIMENT, gathered(2, 3, 1), NOTHING)
    assert rows.columns == ["week", *(column.name for column in SHARE_COLUMNS)]
    assert nets.columns == [*(column.name for column in NET_COLUMNS), "week"]
    assert (rows.height, nets.height) == (4, 2)
    assert rows["share_raw"].to_list() == [0.75, 0.75, 0.25, 0.25]


def test_each_cell_says_how_its_share_was_made() -> None:
    known = Known(held(), 0.3, Pooling(20, 8, "channel"))
    assert methods(share_rows(SENTIMENT, gathered(1, 60, 40), NOTHING)[0]) == {"raw"}
    assert methods(share_rows(SENTIMENT, gathered(1, 60, 40), known)[0]) == {"emq"}
    rows, _ = share_rows(SENTIMENT, with_audits(gathered(2, 60, 40), 30), known)
    assert rows.select("week", "method", "audit_count").unique().sort("week").rows() == [
        ("2025-W0", "ppi (own)", 30),
        ("2025-W1", "ppi (channel, 8 weeks)", 30),
    ]


def test_a_mix_that_errors_explain_is_corrected() -> None:
    # Of all negative, two thirds would be read so: 2 of 3 read as negative means that all are.
    rows, _ = share_rows(SENTIMENT, gathered(1, 400, 200), Known(held(), 0.0, NOTHING.pooling))
    negative = rows.filter(pl.col("label") == "negative").row(0, named=True)
    assert (negative["share_raw"], negative["share"]) == (
        pytest.approx(2 / 3),
        pytest.approx(1.0, abs=0.02),
    )


def test_a_whole_thread_is_said_but_not_of_what_was_not_corrected() -> None:
    known = Known(held(), 0.0, NOTHING.pooling)
    assert methods(share_rows(SENTIMENT, gathered(1, 3, 1, is_whole=True), known)[0]) == {
        "emq, whole thread"
    }
    assert methods(share_rows(SENTIMENT, gathered(1, 3, 1, is_whole=True), NOTHING)[0]) == {"raw"}


def test_cells_are_the_same_in_one_chunk_or_in_many(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Known(held(), 0.3, NOTHING.pooling)
    given = with_audits(gathered(7, 30, 20), 25)
    at_once, _ = share_rows(SENTIMENT, given, known)
    monkeypatch.setattr(shares, "CHUNK", 3)
    in_parts, _ = share_rows(SENTIMENT, given, known)
    assert at_once.sort("week", "label").equals(in_parts.sort("week", "label"))


def test_a_head_that_has_answered_nothing_has_no_rows() -> None:
    none = gathered(1, 1, 1)
    empty = Gathered((), none.cells.clear(), none.histogram.clear(), none.audits)
    rows, nets = share_rows(SENTIMENT, empty, NOTHING)
    assert (rows.height, nets.height) == (0, 0)
    assert rows.columns[0] == "week"


def with_few(of: Gathered, *few: int) -> Gathered:
    """The same, but of 3 people in each of these cells."""
    count = pl.when(pl.col("cell").is_in(few)).then(3).otherwise("author_count")
    return replace(of, cells=of.cells.with_columns(author_count=count.cast(pl.Int64)))


def test_cells_that_are_not_told_of_have_a_row_for_each_answer_and_nothing_estimated() -> None:
    known = Known(held(), 0.3, NOTHING.pooling)
    every = gathered(5, 30, 20)
    told, _ = share_rows(SENTIMENT, every, known)
    rows, nets = share_rows(SENTIMENT, with_few(every, 1, 4), replace(known, smallest=5))
    is_few = pl.col("week").is_in(["2025-W1", "2025-W4"])
    untold, others = rows.filter(is_few), rows.filter(~is_few)
    assert others.sort("week", "label").equals(told.filter(~is_few).sort("week", "label"))
    assert untold.select("week", "label").rows() == [
        (week, label) for label in LABELS for week in ("2025-W1", "2025-W4")
    ]
    assert untold["author_count"].to_list() == [3] * 4
    assert untold["method"].unique().to_list() == ["hidden"]
    estimated = ("share", "share_raw", "ci_low", "ci_high", "audit_count")
    assert all(untold[name].is_null().all() for name in estimated)
    assert nets["week"].to_list() == ["2025-W0", "2025-W2", "2025-W3"]


def test_audits_of_a_cell_that_is_not_told_of_still_speak_for_others() -> None:
    known = Known(held(), 0.3, NOTHING.pooling, smallest=5)
    rows, _ = share_rows(SENTIMENT, with_few(with_audits(gathered(2, 60, 40), 30), 0), known)
    assert rows.select("week", "method", "audit_count").unique().sort("week").rows() == [
        ("2025-W0", "hidden", None),
        ("2025-W1", "ppi (channel, 8 weeks)", 30),
    ]


def test_where_no_cell_is_told_of_nothing_is_estimated() -> None:
    rows, nets = share_rows(
        SENTIMENT, gathered(3, 2, 1), Known(held(), 0.3, NOTHING.pooling, smallest=5)
    )
    assert (rows.height, nets.height) == (6, 0)
    assert rows["share"].is_null().all()
