from collections.abc import Callable

import duckdb

from flows.publishing.sharing import SHARED, shared_views
from tests.builders import comment_row

DEFINED = "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL"

LEFT = "SELECT table_name FROM duckdb_tables() WHERE temporary"


def rows_of(con: duckdb.DuckDBPyConnection, name: str) -> list[tuple[object, ...]]:
    # The file that a comment came in is not shared: no mart reads it.
    columns = "COLUMNS(name -> name <> 'landed_file')"
    return con.execute(f"SELECT {columns} FROM classified.{name} ORDER BY ALL").fetchall()


def test_shared_views_answer_the_same_and_are_as_before_at_the_end(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(comments=[comment_row("a"), comment_row("b")], labels=[("a", "sentiment", "positive")])
    views = [*SHARED, "said", "current_label", "audience", "counted"]
    before, defined = [rows_of(con, name) for name in views], con.execute(DEFINED).fetchall()
    with shared_views(con):
        assert [rows_of(con, name) for name in views] == before
        assert con.execute(DEFINED).fetchall() != defined
        con.execute("DELETE FROM clean.comment")
        assert rows_of(con, "dated") == before[0]  # computed once, not anew
    assert con.execute(DEFINED).fetchall() == defined
    assert rows_of(con, "dated") == []
    assert con.execute(LEFT).fetchall() == []
