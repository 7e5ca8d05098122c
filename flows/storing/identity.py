"""Posts and comments that arrive under several ids, told by the warehouse to be one."""

from collections.abc import Mapping

import duckdb
import polars as pl

from flows.storing.moving import bring_together
from flows.storing.tally import Tally
from flows.warehouse import beside, carry_out, matching, merge
from models.contract import Table
from models.tables.alias import ALIAS
from models.tables.comment import COMMENT
from models.tables.post import POST
from transforms.aliases import Kind, alias_rows, all_ids, kept_ids, together
from transforms.merge import FIRST

KEYS: dict[Kind, tuple[Table, str]] = {
    "post": (POST, "post_id"),
    "comment": (COMMENT, "comment_id"),
}


def posts_under_one_id(
    connection: duckdb.DuckDBPyConnection, posts: pl.DataFrame, tally: Tally
) -> pl.DataFrame:
    """`posts` under the ids that are kept; of several that are one the last counts."""
    tally.post_names |= learn(connection, posts, "post", tally)
    return replaced(connection, posts, "post", "post_id").unique(
        "post_id", keep="last", maintain_order=True
    )


def comments_under_one_id(
    connection: duckdb.DuckDBPyConnection, comments: pl.DataFrame, tally: Tally
) -> pl.DataFrame:
    """`comments`, their posts and the comments they answer, under the ids that are kept."""
    new = learn(connection, comments, "comment", tally)
    comments = replaced(connection, comments, "comment", "comment_id", "parent_id", "root_id")
    comments = replaced(connection, comments, "post", "post_id")
    tally.below |= posts_of(connection, comments, set(new.values()))
    return comments


def posts_of(
    connection: duckdb.DuckDBPyConnection, comments: pl.DataFrame, kept: set[str]
) -> set[str]:
    """The posts that the comments `kept` stand below, as they come and as they are stored."""
    told = comments.filter(pl.col("comment_id").is_in(list(kept)))
    rows = (told, matching(connection, COMMENT, told))
    return {post for some in rows for post in some["post_id"].fill_null("")}


def learn(
    connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, kind: Kind, tally: Tally
) -> dict[str, str]:
    """Store which ids of `rows` are other names of one that is kept; returns what was not known."""
    named = rows.filter(pl.col("aliases").list.len() > 0)
    if named.is_empty():
        return {}
    return note_names(connection, all_ids(named, KEYS[kind][1]), kind, tally)


def note_names(
    connection: duckdb.DuckDBPyConnection, ids: pl.DataFrame, kind: Kind, tally: Tally
) -> dict[str, str]:
    """Store that `ids` (`row`, `id`) of one row are one's names; returns new ones -> what is kept.

    Where several of them were kept, all that is stored goes to the one that came first.
    """
    before = known(connection, ids, kind)
    groups = together(ids, before)
    kept = kept_ids(groups, by_arrival(connection, groups, {under for _, under in before}, kind))
    moved = {under: kept[under] for _, under in before if kept[under] != under}
    told = set(before)
    new = {name: under for name, under in kept.items() if (name, under) not in told} | moved
    if moved:
        point_at(connection, moved, kind)
    merge(connection, ALIAS, alias_rows(new, kind))
    if moved:
        bring_together(connection, kind, moved, tally)
        tally.rename(kind, moved)
    return {name: under for name, under in new.items() if name != under}


def known(
    connection: duckdb.DuckDBPyConnection, ids: pl.DataFrame, kind: Kind
) -> list[tuple[str, str]]:
    """Those of `ids` that are stored, each with the id that it is kept under."""
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
    return list(rows.iter_rows())


def by_arrival(
    connection: duckdb.DuckDBPyConnection, groups: list[list[str]], stored: set[str], kind: Kind
) -> list[str]:
    """The ids `stored`, in the order in which they came: asked for where a group has several."""
    rivals = [
        name
        for names in groups
        if len(held := stored.intersection(names)) > 1
        for name in sorted(held)
    ]
    if not rivals:
        return list(stored)
    table, key = KEYS[kind]
    came = beside(
        connection,
        f"SELECT {key} AS id FROM {table.full_name} SEMI JOIN wanted ON {key} = wanted.id "
        f"ORDER BY {FIRST}, {key}",
        pl.DataFrame({"id": rivals}),
    )
    return list(dict.fromkeys([*came["id"], *rivals, *stored]))


def point_at(connection: duckdb.DuckDBPyConnection, moved: Mapping[str, str], kind: Kind) -> None:
    """Let other names of ids that are not kept any more lead to those that are."""
    carry_out(
        connection,
        "UPDATE ops.alias SET id = wanted.new FROM wanted "
        "WHERE kind = $kind AND ops.alias.id = wanted.old",
        pl.DataFrame({"old": list(moved), "new": list(moved.values())}),
        {"kind": kind},
    )
    connection.execute("DELETE FROM ops.alias WHERE kind = ? AND alias_id = id", [kind])


def without_other_names(
    connection: duckdb.DuckDBPyConnection, kind: Kind, ids: pl.DataFrame, tally: Tally
) -> pl.DataFrame:
    """Those of the stored `ids` that are no other names; what stands under these moves.

    Nothing does, but where an earlier version learnt a name and left what was stored as it was.
    """
    key = KEYS[kind][1]
    names = beside(
        connection,
        f"SELECT alias_id, id FROM ops.alias SEMI JOIN wanted ON alias_id = {key} WHERE kind = ?",
        ids,
        [kind],
    )
    if names.is_empty():
        return ids
    bring_together(connection, kind, dict(names.iter_rows()), tally)
    return ids.join(names, left_on=key, right_on="alias_id", how="anti")


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
