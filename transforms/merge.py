"""What is stored and what just came in, joined: the newer record counts, what it omits stays."""

from collections.abc import Sequence

import polars as pl

from models.contract import Table

FIRST, LAST = "first_seen_at_utc", "last_seen_at_utc"

TIME = ("created_at_utc", "created_at_raw", "created_tz_assumed", "time_precision")
"""What belongs together: a time, as it was written, and how much of it was known."""

PRECISIONS = {"relative": 1, "day": 2, "derived_from_id": 3, "exact": 4}
"""How much of a time is known, the least first."""

UNKNOWN, DELETED = "unknown", "deleted"

TEXT = ("text", "text_hash", "forgotten_input", "redacted", "mentions")
"""What belongs together: a text, by what its labels are known once it is gone, and what was found
in it."""

CUT_OFF = (
    r"(?i)\s*[\[(]?(?:…|\.\.\.)[\])]?\s*"
    r"(?:https://t\.co/\w+|(?:see |read |show )?more|mehr(?: anzeigen)?|weiterlesen)?\s*$"
)
"""How a platform or a tool ends a text of which it tells only the beginning."""

SHORTEST_CUT = 20
"""Characters: nobody cuts a text shorter, and people end sentences in dots."""


def merged(incoming: pl.DataFrame, stored: pl.DataFrame, table: Table) -> pl.DataFrame:
    """One row for each row of `incoming`, with what `stored` knew of it.

    The record seen last counts; a value it leaves unknown is taken from the other one. Of two times
    the more exact one counts: a scraper that knows only the day does not undo an interface's
    second. Of two texts the whole one counts where the other is its beginning, cut off; another
    wording than the newer one marks the comment as edited. What is deleted or gone stays so: an
    export from before it may arrive later. Who is back is told by `flows.storing.gone`, which knows
    when a file was made.
    """
    if stored.is_empty():
        return incoming.select(table.column_names)
    both = incoming.join(stored, on=list(table.grain), how="left", suffix="_stored")
    if "text_hash_stored" in both.columns:
        both = _with_cuts(both)
    is_newer = pl.col(f"{LAST}_stored").is_null() | (pl.col(LAST) >= pl.col(f"{LAST}_stored"))
    columns = {
        column.name: _newest(column.name, column.optional, is_newer)
        for column in table.columns
        if column.name not in table.grain
    }
    columns |= _times(both.columns, is_newer)
    if "text_hash" in columns:
        columns |= _texts(both.columns, is_newer)
    if "is_owner" in columns:
        # Not every way in tells whose account it is: whoever was known as the owner stays it.
        columns["is_owner"] = pl.col("is_owner") | pl.col("is_owner_stored").fill_null(False)
    columns[FIRST] = pl.min_horizontal(FIRST, f"{FIRST}_stored")
    columns[LAST] = pl.max_horizontal(LAST, f"{LAST}_stored")
    if "edit_basis" in columns:
        columns |= _edit_marks()
    return both.with_columns(**columns).select(table.column_names)


def _newest(name: str, is_optional: bool, is_newer: pl.Expr) -> pl.Expr:
    incoming, stored = pl.col(name), pl.col(f"{name}_stored")
    newest = pl.when(is_newer).then(incoming).otherwise(stored)
    older = pl.when(is_newer).then(stored).otherwise(incoming)
    if name in ("status", "reply_semantics"):
        newest = pl.when((newest != UNKNOWN) | older.is_null()).then(newest).otherwise(older)
    if name == "status":
        newest = pl.when(stored == DELETED).then(stored).otherwise(newest)
    return pl.coalesce(newest, older) if is_optional else newest


def _times(columns: Sequence[str], is_newer: pl.Expr) -> dict[str, pl.Expr]:
    """What the two records say of the time, taken from the one that knows more of it."""
    names = [name for name in TIME if f"{name}_stored" in columns]
    if len(names) < 2:
        return {}
    incoming, stored = _knowledge("", names), _knowledge("_stored", names)
    # The same words of the same file, read anew: the reader has learned how they are meant.
    is_reread = (pl.col("landed_file") == pl.col("landed_file_stored")) & (
        pl.col("created_at_raw").eq_missing(pl.col("created_at_raw_stored"))
    )
    is_better = (incoming > stored) | ((incoming == stored) & is_newer) | (is_reread & is_newer)
    return {
        name: pl.when(is_better).then(pl.col(name)).otherwise(pl.col(f"{name}_stored"))
        for name in names
    }


def _texts(columns: Sequence[str], is_newer: pl.Expr) -> dict[str, pl.Expr]:
    """The text of the newer record, unless it is the beginning of the other one's."""
    is_better = pl.col("is_stored_cut") | (is_newer & ~pl.col("is_cut"))
    return {
        name: pl.when(is_better).then(pl.col(name)).otherwise(pl.col(f"{name}_stored"))
        for name in TEXT
        if f"{name}_stored" in columns
    }


def wordings(incoming: pl.DataFrame, stored: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Which of the comments `incoming` are worded whole, and which of those `stored` are not.

    The beginning of a text that is known from the other record is no wording of its own.
    """
    both = _with_cuts(incoming.join(stored, on="comment_id", suffix="_stored"))
    cut, outdone = both.filter("is_cut").select("comment_id"), both.filter("is_stored_cut")
    return (
        incoming.join(cut, on="comment_id", how="anti", maintain_order="left"),
        outdone.select("comment_id", text_hash="text_hash_stored"),
    )


def _with_cuts(both: pl.DataFrame) -> pl.DataFrame:
    """`both` with `is_cut` and `is_stored_cut`: which of two texts is the beginning of the other.

    Texts are compared where they differ, which few do: of most comments nothing else arrives.
    """
    differing = both.filter(pl.col("text") != pl.col("text_stored")).select(
        "comment_id", is_cut=_is_cut("", "_stored"), is_stored_cut=_is_cut("_stored", "")
    )
    joined = both.join(differing, on="comment_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("is_cut", "is_stored_cut").fill_null(value=False))


def _is_cut(short: str, whole: str) -> pl.Expr:
    """Whether the text of the record with the suffix `short` is the beginning of the other's.

    It says so by its end; or it comes from another source, which does not say that it was edited:
    search interfaces and scrapers cut texts without a sign. Blanks do not count: they flatten them.
    """
    text, longer = _flat(short), _flat(whole)
    begun = text.str.replace(CUT_OFF, "")
    is_beginning = (
        (begun.str.len_chars() >= SHORTEST_CUT)
        & (begun.str.len_chars() < longer.str.len_chars())
        & longer.str.starts_with(begun)
    )
    edited, edited_whole = pl.col(f"edited_at_utc{short}"), pl.col(f"edited_at_utc{whole}")
    is_told_edited = edited.is_not_null() & edited_whole.lt(edited).fill_null(value=True)
    is_foreign = _source(short) != _source(whole)
    says_so = text.str.contains(CUT_OFF)
    return (is_beginning & (says_so | (is_foreign & ~is_told_edited))).fill_null(value=False)


def _flat(suffix: str) -> pl.Expr:
    return pl.col(f"text{suffix}").str.replace_all(r"\s+", " ").str.strip_chars()


def _source(suffix: str) -> pl.Expr:
    """The source of a record: the folder that its file landed in."""
    return pl.col(f"landed_file{suffix}").str.split("/").list.first()


def _knowledge(suffix: str, names: Sequence[str]) -> pl.Expr:
    """How much a record knows of its time, 0 for nothing; a zone that was assumed counts less."""
    known = pl.col(f"time_precision{suffix}").replace_strict(PRECISIONS, default=0) * 2
    if "created_tz_assumed" in names:
        known = known + pl.col(f"created_tz_assumed{suffix}").is_null().cast(pl.Int64)
    return pl.when(pl.col(f"created_at_utc{suffix}").is_null()).then(0).otherwise(known)


def _edit_marks() -> dict[str, pl.Expr]:
    # The same file read anew may give another text because its reader improved: not an edit.
    is_reworded = (
        pl.col("text_hash_stored").is_not_null()
        & (pl.col("text_hash") != pl.col("text_hash_stored"))
        & (pl.col("landed_file") != pl.col("landed_file_stored"))
        & ~pl.col("is_cut")
        & ~pl.col("is_stored_cut")
    )
    is_edited = pl.coalesce("is_edited", "is_edited_stored")
    basis = pl.coalesce("edit_basis", "edit_basis_stored")
    return {
        "is_edited": pl.when(is_reworded).then(pl.lit(True)).otherwise(is_edited),
        "edit_basis": pl.when(is_reworded)
        .then(pl.coalesce(basis, pl.lit("hash_changed")))
        .otherwise(basis),
    }
