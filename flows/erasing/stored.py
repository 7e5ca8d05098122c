"""A person taken out of the warehouse: rows, words on him in others', and the old bytes."""

from collections import Counter
from datetime import datetime

import duckdb
import polars as pl

from flows.erasing.person import Person
from flows.erasing.traces import Traces
from flows.storing.erased import comment_hash
from flows.storing.taking_out import every_id, take_out
from flows.warehouse import frame, merge
from models.tables.erasure import ERASURE


def stored_comments(connection: duckdb.DuckDBPyConnection, person: Person) -> None:
    """Complete `person` with what the warehouse knows: comments and posts, texts, links, ids."""
    rows = connection.execute(
        "SELECT comment_id, text, permalink FROM clean.comment "
        "WHERE list_contains($keys, author_key) OR list_contains($ids, comment_id)",
        {"keys": list(person.keys), "ids": list(every_id(connection, person.comment_ids))},
    ).fetchall()
    for comment_id, text, permalink in rows:
        person.comment_ids.add(comment_id)
        person.texts.add(text)
        person.permalinks |= {permalink} if permalink else set()
    person.comment_ids = every_id(connection, person.comment_ids)
    for (text,) in connection.execute(
        "SELECT text FROM clean.comment_version WHERE list_contains(?, comment_id)",
        [list(person.comment_ids)],
    ).fetchall():
        person.texts.add(text)
    posts = connection.execute(
        "SELECT post_id, title, text FROM clean.post WHERE list_contains($keys, author_key) "
        "OR list_contains($ids, post_id)",
        {"keys": list(person.keys), "ids": list(person.post_ids)},
    ).fetchall()
    for post_id, title, text in posts:
        person.post_ids.add(post_id)
        person.texts |= {words for words in (title, text) if words}
    person.texts -= shared_texts(connection, person)


def shared_texts(connection: duckdb.DuckDBPyConnection, person: Person) -> set[str]:
    """Texts of the person that others have written, too: they stay where others wrote them."""
    rows = connection.execute(
        "SELECT DISTINCT text FROM clean.comment WHERE list_contains($texts, text) "
        "AND NOT list_contains($ids, comment_id)",
        {"texts": list(person.texts), "ids": list(person.comment_ids)},
    ).fetchall()
    return {text for (text,) in rows}


def erase_stored(
    connection: duckdb.DuckDBPyConnection, person: Person, traces: Traces, key: bytes
) -> Counter[str]:
    """Delete the person's rows from every table, and words on him from others'; counts by table.

    As words of others change, models have to look at every file's comments once more.
    """
    removed = take_out(connection, person.comment_ids, key)
    removed["clean.post"] += blank_posts(connection, person)
    for table, column in text_columns(connection):
        removed[f"{table}, words in others' rows"] += scrub_column(
            connection, table, column, traces
        )
    connection.execute("DELETE FROM ops.labelled_file")  # made anew by the next `classify`
    return +removed


def text_columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Columns of text of all tables, by the table's full name; the ledger of erasures has none."""
    return connection.execute(
        "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() "
        "JOIN duckdb_tables() USING (schema_name, table_name) "
        "WHERE data_type = 'VARCHAR' AND NOT duckdb_tables.temporary "
        "AND (schema_name, table_name) <> ('ops', 'erasure') ORDER BY ALL"
    ).fetchall()


def blank_posts(connection: duckdb.DuckDBPyConnection, person: Person) -> int:
    """Take the words out of the person's posts; they stay as the place of others' comments."""
    row = connection.execute(
        "UPDATE clean.post SET title = NULL, text = NULL, forgotten_wording = NULL, url = NULL, "
        "author_key = NULL "
        "WHERE list_contains($ids, post_id) OR list_contains($keys, author_key)",
        {"ids": list(person.post_ids), "keys": list(person.keys)},
    ).fetchone()
    return int(row[0]) if row else 0


def scrub_column(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, traces: Traces
) -> int:
    """Take names and long texts of the person out of a column of others' rows."""
    if not traces.pattern:
        return 0
    rows = frame(
        connection,
        f'SELECT rowid AS row, "{column}" AS value, '
        f"{is_elsewhere(connection, table)} AS is_elsewhere FROM {table} "
        f'WHERE "{column}" IS NOT NULL AND length("{column}") >= 3',
        {"platform": traces.platform},
    )
    of_namesakes = traces.without_mentions
    found = [
        (row, left)
        for row, value, elsewhere in rows.iter_rows()
        if (left := (of_namesakes if elsewhere else traces).taken_from(value)) != value
    ]
    if not found:
        return 0
    connection.register("scrubbed", pl.DataFrame(found, schema=["row", "value"], orient="row"))
    also = ", text_hash = left(sha256(scrubbed.value), 32)" if has_hash(table, column) else ""
    connection.execute(
        f'UPDATE {table} SET "{column}" = scrubbed.value{also} FROM scrubbed '
        f"WHERE {table}.rowid = scrubbed.row"
    )
    connection.unregister("scrubbed")
    return len(found)


def is_elsewhere(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL that says whether a row of `table` is of another platform than `$platform`.

    Where neither a platform nor an id that begins with it is told, it may be of any.
    """
    names = set(connection.table(table).columns)
    if "platform" in names:
        return "platform <> $platform"
    told = next((name for name in ("comment_id", "post_id") if name in names), None)
    return f"NOT starts_with({told}, $platform || ':')" if told else "$platform = ''"


def has_hash(table: str, column: str) -> bool:
    """Whether a column's hash stands beside it."""
    return column == "text" and table in ("clean.comment", "clean.comment_version")


def remember(
    connection: duckdb.DuckDBPyConnection,
    person: Person,
    key: bytes,
    moment: datetime,
    effect: str | None,
) -> None:
    """Write the keyed hashes by which a later file is known to bring the person back."""
    hashes = [("author", pseudonym) for pseudonym in sorted(person.keys)]
    hashes += [("comment", comment_hash(name, key)) for name in sorted(person.comment_ids)]
    rows = [
        {"kind": kind, "keyed_hash": keyed_hash, "erased_at_utc": moment, "effect": effect}
        for kind, keyed_hash in hashes
    ]
    merge(connection, ERASURE, pl.DataFrame(rows, schema=ERASURE.schema()))
