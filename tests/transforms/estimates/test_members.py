"""What is counted of cells by numbers, held against the same counts in plain SQL."""

from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import polars as pl
import pytest

from transforms.estimates.members import (
    NOT_RECORDED,
    Answers,
    Comments,
    ManyLabels,
    OneLabel,
    audits_of,
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
        bool_and(is_whole) AND count(*) = (
            SELECT count(*) FROM pairs WHERE pairs.cell = member.cell
        )                                               AS is_whole,
        avg(is_drawable::DOUBLE)                        AS drawable_share
    FROM member GROUP BY cell ORDER BY cell
"""
PLAIN_HISTOGRAM = """
    SELECT cell, 0 AS question, code, chosen, count(*) AS comments, sum(1 / parts) AS voices
    FROM member GROUP BY ALL ORDER BY ALL
"""
PLAIN_HISTOGRAM_OF_MANY = """
    SELECT
        cell, likely.question, likely.code, likely.chosen,
        count(*) AS comments, sum(1 / parts) AS voices
    FROM member JOIN likely USING (comment) GROUP BY ALL ORDER BY ALL
"""
PLAIN_ORIGINS = """
    SELECT cell, channel, sum(1 / parts) AS voices FROM member GROUP BY ALL ORDER BY ALL
"""


def comments_of(rows: pl.DataFrame) -> Comments:
    assert rows["author"].is_sorted()
    people, author = np.unique(rows["author"].to_numpy(), return_inverse=True)
    channel = rows["channel"].replace_strict(list(CHANNELS), range(3), return_dtype=pl.Int32)
    return Comments(
        np.arange(rows.height, dtype=np.int32),
        people,
        author.astype(np.int32),
        rows["day"].to_numpy(),
        CHANNELS,
        channel.to_numpy(),
        rows["is_whole"].to_numpy(),
    )


def pairs_of(cell: list[int], comment: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"cell": cell, "comment": comment}, schema=PAIRS)


PAIRS = pl.Schema({"cell": pl.Int32, "comment": pl.Int32})
NO_GOLD = pl.DataFrame(
    schema={
        "comment": pl.Int32,
        "question": pl.Int64,
        "gold": pl.Int64,
        "mark": pl.Int64,
        "drawn_share": pl.Float64,
    }
)


def answers_of(rows: pl.DataFrame, gold: pl.DataFrame = NO_GOLD) -> Answers:
    codes, code = np.unique(rows["code"].to_numpy(), return_inverse=True)
    return Answers(
        ("no", "yes"),
        rows["is_given"].to_numpy(),
        rows["is_uncertain"].to_numpy(),
        rows["is_drawable"].to_numpy(),
        OneLabel(codes, code, rows["chosen"].to_numpy()),
        gold,
    )


def with_many(answers: Answers, likely: pl.DataFrame) -> Answers:
    """The same comments, asked of labels that may all apply; `likely` is sorted by comment."""
    count = np.bincount(likely["comment"].to_numpy(), minlength=len(answers.is_given))
    columns = (likely[name].to_numpy() for name in ("question", "code", "chosen"))
    return replace(answers, said=ManyLabels(np.concatenate([[0], np.cumsum(count)]), *columns))


def some_comments(count: int) -> pl.DataFrame:
    """Comments of all sorts: one in nine was not answered, some people say much."""
    chance = np.random.default_rng(7)
    return pl.DataFrame(
        {
            "comment": np.arange(count),
            "author": np.sort(chance.geometric(0.002, count) * 1_000_003),
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


def test_a_cell_is_whole_only_if_all_its_comments_were_answered() -> None:
    rows = some_comments(4).with_columns(
        is_whole=pl.lit(True), is_given=pl.Series([True, True, True, False])
    )
    comments, answers = comments_of(rows), answers_of(rows)
    _, members = members_of(pairs_of([0, 0, 1, 1], [0, 1, 2, 3]), comments, answers)
    assert cells_of(members, comments, answers)["is_whole"].to_list() == [True, False]


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


def test_of_labels_that_may_all_apply_each_that_may_is_counted(
    counted: tuple[duckdb.DuckDBPyConnection, pl.DataFrame, Comments, Answers],
) -> None:
    connection, pairs, comments, one = counted
    chance = np.random.default_rng(9)
    drawn = {
        "comment": chance.integers(0, MANY, 2 * MANY),
        "question": chance.integers(0, 5, 2 * MANY).astype(np.uint8),
    }
    likely = pl.DataFrame(drawn).unique().sort("comment")
    likely = likely.with_columns(
        code=pl.Series(chance.integers(0, 21, likely.height).astype(np.uint8)),
        chosen=pl.Series(chance.integers(0, 2, likely.height).astype(np.uint8)),
    )
    answers = with_many(one, likely)
    _, members = members_of(pairs, comments, answers)
    found = histogram_of(members, answers)
    connection.register("likely", likely)
    plain = connection.execute(PLAIN_HISTOGRAM_OF_MANY).pl()
    exact = [name for name in found.columns if name != "voices"]
    known = plain.with_columns((pl.col("cell") // 2).cast(pl.Int64))
    assert found.columns == plain.columns
    assert found.select(exact).equals(known.select(exact).cast(found.select(exact).schema))
    assert found["voices"].to_list() == pytest.approx(known["voices"].to_list())


def gold_of(*rows: tuple[int, int, int, int]) -> pl.DataFrame:
    """What people said, from (comment, question, gold, mark)."""
    names = ["comment", "question", "gold", "mark"]
    found = pl.DataFrame(rows, schema=names, orient="row").with_columns(drawn_share=0.5)
    return found.cast(dict(NO_GOLD.schema))  # type: ignore[arg-type]


def test_audited_members_keep_what_tells_them_apart() -> None:
    rows = some_comments(4).with_columns(is_given=pl.lit(True), author=pl.Series([50, 60, 70, 70]))
    pairs = pairs_of([1, 0, 0, 0], [1, 0, 3, 2])
    comments = comments_of(rows)
    answers = answers_of(rows, gold_of((1, 0, 1, 111), (2, 0, 0, 222)))
    _, members = members_of(pairs, comments, answers)
    found = audits_of(members, comments, answers, pl.Series(["blog", "forum"]))
    assert found.select("cell", "comment", "gold", "voice", "author", "alike").rows() == [
        (0, 222, 0, 1 / 2, 70, "blog"),
        (1, 111, 1, 1.0, 60, "forum"),
    ]
    assert found["code"].to_list() == [rows["code"][2], rows["code"][1]]
    assert found["day"].to_list() == [rows["day"][2], rows["day"][1]]


def test_an_audit_meets_what_the_model_said_of_the_same_label() -> None:
    rows = some_comments(2).with_columns(is_given=pl.lit(True))
    likely = pl.DataFrame(
        {"comment": [0, 1, 1], "question": [1, 0, 1], "code": [4, 9, 17], "chosen": [0, 0, 1]}
    )
    gold = gold_of((1, 0, 0, 111), (1, 1, 1, 111), (0, 0, 1, 100))
    answers = with_many(answers_of(rows, gold), likely)
    _, members = members_of(pairs_of([0, 0], [0, 1]), comments_of(rows), answers)
    found = audits_of(members, comments_of(rows), answers, pl.Series(["blog"]))
    assert found.select("comment", "question", "code", "gold").rows() == [
        (111, 0, 9, 0),
        (111, 1, 17, 1),
        (100, 0, 0, 1),
    ]


def test_whether_answers_are_uncertain_is_left_open_where_no_model_recorded_it() -> None:
    rows = some_comments(2).with_columns(
        is_given=pl.lit(True), is_uncertain=pl.lit(NOT_RECORDED, pl.Int8)
    )
    _, members = members_of(pairs_of([0, 0], [0, 1]), comments_of(rows), answers_of(rows))
    assert cells_of(members, comments_of(rows), answers_of(rows))["uncertain_share"].to_list() == [
        None
    ]


def test_a_mart_without_comments_has_no_cells() -> None:
    rows = some_comments(3)
    comments, answers = comments_of(rows), answers_of(rows)
    places, members = members_of(pairs_of([], []), comments, answers)
    assert len(places) == 0
    assert cells_of(members, comments, answers).is_empty()
    assert histogram_of(members, answers).is_empty()
    assert origins_of(members, comments).is_empty()
    assert audits_of(members, comments, answers, pl.Series([], dtype=pl.String)).is_empty()


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
    _, members = members_of(pairs_of([0, 0], [0, 1]), comments_of(rows), answers_of(rows))
    cells = cells_of(members, comments_of(rows), answers_of(rows))
    assert cells["last_day"].to_list() == [date(2025, 11, 3)]
