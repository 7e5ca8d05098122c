"""What is known of each comment that a head has answered."""

from collections.abc import Callable

import duckdb
import numpy as np
import pytest

from flows.publishing.hearing import hear
from flows.publishing.numbering import numbered_comments
from tests.builders import comment_row
from transforms.estimates.members import Comments
from transforms.statements import Shares


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


def places_of(connection: duckdb.DuckDBPyConnection, comments: Comments) -> dict[str, int]:
    numbers = connection.execute("SELECT comment_id, comment FROM numbered").fetchall()
    return {name: int(comments.place[number]) for name, number in numbers}


def test_comments_are_heard_once_whatever_they_were_asked(
    asked: duckdb.DuckDBPyConnection,
) -> None:
    with numbered_comments(asked) as comments:
        answers = hear(asked, comments, Shares("topic", many=True, with_none=True))
        place = places_of(asked, comments)
    assert answers.labels == ("cloud", "devices")
    assert {name: bool(answers.is_given[place[name]]) for name in "abc"} == {
        "a": True,
        "b": True,
        "c": False,
    }


def test_what_the_model_rules_out_is_left_out(asked: duckdb.DuckDBPyConnection) -> None:
    with numbered_comments(asked) as comments:
        answers = hear(asked, comments, Shares("topic", many=True, with_none=True))
        place = places_of(asked, comments)
    said = answers.said.of(np.array([place[name] for name in "abc"]))
    none = 2
    assert sorted(zip(said.place, said.question, said.code, said.chosen, strict=True)) == [
        (0, 0, 18, 1),
        (0, 1, 16, 1),
        (0, none, 0, 0),
        (1, 0, 2, 0),
        (1, none, 18, 1),
    ]


def test_having_no_label_is_no_question_unless_it_is_asked(
    asked: duckdb.DuckDBPyConnection,
) -> None:
    with numbered_comments(asked) as comments:
        answers = hear(asked, comments, Shares("topic", many=True))
    assert set(answers.said.of(np.arange(3)).question) == {0, 1}
