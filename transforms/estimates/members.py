"""The comments of a mart's cells and what a head said of them in, counts of every cell out.

Comments, people, channels and codes are numbers here, from 0: what is known of each is an array,
and no text is looked at.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.estimates.evidence import Flags, Places

Column = npt.NDArray[Any]
"""Whole numbers of any width, or days: the narrowest that hold what they say, (comments,)."""

NOT_RECORDED = -1
"""Stands for an answer of which the model did not record whether it is uncertain."""


@dataclass(frozen=True)
class Comments:
    """What is known of every comment, whatever was asked of it; arrays are (comments,).

    `author` is a place in `people`, which tells authors apart, `channel` one in `channels`, in
    alphabetical order. `is_whole`: all comments of its post have arrived.
    """

    people: Places
    author: Column
    day: Column
    channels: tuple[str, ...]
    channel: Column
    is_whole: Flags


@dataclass(frozen=True)
class Answers:
    """What a head answered of every comment; arrays are (comments,).

    `is_given`: it did. `is_uncertain`: 1, 0 or `NOT_RECORDED`. `is_drawable`: people were asked
    about comments of its day. Of a head with one label, `code` is a place in `codes` (distinct,
    ascending), and `chosen` the label's place; where several may apply, both are 0.
    """

    labels: tuple[str, ...]
    is_given: Flags
    is_uncertain: Column
    is_drawable: Flags
    codes: Places
    code: Column
    chosen: Column


@dataclass(frozen=True)
class Members:
    """The comments of some cells that a head has answered; arrays are (members,).

    `cell` counts from 0, and no cell is without a member. His comments divide an author's voice in
    a cell into `parts`. `authors` (cells,): how many there are.
    """

    cell: Places
    comment: Column
    parts: Places
    authors: Places


def members_of(pairs: pl.DataFrame, comments: Comments, answers: Answers) -> tuple[Places, Members]:
    """Which cells of `pairs` have a member, ascending, and these, in cells counted anew.

    `pairs` has `cell` and `comment`.
    """
    every = pairs["comment"].to_numpy()
    is_heard = answers.is_given[every]
    comment, place = every[is_heard], pairs["cell"].to_numpy()[is_heard]
    has_members = np.bincount(place) > 0
    cell = (np.cumsum(has_members) - 1)[place]
    voices, voice, parts = np.unique(
        cell * len(comments.people) + comments.author[comment],
        return_inverse=True,
        return_counts=True,
    )
    authors = np.bincount(voices // max(len(comments.people), 1))
    return np.flatnonzero(has_members), Members(cell, comment, parts[voice], authors)


def cells_of(members: Members, comments: Comments, answers: Answers) -> pl.DataFrame:
    """What `Gathered` tells of each cell beside its own columns, in their order."""
    cell, comment, count = members.cell, members.comment, len(members.authors)
    sizes = np.bincount(cell, minlength=count)
    uncertain = answers.is_uncertain[comment]
    recorded = np.bincount(cell[uncertain != NOT_RECORDED], minlength=count)
    day = comments.day[comment]
    last_day = np.full(count, np.datetime64(date.min), day.dtype)
    np.maximum.at(last_day, cell, day)
    return pl.DataFrame(
        {
            "cell": np.arange(count),
            "comment_count": sizes,
            "author_count": members.authors,
            "uncertain": np.bincount(cell[uncertain == 1], minlength=count),
            "recorded": recorded,
            "last_day": last_day,
            "is_whole": np.bincount(cell[comments.is_whole[comment]], minlength=count) == sizes,
            "drawable": np.bincount(cell[answers.is_drawable[comment]], minlength=count),
        }
    ).select(
        "cell",
        "comment_count",
        "author_count",
        pl.when(pl.col("recorded") > 0)
        .then(pl.col("uncertain") / pl.col("recorded"))
        .alias("uncertain_share"),
        "last_day",
        "is_whole",
        (pl.col("drawable") / pl.col("comment_count")).alias("drawable_share"),
    )


def histogram_of(members: Members, answers: Answers) -> pl.DataFrame:
    """The histogram of a head with one label, as `Gathered` has it."""
    code, chosen = (column[members.comment] for column in (answers.code, answers.chosen))
    rows = tally(cell=members.cell, code=code, chosen=chosen, parts=members.parts)
    told = rows.with_columns(code=answers.codes[rows["code"].to_numpy()])
    return with_voices(told).insert_column(1, pl.lit(0).cast(pl.Int64).alias("question"))


def origins_of(members: Members, comments: Comments) -> pl.DataFrame:
    """How many voices each cell has from which channel, as `Gathered` has it."""
    channel = comments.channel[members.comment]
    rows = with_voices(tally(cell=members.cell, channel=channel, parts=members.parts))
    names = pl.Series("channel", comments.channels, pl.String)[rows["channel"].to_numpy()]
    return rows.select("cell", names, "voices")


def among(members: Members, comments: Comments, answers: Answers, wanted: Column) -> pl.DataFrame:
    """A row for each member whose comment is `wanted`: all that is known of it."""
    here = np.flatnonzero(np.isin(members.comment, wanted))
    comment = members.comment[here]
    return pl.DataFrame(
        {
            "cell": members.cell[here],
            "comment": comment,
            "parts": members.parts[here],
            "author": comments.people[comments.author[comment]],
            "day": comments.day[comment],
            "code": answers.codes[answers.code[comment]],
        }
    )


def tally(**columns: Column) -> pl.DataFrame:
    """How many members have which numbers: the distinct ones of `columns`, sorted, and `comments`.

    Raises ValueError where there are more possible combinations than 63 bits tell apart.
    """
    sizes = [int(column.max(initial=0)) + 1 for column in columns.values()]
    distinct, counts = np.unique(
        np.ravel_multi_index(tuple(columns.values()), sizes), return_counts=True
    )
    found = dict(zip(columns, np.unravel_index(distinct, sizes), strict=True))
    return pl.DataFrame(found | {"comments": counts})


def with_voices(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` that differ in `parts` alone as one: their `comments`, and their `voices`.

    Rows come sorted, `parts` and `comments` last. Fractions are added in the order of `parts`:
    in any other, as several threads meet them, their last digits would move from run to run.
    """
    *key, parts, comments = rows.columns
    groups = rows.select(pl.struct(key).rle_id()).to_series()
    if rows.is_empty():
        return rows.select(*key, comments, voices=pl.lit(0.0))
    place, counted = groups.to_numpy(), rows[comments].to_numpy()
    first = np.flatnonzero(np.diff(place, prepend=-1))
    voices = np.bincount(place, counted / rows[parts].to_numpy())
    return rows[first].select(
        *key,
        pl.Series(comments, np.add.reduceat(counted, first)),
        pl.Series("voices", voices),
    )
