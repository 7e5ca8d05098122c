"""Posts and comments that arrive under several ids, told by the warehouse to be one."""

import duckdb
import polars as pl

from flows.warehouse import beside, merge
from models.contract import Table
from models.tables.alias import ALIAS
from models.tables.comment import COMMENT
from models.tables.post import POST
from transforms.aliases import Kind, alias_rows, all_ids, kept_ids

KEYS: dict[Kind, tuple[Table, str]] = {
    "post": (POST, "post_id"),
    "comment": (COMMENT, "comment_id"),
}


def posts_under_one_id(connection: duckdb.DuckDBPyConnection, posts: pl.DataFrame) -> pl.DataFrame:
    """`posts` under the ids that are kept; of several that are one the last counts."""
    learn(connection, posts, "post")
    return replaced(connection, posts, "post", "post_id").unique(
        "post_id", keep="last", maintain_order=True
    )


def comments_under_one_id(
    connection: duckdb.DuckDBPyConnection, comments: pl.DataFrame
) -> pl.DataFrame:
    """`comments`, their posts and the comments they answer, under the ids that are kept."""
    learn(connection, comments, "comment")
    comments = replaced(connection, comments, "comment", "comment_id", "parent_id", "root_id")
    return replaced(connection, comments, "post", "post_id")


def learn(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, kind: Kind) -> None:
    """Store which ids of `rows` are other names of one that is kept."""
    named = rows.filter(pl.col("aliases").list.len() > 0)
    if named.is_empty():
        return
    ids = all_ids(named, KEYS[kind][1])
    merge(connection, ALIAS, alias_rows(kept_ids(ids, known(connection, ids, kind)), kind))


def known(connection: duckdb.DuckDBPyConnection, ids: pl.DataFrame, kind: Kind) -> dict[str, str]:
    """Those of `ids` that are stored -> the id they are kept under."""
    table, key = KEYS[kind]
    rows = beside(
        connection,
        "WITH asked AS MATERIALIZED (FROM wanted) "
        f"SELECT {key} AS id, {key} AS kept FROM {table.full_name} "
        f"SEMI JOIN asked ON {key} = asked.id "
        "UNION ALL SELECT alias_id, alias.id FROM ops.alias AS alias "
        "SEMI JOIN asked ON alias_id = asked.id WHERE kind = ?",
        ids.select("id").unique(),
        [kind],
    )
    return dict(rows.iter_rows())


def replaced(
    connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, kind: Kind, *columns: str
) -> pl.DataFrame:
    """`rows` with the ids in `columns` that are other names replaced by those that are kept."""
    ids = pl.concat([rows.select(alias_id=column) for column in columns])
    aliases = beside(
        connection,
        "FROM ops.alias SEMI JOIN wanted USING (alias_id) WHERE kind = ?",
        ids.drop_nulls().unique(),
        [kind],
    )
    if aliases.is_empty():
        return rows
    return rows.with_columns(pl.col(columns).replace(aliases["alias_id"], aliases["id"]))
