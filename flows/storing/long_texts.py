"""Long texts of X's archive, told as a post and as an answer, settled to be the one that they are.

The archive has the whole of a long post or answer in a file of its own that does not say which of
the two it is (`flows.sources.x_archive`), so both are told, under one id. Which of them met its
record from `tweets.js` has the address of that; then the other one goes.
"""

import duckdb

from flows.reading.x_objects import NOTE, PLATFORM
from flows.storing.leaving import forget_wordings
from flows.warehouse import frame
from transforms.canonical import Origin
from transforms.merge import FIRST

SOURCE = "x_archive/"
"""How landed files of the archive are called: no others tell long texts."""

NOTES = f"platform = '{PLATFORM}' AND starts_with({{id}}, '{PLATFORM}:{NOTE}')"

MET = """
    SELECT {key} AS id FROM {table} WHERE {notes} AND {address} IS NOT NULL
    UNION
    SELECT alias_id FROM ops.alias AS alias
    JOIN {table} ON {key} = alias.id
    WHERE alias.kind = '{kind}' AND starts_with(alias_id, '{prefix}') AND {address} IS NOT NULL
"""
"""Long texts that met a record, under whichever id that is kept."""

KINDS = {
    "post": ("clean.post", "post_id", "url"),
    "comment": ("clean.comment", "comment_id", "permalink"),
}
"""Kind -> its table, its id, and the address that only records of `tweets.js` have."""


def settle_long_texts(connection: duckdb.DuckDBPyConnection, origin: Origin) -> None:
    """Drop the post that a long text is not, or the comment, once its record is known."""
    if not origin.landed_file.startswith(SOURCE):
        return
    drop(connection, "comment", met_as="post")
    drop(connection, "post", met_as="comment")


def drop(connection: duckdb.DuckDBPyConnection, kind: str, met_as: str) -> None:
    """Drop the `kind` that a long text was told as, where it is known as the other one."""
    table, key, address = KINDS[kind]
    other, its_key, its_address = KINDS[met_as]
    met = MET.format(
        table=other,
        key=its_key,
        address=its_address,
        kind=met_as,
        notes=NOTES.format(id=its_key),
        prefix=f"{PLATFORM}:{NOTE}",
    )
    lone = f"{NOTES.format(id=key)} AND {address} IS NULL AND {key} IN ({met})"
    dropped = frame(connection, f"SELECT {key}, {FIRST} FROM {table} WHERE {lone}")
    connection.execute(f"DELETE FROM {table} WHERE {lone}")
    if kind == "comment":
        forget_wordings(connection, dropped)
