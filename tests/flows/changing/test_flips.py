from collections.abc import Callable

import duckdb
import polars as pl

from flows.changing.flips import flips
from flows.warehouse import merge
from models.tables.label import LABEL
from tests.builders import comment_row, label_row

Given = Callable[..., None]
BEFORE = {"sentiment": "m@1", "topic": "m@1", "language": "lingua@2"}
AFTER = {"sentiment": "m@2", "topic": "m@2", "language": "lingua@2"}


def labelled(con: duckdb.DuckDBPyConnection, version: str, *labels: tuple[str, str, str]) -> None:
    """Add chosen labels of a version: (comment, head, label)."""
    inputs = dict(con.execute("SELECT comment_id, input_hash FROM classified.input").fetchall())
    rows = [
        label_row(*label, input_hash=inputs[label[0]], model_version=version) for label in labels
    ]
    merge(con, LABEL, pl.DataFrame(rows, schema=LABEL.schema(), orient="row"))


def test_one_answer_flips_from_one_label_to_another(
    con: duckdb.DuckDBPyConnection, given: Given
) -> None:
    given(comments=[comment_row(c) for c in ("a", "b", "c")])
    labelled(con, "m@1", *((c, "sentiment", "neutral") for c in ("a", "b", "c")))
    labelled(con, "m@2", ("a", "sentiment", "negative"), ("b", "sentiment", "neutral"))
    found = flips(con, BEFORE, AFTER, 1)
    # Nobody else has read c: it is not compared.
    assert found.totals.rows() == [("sentiment", 2, 1, 0.5)]
    assert found.pairs.rows() == [("sentiment", "neutral", "negative", True, 1)]
    assert found.examples.select("comment_id", "text").rows() == [("a", "text of a")]


def test_of_several_labels_each_comes_or_goes_by_itself(
    con: duckdb.DuckDBPyConnection, given: Given
) -> None:
    given(comments=[comment_row("a")])
    labelled(con, "m@1", ("a", "topic", "cloud"), ("a", "topic", "cost"))
    labelled(con, "m@2", ("a", "topic", "cost"), ("a", "topic", "people"))
    assert flips(con, BEFORE, AFTER, 1).pairs.rows() == [
        ("topic", "cloud", None, True, 1),
        ("topic", None, "people", True, 1),
    ]


def test_changes_to_few_people_become_one_row_without_labels_or_examples(
    con: duckdb.DuckDBPyConnection, given: Given
) -> None:
    given(comments=[comment_row(c, author_key="the same") for c in ("a", "b")])
    labelled(con, "m@1", ("a", "sentiment", "neutral"), ("b", "sentiment", "positive"))
    labelled(con, "m@2", ("a", "sentiment", "negative"), ("b", "sentiment", "negative"))
    found = flips(con, BEFORE, AFTER, 2)
    assert found.pairs.rows() == [("sentiment", None, None, False, 2)]
    assert found.examples.is_empty()


def test_an_answer_to_a_wording_that_has_changed_is_not_compared(
    con: duckdb.DuckDBPyConnection, given: Given
) -> None:
    given(comments=[comment_row("a")])
    labelled(con, "m@1", ("a", "sentiment", "neutral"))
    labelled(con, "m@2", ("a", "sentiment", "negative"))
    con.execute("UPDATE clean.comment SET text_hash = 'edited'")
    assert flips(con, BEFORE, AFTER, 1).totals.is_empty()


def test_own_answers_are_no_flips(con: duckdb.DuckDBPyConnection, given: Given) -> None:
    given(comments=[comment_row("a", is_owner=True)])
    labelled(con, "m@1", ("a", "sentiment", "neutral"))
    labelled(con, "m@2", ("a", "sentiment", "negative"))
    assert flips(con, BEFORE, AFTER, 1).totals.is_empty()
