from collections.abc import Callable
from datetime import datetime

import duckdb
import pytest

from tests.builders import Row, comment_row

LATER = datetime(2025, 11, 4, 9)
NEEDS_REPLY = [("needs_reply", "yes"), ("intent", "question"), ("sentiment", "neutral")]


def asks(*names: str) -> list[tuple[object, ...]]:
    return [(name, head, label) for name in names for head, label in NEEDS_REPLY]


def ids(rows: list[Row]) -> list[object]:
    return [row["comment_id"] for row in rows]


def empty(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Take a comment's words away, as `retention` does."""
    con.execute(
        "UPDATE clean.comment SET text = '', forgotten_input = "
        "(SELECT input_hash FROM classified.input WHERE comment_id = $name) "
        "WHERE comment_id = $name",
        {"name": name},
    )


def rows(con: duckdb.DuckDBPyConnection) -> list[Row]:
    return con.execute("FROM classified.open_comment ORDER BY comment_id").pl().to_dicts()


def test_what_needs_a_reply_is_listed_with_what_it_asks_for(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        comments=[comment_row("c1"), comment_row("c2")],
        labels=[*asks("c1"), ("c2", "needs_reply", "yes", 0.2), ("c2", "sentiment", "neutral")],
    )
    (row,) = rows(con)
    assert (row["comment_id"], row["asks"], row["needs_reply"]) == ("c1", "question", True)


def test_a_question_that_needs_no_reply_is_listed_too(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    labels = [("c1", "needs_reply", "yes", 0.2), ("c1", "intent", "question")]
    given(comments=[comment_row("c1")], labels=labels)
    (row,) = rows(con)
    assert (row["needs_reply"], row["reply_score"]) == (False, 0.2)


def test_waiting_is_counted_to_the_last_day_with_comments(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    moment = datetime(2025, 11, 10, 9)
    later = comment_row("c2", created_at_utc=moment, last_seen_at_utc=moment)
    given(comments=[comment_row("c1"), later], labels=asks("c1", "c2"))
    assert [row["waiting_days"] for row in rows(con)] == [7, 0]


def test_nobody_waits_for_a_day_that_has_not_come(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    seen = datetime(2025, 11, 5, 23, 30)  # the 6th in Berlin
    mistyped = comment_row("c2", created_at_utc=datetime(2052, 11, 5), last_seen_at_utc=seen)
    given(comments=[comment_row("c1"), mistyped], labels=asks("c1", "c2"))
    assert [row["waiting_days"] for row in rows(con)] == [3, 0]


@pytest.mark.parametrize(
    ("answer", "is_answered"),
    [
        pytest.param({"parent_id": "c1"}, True, id="an own answer to it"),
        pytest.param({"parent_id": "c1", "is_owner": False}, False, id="somebody else's answer"),
        pytest.param({"parent_id": "c9"}, False, id="an own answer to another comment"),
        pytest.param(
            {"root_id": "c1", "reply_semantics": "two_level"}, True, id="later in a flat thread"
        ),
        pytest.param({"root_id": "c1"}, False, id="elsewhere in a tree"),
    ],
)
def test_what_the_owner_answered_is_not_listed(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None], answer: Row, is_answered: bool
) -> None:
    reply = comment_row("own", **({"is_owner": True, "created_at_utc": LATER} | answer))
    given(comments=[comment_row("c1"), reply], labels=asks("c1"))
    assert ids(rows(con)) == ([] if is_answered else ["c1"])


@pytest.mark.parametrize(
    "gone",
    [{"status": status} for status in ("trash", "hidden", "pending", "spam")]
    + [{"gone_at_utc": LATER}],
)
def test_an_answer_that_nobody_can_read_neither_answers_nor_counts(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None], gone: Row
) -> None:
    own, other = (
        comment_row(name, **({"is_owner": name == "own", "parent_id": "c1"} | gone))
        for name in ("own", "other")
    )
    given(comments=[comment_row("c1"), own, other], labels=asks("c1"))
    (row,) = rows(con)
    assert (row["comment_id"], row["reply_count"]) == ("c1", 0)


def test_an_own_answer_before_the_question_does_not_answer_it(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    early = comment_row("own", is_owner=True, root_id="c1", reply_semantics="two_level")
    question = comment_row("c1", created_at_utc=LATER, reply_semantics="two_level")
    given(comments=[early, question], labels=asks("c1"))
    assert ids(rows(con)) == ["c1"]


def test_own_questions_and_spam_are_not_listed(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        comments=[comment_row("c1", is_owner=True), comment_row("c2", status="spam")],
        labels=asks("c1", "c2"),
    )
    assert rows(con) == []


def test_a_model_without_the_head_leaves_the_question_mark(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        comments=[comment_row("c1", text="Was kostet das?"), comment_row("c2", text="Top.")],
        labels=[("c1", "sentiment", "neutral"), ("c2", "sentiment", "positive")],
    )
    (row,) = rows(con)
    assert (row["comment_id"], row["asks"]) == ("c1", "question mark")


def test_whose_words_are_beyond_their_retention_is_answered_no_more(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(comments=[comment_row("c1"), comment_row("c2")], labels=asks("c1", "c2"))
    empty(con, "c1")
    assert ids(rows(con)) == ["c2"]
