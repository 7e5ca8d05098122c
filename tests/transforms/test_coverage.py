from collections.abc import Callable

import duckdb
import polars as pl
import pytest

from flows.warehouse import frame
from tests.builders import comment_row, post_row
from transforms.coverage import COUNTS, COVERAGE, counts_hidden, counts_told, is_hidden
from transforms.small_cells import hide_small_cells

COUNTED = "SELECT * EXCLUDE (comment_id) FROM classified.counted"


@pytest.fixture
def coverage(con: duckdb.DuckDBPyConnection, given: Callable[..., None]) -> pl.DataFrame:
    """Three comments of two people, of which one is not read, an own answer, and a spam."""
    given(
        posts=[post_row("p1"), post_row("quiet")],
        comments=[
            comment_row("c1", author_key="a"),
            comment_row("c2", author_key="a"),
            comment_row("c3", author_key="b"),
            comment_row("c4", is_owner=True),
            comment_row("c5", status="spam"),
        ],
        labels=[("c1", "sentiment", "negative"), ("c2", "sentiment", "neutral")],
    )
    return COVERAGE.table.require(frame(con, COVERAGE.query))


def test_what_came_in_is_counted_and_nothing_is_left_out_in_silence(coverage: pl.DataFrame) -> None:
    assert counts_told(coverage) == {
        "posts": 2,
        "comments": 5,
        "audience_comments": 3,
        "own_answers": 1,
        "left_out": 1,
        "rejected_records": 0,
        "unlabelled": 1,
    }
    assert counts_hidden(coverage) == {}


def test_what_tells_of_too_few_people_is_left_out_and_says_why(
    con: duckdb.DuckDBPyConnection, coverage: pl.DataFrame
) -> None:
    facts = frame(con, COUNTED)
    hidden = hide_small_cells({COVERAGE.table: coverage}, facts, 3)[COVERAGE.table]
    told, why = counts_told(hidden), counts_hidden(hidden)
    assert set(told) == {"posts", "own_answers", "left_out", "rejected_records"}
    # With all comments, own answers and what is left out, the rest would be told.
    assert set(why) == {"comments", "audience_comments", "unlabelled"} == set(COUNTS) - set(told)
    assert set(why.values()) == {"fewer than 3 authors"}
    assert is_hidden({"counts": told, "hidden_counts": why})


def test_manifests_of_earlier_versions_hide_nothing() -> None:
    assert not is_hidden({"counts": {"audience_comments": 3}})
    assert not is_hidden({})
