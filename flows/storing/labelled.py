"""Which landing files may still hold comments that a model has not labelled.

A day's comments must not cost more to find the more there are already: of files whose comments are
all labelled none is looked at again.
"""

from collections.abc import Iterable

import duckdb
import polars as pl

from flows.warehouse import carry_out, merge
from models.contract import quoted
from models.tables.labelled_file import LABELLED_FILE

MOST_NAMED = 500
"""Files that a query names: with more, as at the first run, it may as well read all comments."""

WAITING = """
    SELECT DISTINCT landed_file
    FROM clean.comment
    ANTI JOIN (FROM ops.labelled_file WHERE model_version = ?) AS labelled USING (landed_file)
    ORDER BY landed_file
"""

READ = "SELECT landed_file FROM ops.refined_file"


def waiting_files(connection: duckdb.DuckDBPyConnection, version: str) -> list[str]:
    """The files that comments were read from of which `version` may not have labelled all."""
    return [str(name) for (name,) in connection.execute(WAITING, [version]).fetchall()]


def is_of(files: list[str]) -> str:
    """A condition for rows with a `landed_file`, true for those of `files`, but perhaps of others.

    In so many words, and not as a join: only so DuckDB skips the other rows where they are stored.
    """
    if len(files) > MOST_NAMED:
        return "true"
    return f"landed_file IN ({', '.join(map(quoted, files))})" if files else "false"


def mark_labelled(
    connection: duckdb.DuckDBPyConnection, files: Iterable[str], version: str
) -> None:
    """Note that `version` has labelled every comment of `files`, as far as `refine` read them.

    What came into the tables in another way has no reading that would take the note away again.
    """
    read = {name for (name,) in connection.execute(READ).fetchall()}
    rows = [(name, version) for name in files if name in read]
    merge(
        connection, LABELLED_FILE, pl.DataFrame(rows, schema=LABELLED_FILE.schema(), orient="row")
    )


def forget_labelled(connection: duckdb.DuckDBPyConnection, posts: pl.DataFrame) -> None:
    """Have the comments of `posts` (post_id), whose words have changed, looked at again."""
    if posts.is_empty():
        return
    carry_out(
        connection,
        "DELETE FROM ops.labelled_file WHERE landed_file IN "
        "(SELECT DISTINCT landed_file FROM clean.comment SEMI JOIN wanted USING (post_id))",
        posts,
    )
