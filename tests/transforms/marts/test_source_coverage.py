from collections.abc import Callable
from datetime import date, datetime

import duckdb
import polars as pl

from flows.warehouse import merge
from models.tables.refined_file import REFINED_FILE
from tests.builders import Row, comment_row, post_row
from transforms.marts import all_marts
from transforms.small_cells import few_authors, hide_small_cells

Mart = Callable[[str], list[Row]]
Given = Callable[..., None]


def test_each_source_is_compared_with_what_is_here_on_its_own_posts(
    given: Given, mart: Mart
) -> None:
    given(
        posts=[
            post_row("a", reported_comment_count=5, landed_file="isso_api/1"),
            post_row("b", reported_comment_count=1, landed_file="isso_api/2"),
            post_row("c", landed_file="isso_api/2"),
            post_row("d", reported_comment_count=3, landed_file="wordpress_api/1"),
        ],
        comments=[
            comment_row("c1", post_id="a", landed_file="isso_api/1"),
            comment_row("c2", post_id="b", landed_file="table_file/1", author_key="x"),
            comment_row("c3", post_id="b", landed_file="isso_api/1", author_key="x"),
            comment_row("c4", post_id="d", status="spam", landed_file="wordpress_api/1"),
        ],
    )
    isso, wordpress = mart("source_coverage")
    assert (isso["source"], isso["channel"]) == ("isso_api", "blog")
    assert (isso["post_count"], isso["reporting_post_count"]) == (3, 2)
    assert (isso["reported_comment_count"], isso["loaded_comment_count"]) == (6, 3)
    assert (isso["missing_count"], isso["whole_post_count"], isso["author_count"]) == (4, 1, 2)
    assert wordpress["source"] == "wordpress_api"
    assert (wordpress["missing_count"], wordpress["loaded_comment_count"]) == (3, 0)
    assert (wordpress["whole_post_count"], wordpress["author_count"]) == (0, 0)


def test_a_source_that_counts_no_comments_has_no_gap(given: Given, mart: Mart) -> None:
    given(posts=[post_row(landed_file="slack_export/1")], comments=[comment_row()])
    (row,) = mart("source_coverage")
    compared = ("reported_comment_count", "missing_count", "whole_post_count")
    assert [row[name] for name in compared] == [None] * 3
    assert (row["post_count"], row["loaded_comment_count"]) == (1, 1)


def test_comments_on_posts_that_nobody_told_stand_with_their_own_source(
    given: Given, mart: Mart
) -> None:
    given(
        comments=[
            comment_row("c1", post_id=None, channel="x", landed_file="x_answers/1"),
            comment_row("c2", channel="x", landed_file="x_answers/1"),
        ]
    )
    (row,) = mart("source_coverage")
    assert (row["source"], row["channel"], row["post_count"]) == ("x_answers", "x", 0)
    assert (row["loaded_comment_count"], row["reported_comment_count"]) == (2, None)


def test_a_file_belongs_to_the_source_that_has_read_it(
    given: Given, mart: Mart, con: duckdb.DuckDBPyConnection
) -> None:
    file = {
        "landed_file": "unrecognised/1",
        "source": "remark42_export",
        "reading": "",
        "received_at_utc": datetime(2025, 11, 5),
        "post_count": 0,
        "comment_count": 1,
        "rejected_count": 0,
    }
    merge(con, REFINED_FILE, pl.DataFrame([file], schema=REFINED_FILE.schema()))
    given(comments=[comment_row(landed_file="unrecognised/1")])
    (row,) = mart("source_coverage")
    assert row["source"] == "remark42_export"


def test_what_was_received_last_is_told_by_day(given: Given, mart: Mart) -> None:
    late = datetime(2025, 11, 9, 23, 30)
    given(posts=[post_row()], comments=[comment_row(last_seen_at_utc=late)])
    (row,) = mart("source_coverage")
    assert row["last_seen_day"] == date(2025, 11, 10)
    assert row["last_comment_seen_day"] == date(2025, 11, 10)


def test_a_list_of_posts_does_not_say_that_their_comments_were_received(
    given: Given, mart: Mart
) -> None:
    listed = datetime(2025, 11, 20)
    posts = [post_row(last_seen_at_utc=listed), post_row("x", channel="x", last_seen_at_utc=listed)]
    given(posts=posts, comments=[comment_row(last_seen_at_utc=datetime(2025, 11, 9))])
    rows = {row["channel"]: row for row in mart("source_coverage")}
    assert {row["last_seen_day"] for row in rows.values()} == {date(2025, 11, 20)}
    assert rows["blog"]["last_comment_seen_day"] == date(2025, 11, 9)
    assert rows["x"]["last_comment_seen_day"] is None


def test_few_people_on_the_posts_of_a_source_are_not_counted_but_what_it_reports_is(
    given: Given, con: duckdb.DuckDBPyConnection
) -> None:
    given(
        posts=[
            post_row("few", reported_comment_count=9, landed_file="isso_api/1"),
            post_row("many", reported_comment_count=9, landed_file="x_api/1"),
        ],
        comments=[
            *(comment_row(f"f{number}", post_id="few") for number in range(2)),
            *(comment_row(f"m{number}", post_id="many") for number in range(6)),
        ],
    )
    table = all_marts()["source_coverage"].table
    rows = con.execute(all_marts()["source_coverage"].query).pl()
    facts = con.execute("SELECT * EXCLUDE (comment_id) FROM classified.counted").pl()
    marts = {table: rows.with_columns(hidden_reason=pl.lit(None, pl.String))}
    few, many = hide_small_cells(marts, facts, 5)[table].to_dicts()
    assert few["hidden_reason"] == few_authors(5)
    told = ("loaded_comment_count", "missing_count", "whole_post_count", "author_count")
    assert [few[name] for name in told] == [None] * 4
    assert (few["reported_comment_count"], few["post_count"]) == (9, 1)
    assert (many["loaded_comment_count"], many["missing_count"]) == (6, 3)


def test_nothing_is_compared_where_comments_on_a_post_stand_under_several_channels(
    given: Given, mart: Mart
) -> None:
    posts = [("both", "linkedin"), ("blog", "blog"), ("council", "council"), ("else", "linkedin")]
    given(
        posts=[
            post_row(name, channel=channel, reported_comment_count=9, landed_file="isso_api/1")
            for name, channel in posts
            if name != "else"
        ]
        + [
            post_row(
                "else", channel="linkedin", reported_comment_count=9, landed_file="slack_export/1"
            )
        ],
        comments=[
            *(comment_row(f"{name}:1", post_id=name, channel=channel) for name, channel in posts),
            comment_row("both:2", post_id="both", channel="council"),
        ],
    )
    compared = {
        (row["source"], row["channel"]): (row["missing_count"], row["whole_post_count"])
        for row in mart("source_coverage")
    }
    # 9 less what is missing would be all that is loaded on the post, whichever channel it is of.
    assert compared == {
        ("isso_api", "blog"): (8, 0),
        ("isso_api", "council"): (None, None),
        ("isso_api", "linkedin"): (None, None),
        ("slack_export", "linkedin"): (8, 0),
    }
