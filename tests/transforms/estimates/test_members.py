"""What is counted of cells by numbers, held against the same counts in plain SQL."""

from datetime import date

import duckdb
import numpy as np
import polars as pl
import pytest

from transforms.estimates.members import (
    NOT_RECORDED,
    Answers,
    Comments,
    among,
    cells_of,
    histogram_of,
    members_of,
    origins_of,
    tally,
    with_voices,
)

MANY = 20_000
CHANNELS = ("blog", "forum", "intranet")

PLAIN_MEMBERS = """
    SELECT cell, comment.*, count(*) OVER (PARTITION BY cell, author) AS parts
    FROM pairs JOIN comment USING (comment)
    WHERE is_given
"""
PLAIN_CELLS = """
    SELECT
        cell,
        count(*)                                        AS comment_count,
        count(DISTINCT author)                          AS author_count,
        avg(nullif(is_uncertain, -1)::DOUBLE)           AS uncertain_share,
        max(day)                                        AS last_day,
        bool_and(is_whole)                              AS is_whole,
        avg(is_drawable::DOUBLE)                        AS drawable_share
    FROM member GROUP BY cell ORDER BY cell
"""
PLAIN_HISTOGRAM = """
    SELECT cell, 0 AS question, code, chosen, count(*) AS comments, sum(1 / parts) AS voices
    FROM member GROUP BY ALL ORDER BY ALL
"""
PLAIN_ORIGINS = """
    SELECT cell, channel, sum(1 / parts) AS voices FROM member GROUP BY ALL ORDER BY ALL
"""


def comments_of(rows: pl.DataFrame) -> Comments:
    people, author = np.unique(rows["author"].to_numpy(), return_inverse=True)
    channel = rows["channel"].replace_strict(list(CHANNELS), range(3), return_dtype=pl.Int32)
    return Comments(
        people,
        author.astype(np.int32),
        rows["day"].to_numpy(),
        CHANNELS,
        channel.to_numpy(),
        rows["is_whole"].to_numpy(),
    )


def answers_of(rows: pl.DataFrame) -> Answers:
    codes, code = np.unique(rows["code"].to_numpy(), return_inverse=True)
    return Answers(
        ("no", "yes"),
        rows["is_given"].to_numpy(),
        rows["is_uncertain"].to_numpy(),
        rows["is_drawable"].to_numpy(),
        codes,
        code,
        rows["chosen"].to_numpy(),
    )


def some_comments(count: int) -> pl.DataFrame:
    """Comments of all sorts: one in nine was not answered, some people say much."""
    chance = np.random.default_rng(7)
    return pl.DataFrame(
        {
            "comment": np.arange(count),
            "author": chance.geometric(0.002, count) * 1_000_003,
            "day": np.datetime64("2025-11-03") + chance.integers(0, 90, count),
            "channel": chance.choice(CHANNELS, count),
            "is_whole": chance.random(count) < 0.9,
            "is_given": chance.random(count) < 8 / 9,
            "is_uncertain": chance.integers(-1, 2, count).astype(np.int8),
            "is_drawable": chance.random(count) < 0.5,
            "code": chance.integers(0, 40, count) ** 3,
            "chosen": chance.integers(0, 2, count).astype(np.uint8),
        }
    )


@pytest.fixture(scope="module")
def counted() -> tuple[duckdb.DuckDBPyConnection, pl.DataFrame, Comments, Answers]:
    """Comments, half of them in two cells; only even cells have any."""
    rows, chance = some_comments(MANY), np.random.default_rng(8)
    pairs = pl.DataFrame(
        {
            "cell": (2 * chance.integers(0, 60, MANY * 3 // 2)).astype(np.int32),
            "comment": (np.arange(MANY * 3 // 2) % MANY).astype(np.int32),
        }
    )
    connection = duckdb.connect()
    connection.register("pairs", pairs)
    connection.register("comment", rows)
    connection.execute(f"CREATE TABLE member AS {PLAIN_MEMBERS}")
    return connection, pairs, comments_of(rows), answers_of(rows)


def test_counts_by_numbers_are_those_of_plain_sql(
    counted: tuple[duckdb.DuckDBPyConnection, pl.DataFrame, Comments, Answers],
) -> None:
    connection, pairs, comments, answers = counted
    places, members = members_of(pairs, comments, answers)
    found = {
        PLAIN_CELLS: cells_of(members, comments, answers),
        PLAIN_HISTOGRAM: histogram_of(members, answers),
        PLAIN_ORIGINS: origins_of(members, comments),
    }
    assert places.tolist() == list(range(0, 120, 2))
    for query, rows in found.items():
        plain = connection.execute(query).pl()
        known = plain.with_columns((pl.col("cell") // 2).cast(pl.Int64))
        assert rows.columns == known.columns
        exact = [name for name in rows.columns if name != "voices"]
        assert rows.select(exact).equals(known.select(exact).cast(rows.select(exact).schema))
        if "voices" in rows.columns:
            assert rows["voices"].to_list() == pytest.approx(known["voices"].to_list())


def test_voices_of_a_cell_add_up_to_its_people(
    counted: tuple[duckdb.DuckDBPyConnection, pl.DataFrame, Comments, Answers],
) -> None:
    _, pairs, comments, answers = counted
    _, members = members_of(pairs, comments, answers)
    voices = histogram_of(members, answers).group_by("cell").agg(pl.sum("voices")).sort("cell")
    assert voices["voices"].to_numpy() == pytest.approx(members.authors)


def test_audited_members_keep_what_tells_them_apart() -> None:
    rows = some_comments(4).with_columns(is_given=pl.lit(True), author=pl.Series([70, 50, 70, 60]))
    pairs = pl.DataFrame({"cell": [0, 0, 0, 1], "comment": [0, 1, 2, 3]})
    comments, answers = comments_of(rows), answers_of(rows)
    _, members = members_of(pairs, comments, answers)
    found = among(members, comments, answers, np.array([2, 3]))
    assert found.select("cell", "comment", "parts", "author").rows() == [
        (0, 2, 2, 70),
        (1, 3, 1, 60),
    ]
    assert found["code"].to_list() == rows["code"].to_list()[2:]
    assert found["day"].to_list() == rows["day"].to_list()[2:]


def test_whether_answers_are_uncertain_is_left_open_where_no_model_recorded_it() -> None:
    rows = some_comments(2).with_columns(
        is_given=pl.lit(True), is_uncertain=pl.lit(NOT_RECORDED, pl.Int8)
    )
    _, members = members_of(
        pl.DataFrame({"cell": [0, 0], "comment": [0, 1]}), comments_of(rows), answers_of(rows)
    )
    assert cells_of(members, comments_of(rows), answers_of(rows))["uncertain_share"].to_list() == [
        None
    ]


def test_a_mart_without_comments_has_no_cells() -> None:
    rows = some_comments(3)
    comments, answers = comments_of(rows), answers_of(rows)
    none = pl.DataFrame(schema={"cell": pl.Int32(), "comment": pl.Int32()})
    places, members = members_of(none, comments, answers)
    assert len(places) == 0
    assert cells_of(members, comments, answers).is_empty()
    assert histogram_of(members, answers).is_empty()
    assert origins_of(members, comments).is_empty()
    assert among(members, comments, answers, np.array([1])).is_empty()


def test_combinations_are_counted_in_their_order() -> None:
    rows = tally(cell=np.array([1, 0, 1, 1]), parts=np.array([2, 1, 2, 1]))
    assert rows.rows() == [(0, 1, 1), (1, 1, 1), (1, 2, 2)]


def test_rows_that_differ_in_parts_alone_are_added_up_in_their_order() -> None:
    rows = pl.DataFrame(
        {
            "cell": [0, 0, 0, 1, 1],
            "code": [7, 7, 8, 8, 8],
            "parts": [1, 3, 1, 7, 49],
            "comments": [2, 3, 4, 7, 5],
        }
    )
    assert with_voices(rows).rows() == [(0, 7, 5, 3.0), (0, 8, 4, 4.0), (1, 8, 12, 1 + 5 / 49)]
    assert with_voices(rows.clear()).is_empty()


def test_the_last_day_of_a_cell_is_a_day() -> None:
    rows = some_comments(2).with_columns(is_given=pl.lit(True), day=pl.lit(date(2025, 11, 3)))
    _, members = members_of(
        pl.DataFrame({"cell": [0, 0], "comment": [0, 1]}), comments_of(rows), answers_of(rows)
    )
    cells = cells_of(members, comments_of(rows), answers_of(rows))
    assert cells["last_day"].to_list() == [date(2025, 11, 3)]
