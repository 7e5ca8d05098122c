"""What stands under an id that turned out to be another name, brought to the id that is kept.

Files may tell a post or comment under two ids before one tells that these are one. Whatever is
stored under the second id then stands where it would, had that been known from the start
(docs/decisions/0045-what-turns-out-to-be-one-becomes-one.md).
"""

from collections.abc import Mapping
from typing import Literal

import duckdb
import polars as pl

from flows.sources.base import ApiSource, all_sources
from flows.storing.known import forget_notes
from flows.storing.labelled import look_again
from flows.storing.tally import Tally
from flows.warehouse import append, beside, carry_out, merge
from models.contract import Table
from models.tables.comment import COMMENT
from models.tables.comment_version import COMMENT_VERSION
from models.tables.label import LABEL
from models.tables.post import POST
from models.tables.rejected_comment import REJECTED_COMMENT
from models.tables.review import REVIEW
from models.tables.review_note import REVIEW_NOTE
from transforms.aliases import Kind
from transforms.clean import repeated
from transforms.merge import LAST, TOLD, as_one, comments_as_one

Fate = Literal["joined", "renamed", "moved", "dropped", "made anew", "stays"]

FATES: Mapping[str, Fate] = {
    # Two rows become one, by the rules by which a record is merged with what is stored.
    "clean.post.post_id": "joined",
    "clean.comment.comment_id": "joined",
    "clean.comment_version.comment_id": "joined",
    # These say what a post or comment stands below, or is called.
    "clean.comment.post_id": "renamed",
    "clean.comment.parent_id": "renamed",
    "ops.alias.id": "renamed",
    # Answers of models and people go along, unless the comment that is kept has one to the same
    # question. Of notes both are kept.
    "classified.label.comment_id": "moved",
    "classified.review.comment_id": "moved",
    "classified.review_note.comment_id": "moved",
    # The next publish counts what has no profile.
    "classified.text_profile.comment_id": "dropped",
    # Threads are placed once a file is stored, labels noted by the next `classify`, segments told
    # by the next publish.
    "clean.comment.root_id": "made anew",
    "ops.labelled_comment.comment_id": "made anew",
    "classified.segment.comment_id": "made anew",
    # What platforms call them, and the other name itself.
    "clean.post.native_id": "stays",
    "clean.comment.native_id": "stays",
    "ops.alias.alias_id": "stays",
    # A sheet's digests, and the files that people have, hold the id of then; taking answers in
    # resolves it (`flows.reviewing.checked`).
    "ops.review_row.comment_id": "stays",
    # Nothing stands under that id any more, whatever was said of it.
    "ops.left_comment.comment_id": "stays",
}
"""Columns that hold the id of a post or comment, and what becomes of an id that is not kept.

The ledger of erasures holds hashes of all names: a record that has one of them is not stored, and
what is stored under others that it tells is taken out (`flows/storing/taking_out.py`)."""

MOVED: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (LABEL, ("input_hash", "model_version")),
    (REVIEW, ("input_hash", "head", "sheet", "reviewer")),
)
"""Tables of answers, and what makes one whole answer of several rows of a comment."""

Names = Mapping[str, str]
"""Ids that are not kept -> those that are."""


def bring_together(
    connection: duckdb.DuckDBPyConnection, kind: Kind, names: Names, tally: Tally
) -> None:
    """Bring all that is stored under the ids `names` to those that are kept.

    Belongs in the transaction in which they become other names. Threads are placed, and
    comments looked at for labels, with those of the posts that `tally` then has as `reworded`.
    """
    if kind == "post":
        join_posts(connection, names, tally)
    else:
        join_comments(connection, names, tally)


def join_posts(connection: duckdb.DuckDBPyConnection, names: Names, tally: Tally) -> None:
    """Make one row of all rows of a post, and bring the comments below it."""
    rows = stored(connection, POST, names)
    if not rows.is_empty():
        exchange(connection, POST, names, as_one(rows, names, POST))
    rename(connection, "post_id", names)
    tally.reworded |= set(names.values())


def join_comments(connection: duckdb.DuckDBPyConnection, names: Names, tally: Tally) -> None:
    """Make one row of all rows of a comment, with its wordings, answers, labels and reviews."""
    rows = stored(connection, COMMENT, names)
    if not rows.is_empty():
        told = rows.with_columns(told_at().alias(TOLD))
        whole, beginnings = comments_as_one(told, names)
        exchange(connection, COMMENT, names, whole)
        join_wordings(connection, names, beginnings)
        look_again(connection, whole["landed_file"])
        tally.reworded |= set(rows["post_id"].fill_null(""))
        reject_repeated(connection, rows, names, tally)
    tally.reworded |= rename(connection, "parent_id", names)
    move_answers(connection, names)


def reject_repeated(
    connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, names: Names, tally: Tally
) -> None:
    """Reject all but the last of the records that this file told of one comment under two ids."""
    told = rows.filter(pl.col("comment_id").is_in(list(tally.comments))).sort("position")
    whose = pl.col("comment_id").replace(dict(names))
    earlier = told.filter(~whose.is_last_distinct())
    merge(connection, REJECTED_COMMENT, repeated(earlier))
    tally.rejected += earlier.height


def told_at() -> pl.Expr:
    """Up to when a stored comment is proven to be as its row says, UTC.

    An interface was asked when its answer was received; what an export tells is as old as it says.
    """
    live = [name for name, source in all_sources().items() if isinstance(source, ApiSource)]
    is_live = pl.col("landed_file").str.split("/").list.first().is_in(live)
    return (
        pl.when(is_live).then(LAST).otherwise(pl.max_horizontal("created_at_utc", "edited_at_utc"))
    )


def join_wordings(
    connection: duckdb.DuckDBPyConnection, names: Names, beginnings: pl.DataFrame
) -> None:
    """Bring the wordings of comments together, but for those that are `beginnings` of others."""
    rows = stored(connection, COMMENT_VERSION, names)
    whole = as_one(rows, names, COMMENT_VERSION)
    worded = whole.join(beginnings, on=["comment_id", "text_hash"], how="anti")
    exchange(connection, COMMENT_VERSION, names, worded)


def move_answers(connection: duckdb.DuckDBPyConnection, names: Names) -> None:
    """Bring what models and people said of comments to those that are kept."""
    for table, question in MOVED:
        is_moved = move(connection, table, question, names)
        if is_moved and table is LABEL:
            forget_notes(connection)
    notes = stored(connection, REVIEW_NOTE, names)
    if not notes.is_empty():
        exchange(connection, REVIEW_NOTE, names, notes_as_one(notes, names))
    carry_out(
        connection,
        "DELETE FROM classified.text_profile WHERE comment_id IN (SELECT name FROM wanted)",
        pl.DataFrame({"name": list(names)}),
    )


def move(
    connection: duckdb.DuckDBPyConnection, table: Table, question: tuple[str, ...], names: Names
) -> bool:
    """Move rows of `table`; of several answers to a `question` that of the kept comment stays.

    Returns whether there were any to move.
    """
    rows = stored(connection, table, names)
    if not rows["comment_id"].is_in(list(names)).any():
        return False
    exchange(connection, table, names, answers_as_one(rows, question, names))
    return True


def answers_as_one(rows: pl.DataFrame, question: tuple[str, ...], names: Names) -> pl.DataFrame:
    """`rows` under the ids that are kept; of several answers to a `question` the kept one's."""
    asked = ["comment_id", *question]
    told = rows.with_columns(
        pl.col("comment_id").replace(dict(names)),
        under=pl.col("comment_id"),
        is_moved=pl.col("comment_id").is_in(list(names)),
    ).sort("is_moved", "under", maintain_order=True)
    return told.filter(pl.col("under") == pl.col("under").first().over(asked)).drop(
        "under", "is_moved"
    )


def notes_as_one(notes: pl.DataFrame, names: Names) -> pl.DataFrame:
    """`notes` under the ids that are kept; what one person wrote beside both is one note."""
    renamed = notes.with_columns(pl.col("comment_id").replace(dict(names)))
    words = pl.col("note").unique(maintain_order=True).str.join("\n")
    return renamed.group_by(REVIEW_NOTE.grain, maintain_order=True).agg(words)


def stored(connection: duckdb.DuckDBPyConnection, table: Table, names: Names) -> pl.DataFrame:
    """The rows of `table` under any of the ids, kept or not."""
    found = beside(
        connection,
        f"FROM {table.full_name} SEMI JOIN (FROM wanted WHERE name IS NOT NULL) "
        f"ON {table.grain[0]} = name",
        every(names),
    )
    return found.select(table.column_names)


def exchange(
    connection: duckdb.DuckDBPyConnection, table: Table, names: Names, rows: pl.DataFrame
) -> None:
    """Write `rows` in the place of all that `table` has under any of the ids."""
    carry_out(
        connection,
        f"DELETE FROM {table.full_name} WHERE {table.grain[0]} IN (SELECT name FROM wanted)",
        every(names),
    )
    append(connection, table, rows)


def every(names: Names) -> pl.DataFrame:
    """All ids, kept or not, each once, as `name`."""
    return pl.DataFrame({"name": list(dict.fromkeys([*names, *names.values()]))})


def rename(
    connection: duckdb.DuckDBPyConnection, column: str, names: Names, among: str = "true"
) -> set[str]:
    """Exchange the ids `names` in a `column` of `clean.comment`, where rows are `among` others.

    Returns the posts that these stand below, '' for none that is known. Where none is met, as it is
    mostly, nothing is written.
    """
    if not names:
        return set()
    pairs = pl.DataFrame({"old": list(names), "new": list(names.values())})
    met = beside(
        connection,
        "SELECT DISTINCT coalesce(post_id, '') AS post FROM clean.comment AS comment "
        # The filter leaves nothing out: see `first_stored` in `flows/warehouse.py`.
        f"SEMI JOIN (FROM wanted WHERE old IS NOT NULL) ON {column} = old WHERE {among}",
        pairs,
    )
    if not met.is_empty():
        carry_out(
            connection,
            f"UPDATE clean.comment AS comment SET {column} = wanted.new FROM wanted "
            f"WHERE comment.{column} = wanted.old AND {among}",
            pairs,
        )
    return set(met["post"])
