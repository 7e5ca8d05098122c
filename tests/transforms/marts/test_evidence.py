from collections.abc import Callable

import duckdb
import pytest

from tests.builders import Row, comment_row

Mart = Callable[[str], list[Row]]


@pytest.fixture(autouse=True)
def _three_are_enough(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("SET VARIABLE smallest_cell = 3")


def crowd(*names: str, **fields: object) -> list[Row]:
    return [comment_row(name, **fields) for name in names]


def felt(label: str, *names: str) -> list[tuple[object, ...]]:
    return [(name, "sentiment", label) for name in names]


def ids(rows: list[Row]) -> list[object]:
    return [row["comment_id"] for row in rows]


def test_what_enough_people_said_alike_is_shown(given: Callable[..., None], mart: Mart) -> None:
    given(comments=crowd("a", "b", "c"), labels=felt("negative", "a", "b", "c"))
    assert ids(mart("evidence")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("comments", "labels"),
    [
        pytest.param(
            crowd("a", "b", "c"),
            [*felt("negative", "a", "b"), *felt("positive", "c")],
            id="too few felt the same",
        ),
        pytest.param(
            [*crowd("a", "b"), *crowd("c", post_id="p2")],
            felt("negative", "a", "b", "c"),
            id="too few at the same post",
        ),
        pytest.param(
            crowd("a", "b", "c", author_key="one"),
            felt("negative", "a", "b", "c"),
            id="three times the same person",
        ),
        pytest.param(
            crowd("a", "b", "c", is_owner=True), felt("negative", "a", "b", "c"), id="own answers"
        ),
    ],
)
def test_what_too_few_people_said_is_not_shown(
    given: Callable[..., None],
    mart: Mart,
    comments: list[Row],
    labels: list[tuple[object, ...]],
) -> None:
    given(comments=comments, labels=labels)
    assert mart("evidence") == []


def test_without_a_rule_nothing_is_shown(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None], mart: Mart
) -> None:
    con.execute("RESET VARIABLE smallest_cell")
    given(comments=crowd("a", "b", "c"), labels=felt("negative", "a", "b", "c"))
    assert mart("evidence") == []


def test_topics_are_told_the_surest_first(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=crowd("a", "b", "c"),
        labels=[
            *felt("negative", "a", "b", "c"),
            ("a", "topic", "cost", 0.6),
            ("a", "topic", "cloud", 0.9),
        ],
    )
    rows = {row["comment_id"]: row for row in mart("evidence")}
    assert rows["a"]["topics"] == ["cloud", "cost"]
    assert rows["b"]["topics"] == []
    assert rows["a"]["typicality"] == pytest.approx(0.9 * 0.9)
