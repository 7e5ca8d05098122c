"""What is known of each comment that a head has answered."""

from collections.abc import Callable

import duckdb
import pytest

from flows.publishing.hearing import (
    LEFT_BEHIND,
    NUMBERED,
    SIGNATURE,
    hear,
    numbered_comments,
)
from tests.builders import comment_row
from transforms.statements import Shares

TEMPORARY = "SELECT table_name FROM duckdb_tables() WHERE temporary"


@pytest.fixture
def asked(con: duckdb.DuckDBPyConnection, given: Callable[..., None]) -> duckdb.DuckDBPyConnection:
    """Three comments: one on both topics, one on none, one that nobody has read."""
    given(
        comments=[comment_row(name) for name in "abc"],
        labels=[
            ("a", "topic", "cloud", 0.9),
            ("a", "topic", "devices", 0.8),
            ("b", "topic", "cloud", 0.1),
            ("b", "topic", "devices", 0.0),
        ],
    )
    return con


def test_comments_are_heard_once_whatever_they_were_asked(
    asked: duckdb.DuckDBPyConnection,
) -> None:
    with numbered_comments(asked) as comments:
        answers = hear(asked, comments, Shares("topic", many=True, with_none=True))
        numbers = dict(asked.execute("SELECT comment_id, comment FROM numbered").fetchall())
    assert answers.labels == ("cloud", "devices")
    assert {name: bool(answers.is_given[number]) for name, number in numbers.items()} == {
        "a": True,
        "b": True,
        "c": False,
    }


def test_no_two_comments_are_taken_for_one(
    asked: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_at_first = "if(getvariable('turn') = 0, 7, hash(dated.comment_id))"
    numbered = NUMBERED.replace(SIGNATURE.format("dated.comment_id"), same_at_first)
    monkeypatch.setattr("flows.publishing.hearing.NUMBERED", numbered)
    with numbered_comments(asked):
        found = asked.execute("SELECT count(DISTINCT signature), getvariable('turn') FROM numbered")
        assert found.fetchall() == [(3, 1)]


def test_what_the_model_rules_out_is_left_out(asked: duckdb.DuckDBPyConnection) -> None:
    with numbered_comments(asked) as comments:
        hear(asked, comments, Shares("topic", many=True, with_none=True))
        answers = asked.execute(
            "SELECT comment_id, question, code, chosen FROM answer JOIN numbered USING (comment) "
            "ORDER BY ALL"
        ).fetchall()
    none = 2
    assert answers == [
        ("a", 0, 18, 1),
        ("a", 1, 16, 1),
        ("a", none, 0, 0),
        ("b", 0, 2, 0),
        ("b", none, 18, 1),
    ]


def test_nothing_is_left_behind(asked: duckdb.DuckDBPyConnection) -> None:
    with numbered_comments(asked) as comments:
        hear(asked, comments, Shares("topic", many=True))
        assert asked.execute(TEMPORARY).fetchall()
    assert asked.execute(TEMPORARY).fetchall() == []
    assert len(set(LEFT_BEHIND)) == len(LEFT_BEHIND)
