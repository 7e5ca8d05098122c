"""The comments of a mart's cells and what a head said of them in, counts of every cell out.

Comments, people, channels and codes are numbers here, from 0: what is known of each is an array,
and no text is looked at.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.estimates.digits import BASE
from transforms.estimates.evidence import Flags, Places

Column = npt.NDArray[Any]
"""Whole numbers of any width, or days: the narrowest that hold what they say, (comments,)."""

PLACES = 32
"""Bits that hold the number of a comment."""

NOT_RECORDED = -1
"""Stands for an answer of which the model did not record whether it is uncertain."""


@dataclass(frozen=True)
class Comments:
    """What is known of every comment, whatever was asked of it; arrays are (comments,).

    They stand author by author: `author` ascends. It is a place in `people`, which tells authors
    apart, `channel` one in `channels`, in alphabetical order. `is_whole`: all comments of its post
    have arrived. `place`: where the comment with a number stands.
    """

    place: Column
    people: Places
    author: Column
    day: Column
    channels: tuple[str, ...]
    channel: Column
    is_whole: Flags


@dataclass(frozen=True)
class OneLabel:
    """What a head with one label said of every comment; arrays are (comments,).

    `code` is a place in `codes` (distinct, ascending), `chosen` the place of the label.
    """

    codes: Places
    code: Column
    chosen: Column

    def of(self, comment: Places) -> "Sayings":
        """What was said of each of `comment`: one thing."""
        nothing = np.zeros(len(comment), np.uint8)
        return Sayings(np.arange(len(comment)), nothing, self.code[comment], self.chosen[comment])


@dataclass(frozen=True)
class ManyLabels:
    """What a head of which several labels may apply said of comments: of each, those that may.

    What was said of comment i stands from `start[i]` to `start[i + 1]`: `question` is the place of
    a label, or their number for having none, `code` a place in `codes`, `chosen` 0 or 1.
    """

    start: Places
    question: Column
    code: Column
    chosen: Column
    codes: Places = field(default_factory=lambda: np.arange(BASE))

    def of(self, comment: Places) -> "Sayings":
        """What was said of each of `comment`: any number of things."""
        count = self.start[comment + 1] - self.start[comment]
        place = np.repeat(np.arange(len(comment)), count)
        before = np.cumsum(count) - count
        here = np.arange(len(place)) + np.repeat(self.start[comment] - before, count)
        return Sayings(place, self.question[here], self.code[here], self.chosen[here])


@dataclass(frozen=True)
class Sayings:
    """What was said of some comments; arrays are (sayings,). `place` is one among the comments."""

    place: Places
    question: Column
    code: Column
    chosen: Column


@dataclass(frozen=True)
class Answers:
    """What a head answered, and people beside it; arrays are (comments,).

    `is_given`: it did. `is_uncertain`: 1, 0 or `NOT_RECORDED`. `is_drawable`: people were asked
    about comments of its day. `gold` has a row for each comment and question that people answered:
    `comment`, `question`, `gold`, `mark` (a number that the comment keeps) and `drawn_share`.
    """

    labels: tuple[str, ...]
    is_given: Flags
    is_uncertain: Column
    is_drawable: Flags
    said: OneLabel | ManyLabels
    gold: pl.DataFrame


@dataclass(frozen=True)
class Members:
    """The comments of some cells that a head has answered; arrays are (members,), sorted by cell.

    `cell` counts from 0, and no cell is without a member; those of one begin at `start` (cells,).
    His comments divide an author's voice in a cell into `parts`. `authors` (cells,): how many;
    `is_heard` (cells,): every comment of the cell is a member.
    """

    cell: Places
    start: Places
    comment: Column
    parts: Places
    authors: Places
    is_heard: Flags


def members_of(pairs: pl.DataFrame, comments: Comments, answers: Answers) -> tuple[Places, Members]:
    """Which cells of `pairs` have a member, ascending, and these, in cells counted anew.

    `pairs` has `cell` and `comment`, whole numbers of 32 bits.
    """
    comment, place = pairs["comment"].to_numpy(), pairs["cell"].to_numpy()
    is_heard = answers.is_given[comment]
    # Comments stand author by author, so one sort puts what one wrote in a cell together.
    both = place[is_heard].astype(np.int64) << PLACES | comment[is_heard]
    both.sort()
    place, comment = both >> PLACES, (both & (2**PLACES - 1)).astype(np.int32)
    is_next_cell = np.diff(place, prepend=-1) != 0
    is_next_voice = is_next_cell | (np.diff(comments.author[comment], prepend=-1) != 0)
    cell, voice = np.cumsum(is_next_cell) - 1, np.flatnonzero(is_next_voice)
    parts = np.diff(voice, append=len(cell))
    start, authors = np.flatnonzero(is_next_cell), np.bincount(cell[voice])
    places, sizes = place[start], np.diff(start, append=len(cell))
    is_all = np.bincount(pairs["cell"].to_numpy())[places] == sizes
    return places, Members(cell, start, comment, np.repeat(parts, parts), authors, is_all)


def cells_of(members: Members, comments: Comments, answers: Answers) -> pl.DataFrame:
    """What `Gathered` tells of each cell beside its own columns, in their order."""
    comment, start = members.comment, members.start
    sizes = np.diff(start, append=len(comment))
    uncertain = answers.is_uncertain[comment]

    def counted(flags: Flags) -> Places:
        return np.asarray(np.add.reduceat(flags, start, dtype=np.int64))

    return pl.DataFrame(
        {
            "cell": np.arange(len(start)),
            "comment_count": sizes,
            "author_count": members.authors,
            "uncertain": counted(uncertain == 1),
            "recorded": counted(uncertain != NOT_RECORDED),
            "last_day": np.maximum.reduceat(comments.day[comment], start),
            # Of comments that nobody has read, nobody knows what they say.
            "is_whole": members.is_heard & (counted(comments.is_whole[comment]) == sizes),
            "drawable": counted(answers.is_drawable[comment]),
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
    """What was said of the members of each cell, as `Gathered` has it."""
    said = answers.said.of(members.comment)
    rows = tally(
        cell=members.cell[said.place],
        question=said.question,
        code=said.code,
        chosen=said.chosen,
        parts=members.parts[said.place],
    )
    whole = rows.with_columns(pl.col("question", "chosen").cast(pl.Int64))
    return with_voices(whole.with_columns(code=answers.said.codes[rows["code"].to_numpy()]))


def origins_of(members: Members, comments: Comments) -> pl.DataFrame:
    """How many voices each cell has from which channel, as `Gathered` has it."""
    channel = comments.channel[members.comment]
    rows = with_voices(tally(cell=members.cell, channel=channel, parts=members.parts))
    names = pl.Series("channel", comments.channels, pl.String)[rows["channel"].to_numpy()]
    return rows.select("cell", names, "voices")


def audits_of(
    members: Members, comments: Comments, answers: Answers, alike: pl.Series
) -> pl.DataFrame:
    """The members that people labelled, as `Gathered` has them; `alike` (cells,) is the cells'."""
    here = np.flatnonzero(np.isin(members.comment, answers.gold["comment"].to_numpy()))
    cell, comment = members.cell[here], members.comment[here]
    audited = pl.DataFrame(
        {
            "place": np.arange(len(here)),
            "cell": cell,
            "comment": comment,
            "author": comments.people[comments.author[comment]],
            "day": comments.day[comment],
            "alike": alike[cell],
            "voice": 1 / members.parts[here],
        }
    )
    said = answers.said.of(comment)
    told = pl.DataFrame(
        {
            "place": said.place,
            "question": said.question.astype(np.int64),
            "code": answers.said.codes[said.code],
        }
    )
    return (
        answers.gold.join(audited, on="comment", maintain_order="left")
        .join(told, on=["place", "question"], how="left", maintain_order="left")
        .sort("cell", maintain_order=True)
        .select(
            "cell",
            "question",
            pl.col("code").fill_null(0),
            "gold",
            "author",
            "day",
            "alike",
            "voice",
            "drawn_share",
            comment="mark",
        )
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
