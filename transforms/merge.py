"""What is stored and what just came in, joined: the newer record counts, what it omits stays."""

from collections.abc import Mapping, Sequence

import polars as pl

from models.contract import Table
from models.tables.comment import COMMENT

FIRST, LAST = "first_seen_at_utc", "last_seen_at_utc"

TIME = ("created_at_utc", "created_at_raw", "created_tz_assumed", "time_precision")
"""What belongs together: a time, as it was written, and how much of it was known."""

PRECISIONS = {"relative": 1, "day": 2, "derived_from_id": 3, "exact": 4}
"""How much of a time is known, the least first."""

UNKNOWN, DELETED, PUBLISHED = "unknown", "deleted", "published"

DEPARTURE = ("gone_at_utc", "status", "deletion_told_at_utc")
"""What says whether a comment was taken away."""

TOLD = "told_at_utc"
"""A column beside those of a stored comment: up to when it is proven to be as the row says."""

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


def as_one(rows: pl.DataFrame, kept: Mapping[str, str], table: Table) -> pl.DataFrame:
    """`rows` that came under several ids as if they had come under those that are `kept`."""
    whole, *later = in_turn(rows, kept, table)
    for rows_of_turn in later:
        whole = _with(whole, merged(rows_of_turn, whole, table), table)
    return whole


def comments_as_one(
    rows: pl.DataFrame, kept: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same of comments; and which wordings (`comment_id`, `text_hash`) are only beginnings.

    `rows` have `TOLD` beside the columns of the table: the moment up to which each is proven to be
    as it says. What was known of a deletion before that moment is undone by a row that shows the
    comment, as it is by a file (`flows.storing.gone`).
    """
    whole, *later = in_turn(rows, kept, COMMENT)
    begun = [whole.select("comment_id", "text_hash").clear()]
    for newer in later:
        told_whole, outdone = wordings(newer, whole)
        cut = newer.join(told_whole, on="comment_id", how="anti")
        begun += [cut.select("comment_id", "text_hash"), outdone]
        joined = merged(newer, whole, COMMENT).drop(DEPARTURE)
        departed = newer.join(whole, on="comment_id", suffix="_stored").select(
            "comment_id", **_departures()
        )
        whole = _with(whole, joined.join(departed, on="comment_id"), COMMENT)
    own = pl.col("parent_id") == pl.col("comment_id")
    answering = pl.when(~own).then("parent_id")  # nobody answers himself
    return whole.with_columns(parent_id=answering).select(COMMENT.column_names), pl.concat(begun)


def in_turn(rows: pl.DataFrame, kept: Mapping[str, str], table: Table) -> list[pl.DataFrame]:
    """`rows` under the ids that are `kept`, each of a grain in a frame of its own; newest last."""
    name = table.grain[0]
    order = [column for column in (LAST, "landed_file", "position") if column in rows.columns]
    renamed = rows.with_columns(pl.col(name).replace(kept)).sort(order)
    place = pl.int_range(pl.len()).over(table.grain)
    return renamed.with_columns(turn=place).partition_by(
        "turn", maintain_order=True, include_key=False
    ) or [rows]


def _with(whole: pl.DataFrame, joined: pl.DataFrame, table: Table) -> pl.DataFrame:
    """`whole`, with `joined` in the place of rows of the same grain, and beside the others."""
    left = whole.join(joined, on=table.grain, how="anti", maintain_order="left")
    return pl.concat([left, joined.select(left.columns)])


def _departures() -> dict[str, pl.Expr]:
    """What two rows of one comment say together of whether it was taken away."""
    gone = [_unless_shown("gone_at_utc", *order) for order in (("", "_stored"), ("_stored", ""))]
    deleted, stored_deleted = (pl.col(f"status{side}") == DELETED for side in ("", "_stored"))
    back = (deleted & _is_shown_later("", "_stored")) | (
        stored_deleted & _is_shown_later("_stored", "")
    )
    status = _newest("status", is_optional=False, is_newer=pl.lit(value=True))
    return {
        "gone_at_utc": pl.min_horizontal(gone),
        "status": pl.when(back).then(pl.lit(PUBLISHED)).otherwise(status),
        "deletion_told_at_utc": pl.when(~back).then(
            pl.max_horizontal("deletion_told_at_utc", "deletion_told_at_utc_stored")
        ),
        TOLD: pl.max_horizontal(TOLD, f"{TOLD}_stored"),
    }


def _unless_shown(name: str, side: str, other: str) -> pl.Expr:
    """The moment of a departure that one row knows of, unless the other one is of a later one."""
    moment = pl.col(f"{name}{side}")
    return pl.when((pl.col(f"{TOLD}{other}") < moment).fill_null(value=True)).then(moment)


def _is_shown_later(side: str, other: str) -> pl.Expr:
    """Whether the row `other` shows to the public what the row `side` knows as deleted before."""
    moment = pl.coalesce(f"deletion_told_at_utc{side}", f"{LAST}{side}")
    is_shown = pl.col(f"status{other}") == PUBLISHED
    return (is_shown & (pl.col(f"{TOLD}{other}") >= moment)).fill_null(value=False)


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
