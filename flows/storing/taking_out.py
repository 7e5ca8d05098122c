"""Comments taken out of every table: those of who is erased, and under whichever id they are kept.

An erasure knows the ids that files had told until then. Where a later record tells another one,
what is stored under that is the erased comment, too.
"""

from collections import Counter
from collections.abc import Collection, Iterable

import duckdb
import polars as pl

from flows.storing.erased import DETAIL, Erased, comment_hash, nameless
from flows.storing.forgetting import note_deletion
from flows.storing.known import forget_notes
from flows.storing.tally import Tally
from flows.warehouse import beside, frame, matching, merge
from models.tables.comment import COMMENT
from models.tables.erasure import ERASURE
from models.tables.rejected_comment import REJECTED_COMMENT
from transforms.canonical import Origin, comment_id_of, naive_utc
from transforms.merge import LAST
from transforms.threads import with_places

NAMES = """
    WITH asked AS MATERIALIZED (FROM wanted), kept AS MATERIALIZED (
        FROM asked
        UNION
        SELECT alias.id FROM ops.alias AS alias SEMI JOIN asked ON alias_id = asked.id
        WHERE kind = 'comment'
    )
    FROM kept
    UNION
    SELECT alias_id FROM ops.alias AS alias SEMI JOIN kept ON alias.id = kept.id
    WHERE kind = 'comment'
"""


def settle_erased(connection: duckdb.DuckDBPyConnection, origin: Origin, tally: Tally) -> None:
    """Take out what is stored of comments that a file told to be erased under another id.

    What it told of them itself counts as rejected, as when it is read once more. All their ids go
    into the ledger.
    """
    if not tally.erased:
        return
    known = read_erased(connection).comments
    ids = every_id(connection, tally.erased)
    new = {name for name in ids if comment_hash(name, origin.key) not in known}
    if not new:
        return
    remember_comments(connection, new, origin)
    rows = matching(connection, COMMENT, pl.DataFrame({"comment_id": list(new)}))
    if not rows.is_empty():
        reject_late(connection, rows, origin, tally)
        take_out(connection, new, origin.key)
        note_deletion(connection, "refine", origin.received_at)


def read_erased(connection: duckdb.DuckDBPyConnection) -> Erased:
    """The ledger of erasures."""
    rows = connection.execute("SELECT kind, keyed_hash FROM ops.erasure").fetchall()
    return Erased(
        frozenset(keyed_hash for kind, keyed_hash in rows if kind == "author"),
        frozenset(keyed_hash for kind, keyed_hash in rows if kind == "comment"),
    )


def every_id(connection: duckdb.DuckDBPyConnection, ids: Iterable[str]) -> set[str]:
    """The ids of comments, with all other names that are known of them."""
    wanted = pl.DataFrame({"id": list(ids)}, schema={"id": pl.String})
    return set(beside(connection, NAMES, wanted)["id"])


def remember_comments(
    connection: duckdb.DuckDBPyConnection, ids: Iterable[str], origin: Origin
) -> None:
    """Write keyed hashes of more ids of erased comments into the ledger."""
    moment = naive_utc(origin.received_at)
    rows = [
        {"kind": "comment", "keyed_hash": comment_hash(name, origin.key), "erased_at_utc": moment}
        for name in sorted(ids)
    ]
    merge(connection, ERASURE, pl.DataFrame(rows, schema=ERASURE.schema()))


def reject_late(
    connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, origin: Origin, tally: Tally
) -> None:
    """Reject comments that are stored and were erased, each where it was told last."""
    rejected = rows.select(
        "landed_file",
        "position",
        line=pl.lit(None, pl.Int64),
        reason=pl.lit("erased"),
        detail=pl.lit(DETAIL),
        channel="channel",
        received_at_utc=LAST,
    )
    merge(connection, REJECTED_COMMENT, rejected)
    tally.late += rows.height
    tally.comments -= set(rows["comment_id"])
    tally.rejected += rows.filter(pl.col("landed_file") == origin.landed_file).height


def take_out(
    connection: duckdb.DuckDBPyConnection, ids: Collection[str], key: bytes
) -> Counter[str]:
    """Delete comments, given by all their ids, from every table; returns how many rows of each.

    Who answered one of them answers a nameless one, and threads stay as they are.
    """
    removed = Counter[str]()
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE erased_id AS SELECT unnest(?::VARCHAR[]) AS id", [list(ids)]
    )
    touched = touched_posts(connection)
    for table, column in tables_with(connection, ("comment_id",)):
        removed[table] += deleted(connection, table, f'"{column}" IN (SELECT id FROM erased_id)')
    removed["ops.alias"] += deleted(
        connection,
        "ops.alias",
        "kind = 'comment' AND (id IN (SELECT id FROM erased_id) "
        "OR alias_id IN (SELECT id FROM erased_id))",
    )
    removed["classified.embedding"] += forget_embeddings(connection)
    forget_notes(connection)
    leave_nameless(connection, key)
    connection.execute("DROP TABLE erased_id")
    place_again(connection, touched)
    return removed


def tables_with(
    connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Tables, by full name, that have one of `columns`."""
    return connection.execute(
        "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() "
        "JOIN duckdb_tables() USING (schema_name, table_name) "
        "WHERE list_contains(?, column_name) AND NOT duckdb_tables.temporary ORDER BY ALL",
        [list(columns)],
    ).fetchall()


def deleted(connection: duckdb.DuckDBPyConnection, table: str, condition: str) -> int:
    """Delete the rows of `table` that meet `condition`; returns how many."""
    row = connection.execute(f"DELETE FROM {table} WHERE {condition}").fetchone()
    return int(row[0]) if row else 0


def forget_embeddings(connection: duckdb.DuckDBPyConnection) -> int:
    """Delete embeddings of wordings that no comment has any more: they tell what was said."""
    return deleted(
        connection,
        "classified.embedding",
        "input_hash NOT IN (SELECT input_hash FROM classified.label "
        "JOIN clean.comment USING (comment_id) WHERE text <> '')",
    )


def leave_nameless(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Let answers to the erased comments answer nameless ones, so that threads stay as they are."""
    answered = connection.execute(
        "SELECT DISTINCT platform, site, parent_id FROM clean.comment "
        "WHERE parent_id IN (SELECT id FROM erased_id)"
    ).fetchall()
    for platform, site, parent in answered:
        left = comment_id_of(platform, site, nameless(parent, key), key)
        connection.execute(
            "UPDATE clean.comment SET parent_id = ? WHERE parent_id = ?", [left, parent]
        )


def touched_posts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Posts whose threads lose a comment."""
    rows = connection.execute(
        "SELECT DISTINCT coalesce(post_id, '') FROM clean.comment "
        "WHERE comment_id IN (SELECT id FROM erased_id)"
    ).fetchall()
    return [post for (post,) in rows]


def place_again(connection: duckdb.DuckDBPyConnection, posts: list[str]) -> None:
    """Set root and depth of what is left in the threads of `posts`."""
    left = frame(
        connection,
        "SELECT comment_id, parent_id FROM clean.comment "
        "WHERE list_contains(?, coalesce(post_id, ''))",
        [posts],
    )
    connection.register("places", with_places(left))
    connection.execute(
        "UPDATE clean.comment AS comment SET root_id = places.root_id, depth = places.depth "
        "FROM places WHERE places.comment_id = comment.comment_id"
    )
    connection.unregister("places")
