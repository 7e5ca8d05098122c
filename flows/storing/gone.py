"""What files say of deletions, into the stored comments: who is gone, and who is back.

Files arrive in another order than they were made: an export from before a deletion may come after
it, and says nothing of what happened since. An answer of an interface tells of the moment when it
was asked. An export tells of a moment that nobody knows, but not of one before the newest that
stands in it; by that a return must be proven, as a deletion must
(docs/decisions/0025-a-deletion-must-be-proven.md).
"""

from collections.abc import Iterable
from datetime import datetime

import duckdb
import polars as pl

from flows.storing.tally import Tally
from flows.warehouse import carry_out
from transforms.canonical import Origin, naive_utc
from transforms.clean import TAKEN_AWAY
from transforms.merge import DELETED

PUBLISHED = "published"


def note_returns(kept: pl.DataFrame, before: pl.DataFrame, tally: Tally) -> None:
    """Note which of the comments `kept` are told to be deleted, and which were so `before`."""
    tally.deleted |= ids_of(kept, pl.col("status") == DELETED)
    was_away = pl.col("gone_at_utc").is_not_null() | (pl.col("status") == DELETED)
    shown = kept.filter(pl.col("status") != DELETED).join(
        before.filter(was_away), on="comment_id", how="semi"
    )
    tally.seen_again |= set(shown["comment_id"])
    tally.published_again |= ids_of(shown, pl.col("status") == PUBLISHED)


def ids_of(comments: pl.DataFrame, wanted: pl.Expr) -> set[str]:
    """Ids of those of `comments` that are as `wanted`."""
    return set(comments.filter(wanted)["comment_id"])


def mark_taken_away(
    connection: duckdb.DuckDBPyConnection, drafts: pl.DataFrame, origin: Origin, tally: Tally
) -> None:
    """Give stored comments the status of a record that only says that their text is gone.

    The text that an earlier file had stays. What a later file saw again is not touched.
    """
    is_sign = pl.col("text").is_null() & pl.col("status").is_in(TAKEN_AWAY)
    signs = drafts.filter(is_sign).unique("comment_id", keep="last")
    if signs.is_empty():
        return
    tally.deleted |= ids_of(signs, pl.col("status") == DELETED)
    carry_out(
        connection,
        "UPDATE clean.comment AS comment "
        "SET status = wanted.status, last_seen_at_utc = $received FROM wanted "
        "WHERE wanted.comment_id = comment.comment_id "
        "AND comment.last_seen_at_utc <= $received",
        signs.select("comment_id", "status"),
        {"received": naive_utc(origin.received_at)},
    )


def settle_gone(connection: duckdb.DuckDBPyConnection, origin: Origin, tally: Tally) -> None:
    """Once all of a file is merged: who is back, who is deleted, who is gone."""
    bring_back(connection, tally, told_at(origin, tally))
    note_deletions(connection, tally, told_at(origin, tally))
    mark_gone(connection, origin, tally)


def told_at(origin: Origin, tally: Tally) -> datetime | None:
    """The moment that a file tells of, UTC; of an export the newest that stands in it, at least."""
    received = naive_utc(origin.received_at)
    if origin.is_live or received is None or tally.newest is None:
        return received
    return min(tally.newest, received)


def bring_back(connection: duckdb.DuckDBPyConnection, tally: Tally, told: datetime | None) -> None:
    """Undo what was known of deletions up to `told`, of comments that the file has.

    Of those that were deleted only what it shows to the public is back.
    """
    for ids, known, cleared in (
        (tally.seen_again, "gone_at_utc", "gone_at_utc = NULL"),
        (
            tally.published_again,
            "CASE WHEN status = 'deleted' THEN coalesce(deletion_told_at_utc, last_seen_at_utc) "
            "END",
            f"status = '{PUBLISHED}', deletion_told_at_utc = NULL",
        ),
    ):
        if back := ids - tally.deleted:
            carry_out(
                connection,
                f"UPDATE clean.comment SET {cleared} WHERE {known} <= $told "
                "AND comment_id IN (SELECT comment_id FROM wanted)",
                frame_of(back),
                {"told": told},
            )


def note_deletions(
    connection: duckdb.DuckDBPyConnection, tally: Tally, told: datetime | None
) -> None:
    """Note up to when the deleted comments of a file are known to be so."""
    if tally.deleted:
        carry_out(
            connection,
            "UPDATE clean.comment "
            "SET deletion_told_at_utc = greatest(deletion_told_at_utc, $told::TIMESTAMP) "
            f"WHERE status = '{DELETED}' AND comment_id IN (SELECT comment_id FROM wanted)",
            frame_of(tally.deleted),
            {"told": told},
        )


def frame_of(ids: Iterable[str]) -> pl.DataFrame:
    """Ids of comments as a frame."""
    return pl.DataFrame({"comment_id": list(ids)}, schema={"comment_id": pl.String})


def mark_gone(connection: duckdb.DuckDBPyConnection, origin: Origin, tally: Tally) -> None:
    """Mark the comments of posts that this file has completely, and that it does not have.

    What a later file saw again is not gone, nor is what this one has in a shape that can't be
    stored, nor what a visitor never sees, such as pending comments that an export brought.
    """
    if not tally.swept:
        return
    connection.execute(
        "UPDATE clean.comment SET gone_at_utc = $received "
        "WHERE last_seen_at_utc < $received AND gone_at_utc IS NULL "
        "AND status IN ('published', 'unknown') AND kind IN ('comment', 'review', 'message') "
        "AND NOT list_contains($unusable, comment_id) "
        "AND (list_contains($swept, post_id) OR post_id IN (SELECT id FROM ops.alias "
        "WHERE kind = 'post' AND list_contains($swept, alias_id)))",
        {
            "received": naive_utc(origin.received_at),
            "swept": list(tally.swept),
            "unusable": list(tally.unusable),
        },
    )
