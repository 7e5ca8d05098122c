from collections.abc import Callable
from datetime import date

import duckdb

from models.contract import Table
from tests.builders import Row, comment_row
from tests.share_marts import POST_SENTIMENT, facts_of, marts_of, with_texts
from transforms.derived import MartRules
from transforms.listing import quote_id
from transforms.marts.evidence import TABLE, build


def quotable(con: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    rows = con.execute("FROM classified.quotable").pl().to_dicts()
    return {row["comment_id"]: row for row in rows}


def test_only_comments_of_the_audience_that_were_read_may_be_shown(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        comments=[comment_row("a"), comment_row("unread"), comment_row("own", is_owner=True)],
        labels=[("a", "sentiment", "negative"), ("own", "sentiment", "negative")],
    )
    assert set(quotable(con)) == {"a"}


def test_topics_are_told_the_surest_first(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        comments=[comment_row("a"), comment_row("b")],
        labels=[
            ("a", "sentiment", "negative", 0.9),
            ("b", "sentiment", "negative"),
            ("a", "topic", "cost", 0.6),
            ("a", "topic", "cloud", 0.9),
        ],
    )
    rows = quotable(con)
    assert rows["a"]["topics"] == ["cloud", "cost"]
    assert rows["b"]["topics"] == []
    assert rows["a"]["typicality"] == 0.9


def test_whose_words_are_beyond_their_retention_still_counts_and_has_none(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    labels = [(name, "sentiment", "negative") for name in ("a", "b")]
    given(comments=[comment_row("a"), comment_row("b")], labels=labels)
    con.execute(
        "UPDATE clean.comment SET text = '', forgotten_input = "
        "(SELECT input_hash FROM classified.input WHERE comment_id = 'a') WHERE comment_id = 'a'"
    )
    assert {name: row["has_words"] for name, row in quotable(con).items()} == {
        "a": False,
        "b": True,
    }


def test_a_row_is_named_alike_in_the_warehouse_and_where_people_are_erased(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(comments=[comment_row("blog:ä")], labels=[("blog:ä", "sentiment", "negative")])
    assert quotable(con)["blog:ä"]["quote_id"] == quote_id("blog:ä")


def test_a_post_that_is_shown_has_comments_and_one_that_is_hidden_has_none(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    ids = [f"c{n}" for n in range(60)]
    given(comments=[comment_row(i) for i in ids], labels=[(i, "sentiment", "neutral") for i in ids])
    comments = con.execute("FROM classified.quotable").pl()
    facts = facts_of([(i, "p1", "blog", date(2025, 11, 3), []) for i in ids])
    shown: dict[Table, object] = {POST_SENTIMENT: marts_of(facts)[POST_SENTIMENT]}
    rows = build(shown, comments, with_texts, MartRules(smallest_cell=5))  # type: ignore[arg-type]
    assert rows.columns == TABLE.column_names
    assert rows["post_id"].unique().to_list() == ["p1"]
    assert (rows["week"].null_count(), rows["month"].null_count()) == (rows.height, rows.height)
    few = marts_of(facts)[POST_SENTIMENT].with_columns(hidden_reason=None).clear()
    assert build({POST_SENTIMENT: few}, comments, with_texts, MartRules()).is_empty()
