from collections.abc import Callable

import duckdb
import polars as pl

from flows.publishing.marts import with_texts
from tests.builders import comment_row, post_row

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
