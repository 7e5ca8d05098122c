"""Records of one landed file in, clean tables up to date: merged, swept, threads in place."""

import json
from collections import Counter
from collections.abc import Iterable

import duckdb
import polars as pl

from flows.storing.gone import mark_taken_away, note_returns, settle_gone
from flows.storing.identity import (
    KEYS,
    comments_under_one_id,
    posts_under_one_id,
    without_other_names,
)
from flows.storing.labelled import forget_labelled
from flows.storing.leaving import forget_wordings, note_left
from flows.storing.long_texts import settle_long_texts
from flows.storing.moving import rename
from flows.storing.taking_out import read_erased, settle_erased
from flows.storing.tally import Tally
from flows.storing.told import Told, batches, tell
from flows.warehouse import append, beside, carry_out, frame, matching, merge, number_all
from models.canonical import Record
from models.contract import Table, quoted
from models.tables.comment import COMMENT
from models.tables.comment_version import COMMENT_VERSION
from models.tables.labelled_file import LABELLED_FILE
from models.tables.left_out_field import LEFT_OUT_FIELD
from models.tables.post import POST
from models.tables.rejected_comment import REJECTED_COMMENT
from transforms.aliases import Kind
from transforms.canonical import Origin, naive_utc
from transforms.clean import Cleaned, clean, repeated
from transforms.merge import FIRST, LAST, merged, wordings
from transforms.row_checks import doubtful_rows
from transforms.threads import with_places

PLACED = ("comment_id", "parent_id", "root_id", "depth", LAST)
"""What is known of a comment whose place in its thread is sought."""

WORDED = f"""
    CREATE OR REPLACE TEMP TABLE worded AS
    SELECT comment_id, text_hash, {FIRST} FROM {COMMENT_VERSION.full_name} WHERE {{of_this}}
"""
"""The wordings that an earlier reading of the same file gave."""

UNWORDED = f"""
    SELECT comment_id, min({FIRST}) AS {FIRST}
    FROM worded
    WHERE (comment_id, text_hash) NOT IN (
        SELECT (comment_id, text_hash)
        FROM (FROM {COMMENT_VERSION.full_name} WHERE {LAST} >= {{received}})
        SEMI JOIN worded USING (comment_id, text_hash)
    )
    GROUP BY comment_id
"""

ANSWERED = (
    "SELECT alias_id, id FROM ops.alias SEMI JOIN (SELECT DISTINCT parent_id "
    "FROM clean.comment AS comment WHERE parent_id IS NOT NULL AND {here}) ON alias_id = parent_id "
    "WHERE kind = 'comment'"
)
"""Other names that comments answer, each with the id that is kept."""

FILLED_BY_FILE = (COMMENT_VERSION, REJECTED_COMMENT, LEFT_OUT_FIELD, LABELLED_FILE)
"""Tables whose rows of a file are written anew, or no longer true, when it is read anew."""


def store(
    connection: duckdb.DuckDBPyConnection,
    records: Iterable[Record],
    origin: Origin,
    longest_text: int,
) -> Tally:
    """Make the clean tables say of a file what `records` say, and nothing an earlier reading said.

    Belongs in one transaction: half of it would leave rows of both readings.
    """
    told = tell(records, origin, read_erased(connection))
    return store_told(connection, told, origin, longest_text)


def store_told(
    connection: duckdb.DuckDBPyConnection, parts: Iterable[Told], origin: Origin, longest_text: int
) -> Tally:
    """The same of a file by what its records tell, here or ahead in another process."""
    connection.execute(WORDED.format(of_this=of_file(COMMENT_VERSION, origin)))
    for table in FILLED_BY_FILE:
        connection.execute(f"DELETE FROM {table.full_name} WHERE {of_file(table, origin)}")
    number_all(connection, COMMENT)
    tally = Tally()
    for told in batches(parts):
        merge_told(connection, told, origin, longest_text, tally)
        del told  # before the next one is read
    settle_erased(connection, origin, tally)
    sweep(connection, origin, tally)
    first = first_touched(connection, origin, tally)
    follow_names(connection, tally, first)
    settle_gone(connection, origin, tally)
    settle_long_texts(connection, origin)
    forget_labelled(connection, tally.reworded, first)
    place_threads(connection, first)
    note_reworded(connection, origin)
    return tally


def note_reworded(connection: duckdb.DuckDBPyConnection, origin: Origin) -> None:
    """Note the comments of which a wording is no more that an earlier reading of the file gave."""
    if connection.execute("SELECT 1 FROM worded LIMIT 1").fetchone():
        received = f"TIMESTAMP '{naive_utc(origin.received_at)}'"
        note_left(connection, frame(connection, UNWORDED.format(received=received)))


def of_file(table: Table, origin: Origin) -> str:
    """A condition for the rows of `table` that come from a file.

    They were last seen when it was received, or later: what lies before need not be read.
    """
    found = f"landed_file = {quoted(origin.landed_file)}"
    if LAST not in table.column_names:
        return found
    return f"{found} AND {LAST} >= TIMESTAMP '{naive_utc(origin.received_at)}'"


def merge_told(
    connection: duckdb.DuckDBPyConnection,
    told: Told,
    origin: Origin,
    longest_text: int,
    tally: Tally,
) -> None:
    """Merge a batch of a file's records into the clean tables."""
    tally.records += told.count
    merge_posts(connection, told.posts, tally)
    drafts = comments_under_one_id(connection, told.comments, tally)
    stored = merge_comments(connection, clean(drafts, longest_text), told.rejected, tally)
    tally.is_doubtful = tally.is_doubtful or doubtful_rows(stored, longest_text).any()
    mark_taken_away(connection, drafts, origin, tally)
    tally.know_of(drafts, "created_at_utc", "edited_at_utc")
    tally.unusable |= set(drafts["comment_id"].to_list()) - tally.comments
    tally.swept |= told.swept
    tally.erased |= told.erased


def merge_posts(connection: duckdb.DuckDBPyConnection, posts: pl.DataFrame, tally: Tally) -> None:
    """Merge the posts of a batch."""
    found = posts_under_one_id(connection, posts, tally)
    before, after = merge_seen(connection, POST, found)
    reworded = after.join(before, on=["post_id", "title", "text"], how="anti", nulls_equal=True)
    tally.reworded |= set(reworded["post_id"].to_list())
    tally.posts |= set(found["post_id"].to_list())
    tally.know_of(found, "created_at_utc", "updated_at_utc")


def merge_comments(
    connection: duckdb.DuckDBPyConnection, cleaned: Cleaned, rejected: pl.DataFrame, tally: Tally
) -> pl.DataFrame:
    """Merge the comments of a batch, what can't be used of them, and what the reader rejected.

    Returns the comments as they are stored now.
    """
    kept = cleaned.kept
    rejected = pl.concat([cleaned.rejected, rejected, replaced(connection, kept, tally)])
    merge(connection, REJECTED_COMMENT, rejected)
    before, after = merge_seen(connection, COMMENT, kept)
    note_returns(kept, before, tally)
    merge_wordings(connection, kept, before)
    tally.comments |= set(kept["comment_id"].to_list())
    tally.rejected += rejected.height
    tally.redacted.update(redactions(kept))
    return after


def merge_wordings(
    connection: duckdb.DuckDBPyConnection, kept: pl.DataFrame, before: pl.DataFrame
) -> None:
    """Store how the comments `kept` are worded, where it is more than the beginning of a text.

    A beginning that was stored for want of the whole text goes once that has come. Wordings go with
    their comment (`forget_wordings`), so of comments that were not there `before` none is looked
    for.
    """
    whole, outdone = wordings(kept, before)
    told = whole.select(COMMENT_VERSION.column_names)
    merge_seen(connection, COMMENT_VERSION, told.join(before, on="comment_id", how="semi"))
    append(connection, COMMENT_VERSION, told.join(before, on="comment_id", how="anti"))
    if not outdone.is_empty():
        carry_out(
            connection,
            "DELETE FROM clean.comment_version AS version USING wanted WHERE "
            "(version.comment_id, version.text_hash) = (wanted.comment_id, wanted.text_hash)",
            outdone,
        )


def redactions(comments: pl.DataFrame) -> Counter[str]:
    """How often each kind of personal data was replaced in the texts of `comments`."""
    found: Counter[str] = Counter()
    for counts in comments.filter(pl.col("redacted") != "{}")["redacted"]:
        found.update(json.loads(counts))
    return found


def merge_seen(
    connection: duckdb.DuckDBPyConnection, table: Table, incoming: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Merge rows that carry when they were seen with what is stored of the same ones.

    Returns what was stored of them before, and what is now.
    """
    before = matching(connection, table, incoming)
    write = append if before.is_empty() else merge
    after = merged(incoming, before, table)
    write(connection, table, after)
    return before, after


def replaced(
    connection: duckdb.DuckDBPyConnection, kept: pl.DataFrame, tally: Tally
) -> pl.DataFrame:
    """Rejections for what an earlier batch of the same file said of the same comments."""
    known = tally.comments.intersection(kept["comment_id"].to_list())
    if not known:
        return REJECTED_COMMENT.empty()
    again = kept.filter(pl.col("comment_id").is_in(list(known)))
    return repeated(matching(connection, COMMENT, again))


def sweep(connection: duckdb.DuckDBPyConnection, origin: Origin, tally: Tally) -> None:
    """Drop what an earlier reading of the same file gave and this one does not."""
    swept: tuple[tuple[Kind, set[str]], ...] = (("comment", tally.comments), ("post", tally.posts))
    for kind, kept in swept:
        table, key = KEYS[kind]
        of_this = of_file(table, origin)
        dropped = beside(
            connection,
            f"SELECT {key}, {FIRST} FROM {table.full_name} WHERE {of_this} "
            f"AND {key} NOT IN (SELECT {key} FROM wanted)",
            pl.DataFrame({key: list(kept)}, schema={key: pl.String}),
        )
        if not dropped.is_empty():
            dropped = without_other_names(connection, kind, dropped, tally)
        if dropped.is_empty():
            continue
        carry_out(
            connection,
            f"DELETE FROM {table.full_name} WHERE {of_this} "
            f"AND {key} IN (SELECT {key} FROM wanted)",
            dropped,
        )
        if kind == "comment":
            forget_wordings(connection, dropped)
        else:
            tally.reworded |= set(dropped[key])


def first_touched(
    connection: duckdb.DuckDBPyConnection, origin: Origin, tally: Tally
) -> int | None:
    """The first row of a comment under a post that a file has comments on, rewords or renames.

    Puts these posts into `post_here`. Most threads are young: of rows before the first only the
    post is read, and that once.
    """
    names = tally.post_names
    others = tally.reworded.union(tally.below, names, names.values())
    carry_out(
        connection,
        "CREATE OR REPLACE TEMP TABLE post_here AS SELECT coalesce(post_id, '') AS post "
        f"FROM clean.comment WHERE {of_file(COMMENT, origin)} UNION FROM wanted",
        pl.DataFrame({"post": list(others)}, schema={"post": pl.String}),
    )
    # The filter leaves nothing out: see `first_stored` in `flows/warehouse.py`.
    below = "post_id IN (SELECT post FROM post_here WHERE rowid >= 0)"
    if connection.execute("SELECT 1 FROM post_here WHERE post = ''").fetchone():
        below += " OR post_id IS NULL"
    row = connection.execute(f"SELECT min(rowid) FROM clean.comment WHERE {below}").fetchone()
    return row[0] if row else None


def follow_names(connection: duckdb.DuckDBPyConnection, tally: Tally, first: int | None) -> None:
    """Let comments that stood below another name, from row `first` on, stand below the kept id.

    Nothing was stored under that name itself: what was is where it belongs. An answer is looked for
    below the posts in `post_here`, one of which has what it answers.
    """
    if first is None:
        return
    if rename(connection, "post_id", tally.post_names, f"comment.rowid >= {first}"):
        tally.reworded |= set(tally.post_names.values())
    if tally.below:
        here = (
            f"comment.rowid >= {first} "
            "AND coalesce(comment.post_id, '') IN (SELECT post FROM post_here)"
        )
        names = frame(connection, ANSWERED.format(here=here))
        rename(connection, "parent_id", dict(names.iter_rows()), here)


def place_threads(connection: duckdb.DuckDBPyConnection, first: int | None) -> None:
    """Set root and depth of every comment under the posts in `post_here`, from row `first` on.

    Who neither answers nor is answered stands at its own place from the start, and most do.
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE touched AS SELECT {', '.join(PLACED)} FROM clean.comment "
        "WHERE rowid >= ? AND coalesce(post_id, '') IN (SELECT post FROM post_here)",
        [first],
    )
    answering = frame(
        connection,
        f"SELECT {', '.join(PLACED)} FROM touched "
        "WHERE parent_id IS NOT NULL OR depth > 0 OR root_id <> comment_id OR comment_id IN "
        "(SELECT parent_id FROM touched WHERE parent_id IS NOT NULL)",
    )
    place(connection, answering)


def place(connection: duckdb.DuckDBPyConnection, touched: pl.DataFrame) -> None:
    """Set root and depth of the comments `touched` (`PLACED`): all that stand under some posts."""
    before = touched.select("comment_id", LAST, root_before="root_id", depth_before="depth")
    moved = (
        with_places(touched)
        .join(before, on="comment_id")
        .filter(
            (pl.col("root_id") != pl.col("root_before"))
            | (pl.col("depth") != pl.col("depth_before"))
        )
    )
    if moved.is_empty():
        return
    carry_out(
        connection,
        "UPDATE clean.comment AS comment SET root_id = wanted.root_id, depth = wanted.depth "
        "FROM wanted WHERE wanted.comment_id = comment.comment_id "
        # Those that move came lately, most of them: what was last seen before is not looked at.
        f"AND comment.{LAST} >= $earliest",
        moved.select("comment_id", "root_id", "depth"),
        {"earliest": moved[LAST].min()},
    )
