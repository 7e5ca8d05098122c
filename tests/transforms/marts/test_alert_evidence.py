from collections.abc import Callable
from datetime import date

import duckdb
import polars as pl
import pytest

from flows.warehouse import merge
from tests.builders import Row, comment_row
from transforms.listing import quote_id
from transforms.marts.change_weekly import TABLE
from transforms.marts.evidence import TABLE as EVIDENCE

Mart = Callable[[str], list[Row]]

TEXTS = "SELECT comment_id, NULL::VARCHAR AS post_title, text, permalink FROM clean.comment"


@pytest.fixture
def alert(con: duckdb.DuckDBPyConnection, comments: None) -> Callable[..., None]:
    """Put alerts into `mart.change_weekly`; all of all comments is told in `mart.evidence`."""
    con.execute(TABLE.ddl())
    con.execute(EVIDENCE.ddl())
    columns = ", ".join(EVIDENCE.column_names)

    def put(**fields: object) -> None:
        told = f"SELECT {columns} FROM classified.quotable JOIN texts USING (comment_id)"
        merge(con, EVIDENCE, con.execute(f"WITH texts AS ({TEXTS}) {told}").pl())
        row = dict.fromkeys(TABLE.column_names) | {
            "scope": "overall",
            "item": "(all)",
            "week": "2025-W45",
            "week_start": date(2025, 11, 3),
            "head": "sentiment",
            "label": "negative",
            "week_count_before": 4,
            "is_alert": True,
            "is_change_point": False,
            "direction": "up",
        }
        merge(con, TABLE, pl.DataFrame([row | fields], schema=TABLE.schema()))

    return put


@pytest.fixture
def comments(given: Callable[..., None]) -> None:
    """Four negative comments by four people, less and less surely so, and a positive one."""
    given(
        comments=[comment_row(f"c{n}") for n in range(4)]
        + [comment_row("good", channel="x"), comment_row("own", is_owner=True)],
        labels=[(f"c{n}", "sentiment", "negative", 0.9 - n / 10) for n in range(4)]
        + [("good", "sentiment", "positive"), ("own", "sentiment", "negative")]
        + [("c1", "topic", "cloud")],
    )


def test_an_alert_leads_to_the_comments_whose_label_is_surest(
    alert: Callable[..., None], mart: Mart
) -> None:
    alert()
    rows = mart("alert_evidence")
    assert [row["quote_id"] for row in rows] == [quote_id(f"c{n}") for n in range(4)]
    assert rows[0]["text"] == "text of c0"
    assert (rows[0]["rank"], rows[0]["comment_label"]) == (1, "negative")


def test_of_a_share_that_fell_it_shows_what_is_said_instead(
    alert: Callable[..., None], mart: Mart
) -> None:
    alert(direction="down")
    (row,) = mart("alert_evidence")
    assert (row["quote_id"], row["comment_label"], row["label"]) == (
        quote_id("good"),
        "positive",
        "negative",
    )


def test_of_an_intent_that_fell_each_comment_without_it_comes_once(
    alert: Callable[..., None], mart: Mart, given: Callable[..., None]
) -> None:
    given(
        labels=[
            ("c0", "intent", "question", 0.9),
            ("c0", "intent", "criticism", 0.95),
            ("c1", "intent", "criticism", 0.6),
            ("c1", "intent", "experience", 0.8),
        ]
    )
    alert(head="intent", label="question", direction="down")
    assert [(row["quote_id"], row["comment_label"]) for row in mart("alert_evidence")] == [
        (quote_id("c1"), "experience")
    ]


def test_only_what_evidence_tells_of_a_comment_leads_to_it(
    con: duckdb.DuckDBPyConnection, alert: Callable[..., None], mart: Mart
) -> None:
    alert(scope="channel", item="blog")
    con.execute("UPDATE mart.evidence SET week = NULL WHERE text = 'text of c0'")
    con.execute("UPDATE mart.evidence SET channel = NULL WHERE text = 'text of c1'")
    con.execute("DELETE FROM mart.evidence WHERE text = 'text of c2'")
    assert [row["text"] for row in mart("alert_evidence")] == ["text of c3"]


def test_an_alert_on_a_topics_share_tells_nobodys_topics(
    alert: Callable[..., None], mart: Mart
) -> None:
    alert(head="topic", label="cloud")
    assert mart("alert_evidence") == []


@pytest.mark.parametrize(
    ("scope", "item", "found"),
    [
        ("channel", "blog", {"c0", "c1", "c2", "c3"}),
        ("channel", "x", {"good"}),
        ("topic", "cloud", {"c1"}),
        ("post", "p1", {"c0", "c1", "c2", "c3", "good"}),
        ("post", "p2", set()),
    ],
)
def test_only_comments_of_the_alerts_own_cell_are_behind_it(
    alert: Callable[..., None], mart: Mart, scope: str, item: str, found: set[str]
) -> None:
    alert(scope=scope, item=item, head="volume", label="comments")
    assert {row["quote_id"] for row in mart("alert_evidence")} == set(map(quote_id, found))


def test_what_is_no_alert_or_of_another_week_has_no_evidence(
    alert: Callable[..., None], mart: Mart
) -> None:
    alert(is_alert=False)
    alert(week="2025-W44", label="neutral")
    assert mart("alert_evidence") == []


def test_at_most_five_comments_stand_behind_an_alert(
    given: Callable[..., None], alert: Callable[..., None], mart: Mart
) -> None:
    ids = [f"more{n}" for n in range(9)]
    given(
        comments=[comment_row(i) for i in ids], labels=[(i, "sentiment", "negative") for i in ids]
    )
    alert()
    assert [row["rank"] for row in mart("alert_evidence")] == [1, 2, 3, 4, 5]
