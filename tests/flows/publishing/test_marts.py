from collections.abc import Callable

import duckdb
import numpy as np
import polars as pl

from flows.publishing.marts import vectors_of, with_texts
from tests.builders import comment_row, post_row

NEW, OLD = "new-model", "old-model"


def test_texts_are_put_to_comments_in_their_order(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        posts=[post_row("p1", title="Cloud")],
        comments=[
            comment_row("a", text="first", post_id="p1", permalink="https://a"),
            comment_row("b", text="second", post_id=None),
        ],
    )
    rows = with_texts(con, pl.DataFrame({"comment_id": ["b", "a"], "kept": [1, 2]}))
    assert rows.to_dicts() == [
        {"comment_id": "b", "kept": 1, "post_title": None, "text": "second", "permalink": None},
        {
            "comment_id": "a",
            "kept": 2,
            "post_title": "Cloud",
            "text": "first",
            "permalink": "https://a",
        },
    ]


def embedded(con: duckdb.DuckDBPyConnection, *rows: tuple[str, str, list[int]]) -> None:
    con.execute("INSERT INTO ops.current_model VALUES ('intent', ?)", [NEW])
    for row in rows:
        con.execute("INSERT INTO classified.embedding VALUES (?, ?, ?)", row)


def test_vectors_are_those_of_the_current_model_in_the_order_of_the_candidates(
    con: duckdb.DuckDBPyConnection,
) -> None:
    embedded(con, ("x", NEW, [3, 4]), ("y", NEW, [0, -9]), ("y", OLD, [1, 1]), ("z", NEW, [1, 0]))
    candidates = pl.DataFrame({"input_hash": ["y", "without", "x", "y"]})
    vectors = vectors_of(con, candidates)
    assert vectors is not None
    assert np.allclose(vectors, [[0, -1], [0, 0], [0.6, 0.8], [0, -1]])


def test_a_model_without_embeddings_gives_no_vectors(con: duckdb.DuckDBPyConnection) -> None:
    embedded(con, ("x", OLD, [3, 4]))
    assert vectors_of(con, pl.DataFrame({"input_hash": ["x"]})) is None
