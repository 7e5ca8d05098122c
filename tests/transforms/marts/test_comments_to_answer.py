from collections.abc import Callable
from datetime import datetime

import pytest

from tests.builders import Row, comment_row

Mart = Callable[[str], list[Row]]

LATER = datetime(2025, 11, 4, 9)
NEEDS_REPLY = [("needs_reply", "yes"), ("intent", "question"), ("sentiment", "neutral")]


def asks(*names: str) -> list[tuple[object, ...]]:
    return [(name, head, label) for name in names for head, label in NEEDS_REPLY]


def ids(rows: list[Row]) -> list[object]:
    return [row["comment_id"] for row in rows]


def test_what_needs_a_reply_is_listed_with_its_reason(
    given: Callable[..., None], mart: Mart
) -> None:
    given(
        comments=[comment_row("c1"), comment_row("c2")],
        labels=[*asks("c1"), ("c2", "needs_reply", "yes", 0.2), ("c2", "sentiment", "neutral")],
    )
    (row,) = mart("comments_to_answer")
    assert (row["comment_id"], row["reason"], row["rank"]) == ("c1", "question", 1)


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
    given: Callable[..., None], mart: Mart, answer: Row, is_answered: bool
) -> None:
    reply = comment_row("own", **({"is_owner": True, "created_at_utc": LATER} | answer))
    given(comments=[comment_row("c1"), reply], labels=asks("c1"))
    assert ids(mart("comments_to_answer")) == ([] if is_answered else ["c1"])


def test_an_own_answer_before_the_question_does_not_answer_it(
    given: Callable[..., None], mart: Mart
) -> None:
    early = comment_row("own", is_owner=True, root_id="c1", reply_semantics="two_level")
    question = comment_row("c1", created_at_utc=LATER, reply_semantics="two_level")
    given(comments=[early, question], labels=asks("c1"))
    assert ids(mart("comments_to_answer")) == ["c1"]


def test_own_questions_and_spam_are_not_listed(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[comment_row("c1", is_owner=True), comment_row("c2", status="spam")],
        labels=asks("c1", "c2"),
    )
    assert mart("comments_to_answer") == []


def test_the_surest_comes_first_then_the_most_liked(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[
            comment_row("c1", like_count=1),
            comment_row("c2", like_count=7),
            comment_row("c3"),
        ],
        labels=[
            ("c1", "needs_reply", "yes", 0.8),
            ("c2", "needs_reply", "yes", 0.8),
            ("c3", "needs_reply", "yes", 0.9),
        ],
    )
    assert ids(mart("comments_to_answer")) == ["c3", "c2", "c1"]


def test_a_model_without_the_head_leaves_the_question_mark(
    given: Callable[..., None], mart: Mart
) -> None:
    given(
        comments=[comment_row("c1", text="Was kostet das?"), comment_row("c2", text="Top.")],
        labels=[("c1", "sentiment", "neutral"), ("c2", "sentiment", "positive")],
    )
    (row,) = mart("comments_to_answer")
    assert (row["comment_id"], row["reason"]) == ("c1", "question mark")
