"""Which landing files may still hold comments that a model has not labelled.

A day's comments must not cost more to find the more there are already: of files whose comments are
all labelled none is looked at again.
"""

from collections.abc import Collection, Iterable

import duckdb
import polars as pl

from flows.warehouse import carry_out, merge
from models.contract import quoted
from models.tables.labelled_file import LABELLED_FILE

MOST_NAMED = 500
"""Files that a query names: with more, as at the first run, it may as well read all comments."""

WAITING = """
    SELECT asked.model_version, landed_file, refined.received_at_utc
    FROM (SELECT DISTINCT landed_file FROM clean.comment) AS read
    CROSS JOIN (SELECT unnest($versions) AS model_version) AS asked
    ANTI JOIN ops.labelled_file AS labelled USING (landed_file, model_version)
    LEFT JOIN ops.refined_file AS refined USING (landed_file)
    ORDER BY ALL
"""
"""When each was received, too; null where no file was read. The names are told apart before they
are compared: in a column of few names DuckDB does so without looking at each row's."""


def waiting_files(
    connection: duckdb.DuckDBPyConnection, versions: Iterable[str]
) -> dict[str, dict[str, object]]:
    """By version, the files that comments were read from of which it may not have labelled all.

    With the moment at which each was received, UTC; None for what `refine` has not read.
    """
    found: dict[str, dict[str, object]] = {version: {} for version in versions}
    for version, name, received in connection.execute(
        WAITING, {"versions": list(found)}
    ).fetchall():
        found[version][name] = received
    return found


def is_of(files: dict[str, object]) -> str:
    """A condition for rows with `landed_file` and `last_seen_at_utc`: true for those of `files`.

    It may be true of others, too. Names stand in so many words, and not as a join: only so DuckDB
    tells rows apart where they are stored. A comment was last seen in its file, or later; so most
    of those that came before need not even be looked at.
    """
    if len(files) > MOST_NAMED:
        return "true"
    if not files:
        return "false"
    names = f"landed_file IN ({', '.join(map(quoted, files))})"
    if None in files.values():
        return names
    return f"{names} AND last_seen_at_utc >= TIMESTAMP '{min(map(str, files.values()))}'"


def mark_labelled(connection: duckdb.DuckDBPyConnection, version: str) -> None:
    """Note that `version` has labelled every comment of the files that wait for it.

    What came into the tables in another way than by `refine` has no reading that would take the
    note away again, and none is made of it.
    """
    files = waiting_files(connection, [version])[version]
    rows = [(name, version) for name, received in files.items() if received is not None]
    merge(
        connection, LABELLED_FILE, pl.DataFrame(rows, schema=LABELLED_FILE.schema(), orient="row")
    )


def look_again(connection: duckdb.DuckDBPyConnection, files: pl.Series) -> None:
    """Have the comments of the landing files `files` looked at again."""
    carry_out(
        connection,
        "DELETE FROM ops.labelled_file WHERE landed_file IN (SELECT landed_file FROM wanted)",
        pl.DataFrame({"landed_file": files.unique()}),
    )


def forget_labelled(
    connection: duckdb.DuckDBPyConnection, posts: Collection[str], first: int | None
) -> None:
    """Have the comments of `posts`, whose words have changed, looked at again.

    None of them stands before the row `first`; there is none if that is None.
    """
    if posts and first is not None:
        carry_out(
            connection,
            "DELETE FROM ops.labelled_file WHERE landed_file IN (SELECT DISTINCT landed_file "
            f"FROM (FROM clean.comment WHERE rowid >= {first}) SEMI JOIN wanted USING (post_id))",
            pl.DataFrame({"post_id": list(posts)}, schema={"post_id": pl.String}),
        )
