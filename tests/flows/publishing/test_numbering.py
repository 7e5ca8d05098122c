"""Comments as numbers: no two are one, they stand author by author, and nothing is left behind."""

from collections.abc import Callable

import duckdb
import pytest

from flows.publishing.hearing import hear, options_of
from flows.publishing.numbering import LEFT_BEHIND, NUMBERED, SIGNATURE, numbered_comments, placed
from tests.builders import comment_row
from transforms.statements import Shares

TEMPORARY = "SELECT table_name FROM duckdb_tables() WHERE temporary"


@pytest.fixture
def asked(con: duckdb.DuckDBPyConnection, given: Callable[..., None]) -> duckdb.DuckDBPyConnection:
    """Five comments, two of them by one author, whose ids do not stand side by side."""
    rows = [comment_row(name) for name in "bcd"]
    rows += [comment_row(name, author_key="the same") for name in "ae"]
    given(comments=rows, labels=[("a", "topic", "cloud", 0.9)])
    return con


def test_no_two_comments_are_taken_for_one(
    asked: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_at_first = "if(getvariable('turn') = 0, 7, hash(dated.comment_id))"
    numbered = NUMBERED.replace(SIGNATURE.format("dated.comment_id"), same_at_first)
    monkeypatch.setattr("flows.publishing.numbering.NUMBERED", numbered)
    with numbered_comments(asked):
        found = asked.execute("SELECT count(DISTINCT signature), getvariable('turn') FROM numbered")
        assert found.fetchall() == [(5, 1)]


def test_the_comments_of_an_author_stand_side_by_side(asked: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT comment, comment_id FROM numbered"
    with numbered_comments(asked) as comments:
        rows = placed(asked, query, comments)
    place = {name: number for number, name in rows.rows()}
    assert abs(place["a"] - place["e"]) == 1
    assert comments.author[place["a"]] == comments.author[place["e"]]
    assert comments.author.tolist() == sorted(comments.author)


def test_nothing_is_left_behind(asked: duckdb.DuckDBPyConnection) -> None:
    with numbered_comments(asked) as comments:
        topics = [Shares("topic", many=True)]
        hear(asked, comments, options_of(asked, topics), topics, {})
        assert asked.execute(TEMPORARY).fetchall()
    assert asked.execute(TEMPORARY).fetchall() == []
    assert len(set(LEFT_BEHIND)) == len(LEFT_BEHIND)
