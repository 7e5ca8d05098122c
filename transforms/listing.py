"""Comments and published shares in; comments that may be shown, and what may be told of each, out.

Each comment is told with one published cell only, of a post, a week, a topic in a month ..., and
nothing else of where it belongs: so nobody can count how many lie in two cells at once. All cells
that this one implies (a day's week, a post's channel) must be shown, too. Which kind of cell it is,
is drawn by the comment's own digest, once for ever, and never by what is hidden.

Why this tells nothing that the numbers do not. Cells of one kind that lie in each other (a post and
its days) are a *branch*: a comment is told with the smallest that is shown, so the branch parts
comments into *groups* whose sizes follow from published numbers. Of a group at most one comment in
F is listed, where F is the number of groups that a comment can be in, one a branch. Take any other
comments that would give the same published numbers: spread each group's listed ones evenly over
it, and no place needs more of them than it has, for each group asks for at most a share of 1 / F.
So all that was possible before is possible still: listing narrows down no count, whatever is
hidden. (A comment has a group for each topic; `MOST_TOPICS` are counted.)
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from models.shares import is_of_shares, small_cells_of
from transforms.cells import Family, Marts, cells_told

HEAD = "sentiment"
"""Comments are told with their answer to it, so only with cells of which its shares are told."""

TIMES = ("day", "week", "month")
"""Dimensions that lie in each other, the finest first; a week only where it is of one month."""

NUMBER = pl.col("quote_id").str.to_integer(base=16, dtype=pl.UInt64)
"""A digest of 16 hex digits as the number that it is: sorted alike, in a sixth of the time."""

DRAWING = 32
"""Bits of a digest, the last ones, that do not draw a comment's branch."""

MOST_TOPICS = 3
"""Topics of a comment, the surest first, with one of which it may be told."""

PLACE = ("post_id", "channel", "segment", "day")
"""What says, with a topic, in which cells a comment is: a day has one week and one month. Those of
one place are told alike, so cells are looked for once a place, not once a comment."""

TOLD = ("post_id", "channel", "segment", "day", "week", "month", "topics")
"""What is told of a listed comment as far as its cell says it; null, or no topic, where not."""


@dataclass(frozen=True)
class Branch:
    """Families that differ in their time only, the finest first, with the cells shown of each."""

    base: Family
    families: tuple[Family, ...]

    @property
    def is_of_topics(self) -> bool:
        """Whether a comment can be in several of its groups: one a topic."""
        return "topic" in self.base

    @property
    def width(self) -> int:
        """In how many groups a comment can be."""
        return MOST_TOPICS if self.is_of_topics else 1


def quote_id(comment_id: str) -> str:
    """What names a comment in published lists, as `classified.quotable` makes it."""
    return hashlib.sha256(f"quote {comment_id}".encode()).hexdigest()[:16]


def listed(marts: Marts, comments: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """The rows of `comments` that may be shown, in the order of their digests.

    Of each is told what may be told of it (`TOLD`).

    `marts` are as they are published. `comments` have the columns of `classified.quotable`, a row
    each. Where a `smallest` of one hides nothing, all of all comments is told. Those without words
    count in the size of their groups, as they do in the published numbers, and are never shown.
    """
    if smallest <= 1:
        return comments.filter("has_words").sort(NUMBER)
    return pl.concat([comments.clear(), *listed_by_branch(marts, comments)]).sort(NUMBER)


def listed_by_branch(marts: Marts, comments: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Those of `comments` that are told with cells of one branch after the other."""
    shown, hidden = shown_cells(marts), hidden_cells(marts)
    branches = branches_of(shown)
    width = sum(branch.width for branch in branches)
    places, channels = places_of(comments), channels_of_posts(marts)
    drawn = drawn_of(comments, places, width)
    on_topics = topics_of(places, drawn)
    first = 0
    for branch in branches:
        told_of = on_topics if branch.is_of_topics else places
        if "post_id" in branch.base:
            told_of = told_of.drop("channel").join(channels, on="post_id", how="left")
        groups = groups_of(branch, shown, hidden, told_of)
        grouped = numbered(pl.concat(groups), width)
        rows = offered(drawn, branch, first).join(
            grouped, on=place_key(branch), maintain_order="left"
        )
        yield listed_of(rows, width).select(comments.columns)
        first += branch.width


def places_of(comments: pl.DataFrame) -> pl.DataFrame:
    """A row a `PLACE`, numbered, with its week and month, and `size`: how many comments it has."""
    sized = comments.group_by(PLACE).agg(pl.col("week", "month").first(), size=pl.len())
    monday = pl.col("day").dt.truncate("1w")
    return sized.with_row_index("place").with_columns(
        all=pl.lit(0),
        is_whole_week=monday.dt.strftime("%Y-%m") == monday.dt.offset_by("6d").dt.strftime("%Y-%m"),
    )


def drawn_of(comments: pl.DataFrame, places: pl.DataFrame, width: int) -> pl.DataFrame:
    """`comments` by the number of their place, with `draw`, below `width`; `TOLD` is taken off."""
    keys = places.select(*PLACE, "place")
    placed = comments.select(PLACE).join(
        keys, on=PLACE, how="left", nulls_equal=True, maintain_order="left"
    )
    draw = (NUMBER // 2**DRAWING).cast(pl.Int64) % max(width, 1)
    narrow = comments.select(pl.exclude(*TOLD), "topics", placed["place"])
    return narrow.sort(NUMBER).with_columns(draw=draw)


def topics_of(places: pl.DataFrame, drawn: pl.DataFrame) -> pl.DataFrame:
    """A row a place and `topic`: the place, and as `size` how many of its comments are on it."""
    on_topics = drawn.select("place", topic="topics").explode("topic").drop_nulls()
    sizes = on_topics.group_by("place", "topic").agg(size=pl.len())
    return sizes.join(places.drop("size"), on="place")


def shown_cells(marts: Marts) -> dict[Family, pl.DataFrame]:
    """The cells, by family, whose shares of `HEAD` are published and not hidden."""
    found: dict[Family, list[pl.DataFrame]] = {}
    for table, rows in marts.items():
        if not is_of_shares(table) or rows.is_empty():
            continue  # a table without any row, as of segments that nobody defined, tells no cell
        is_shown = (pl.col("head") == HEAD) & pl.col("hidden_reason").is_null()
        for family, cells in cells_told(table, rows.filter(is_shown)):
            found.setdefault(family, []).append(cells.drop("row"))
    return {family: pl.concat(cells).unique() for family, cells in found.items()}


def hidden_cells(marts: Marts) -> dict[Family, pl.DataFrame]:
    """The cells, by family, that some table tells about and none shows."""
    all_of: dict[Family, list[pl.DataFrame]] = {}
    shown: dict[Family, list[pl.DataFrame]] = {}
    for table, rows in marts.items():
        if small_cells_of(table).exempt:
            continue
        is_shown = rows["hidden_reason"].is_null()
        for found, some in ((all_of, rows), (shown, rows.filter(is_shown))):
            for family, cells in cells_told(table, some):
                found.setdefault(family, []).append(cells.drop("row"))
    return {
        family: pl.concat(cells).unique().join(pl.concat(shown[family]), on=family, how="anti")
        for family, cells in all_of.items()
        if family in shown
    }


def channels_of_posts(marts: Marts) -> pl.DataFrame:
    """The channel of each post, as tables of shares tell it.

    With a post this one is told of all its comments. Comments that came in under another are in a
    cell of that one, which may be hidden.
    """
    named = ("post_id", "channel")
    found = [
        rows.select(pl.col(named).cast(pl.String))
        for table, rows in marts.items()
        if is_of_shares(table) and {*named} <= {*rows.columns}
    ]
    none = pl.DataFrame(schema=dict.fromkeys(named, pl.String))
    return pl.concat([none, *found]).unique("post_id", keep="first", maintain_order=True)


def branches_of(shown: dict[Family, pl.DataFrame]) -> list[Branch]:
    """The families of `shown`, those that differ in their time only together, in fixed order."""
    by_base: dict[Family, list[Family]] = {}
    for family in shown:
        base = tuple(name for name in family if name not in (*TIMES, "all"))
        by_base.setdefault(base, []).append(family)
    return [
        Branch(base, tuple(sorted(families, key=fineness)))
        for base, families in sorted(by_base.items())
    ]


def fineness(family: Family) -> int:
    """The place of the family's time among `TIMES`; beyond them if it has none."""
    return min((TIMES.index(name) for name in family if name in TIMES), default=len(TIMES))


def offered(drawn: pl.DataFrame, branch: Branch, first: int) -> pl.DataFrame:
    """The rows that have drawn `branch`, whose number begins at `first`; of topics, with one."""
    is_mine = pl.col("draw").is_between(first, first + branch.width - 1)
    mine = drawn.filter(is_mine & pl.col("has_words"))
    if not branch.is_of_topics:
        return mine.drop("topics")
    count = pl.col("topics").list.len().clip(upper_bound=MOST_TOPICS)
    with_some = mine.filter(count > 0)
    return with_some.select(
        pl.exclude("topics"), topic=pl.col("topics").list.get((pl.col("draw") - first) % count)
    )


def numbered(groups: pl.DataFrame, width: int) -> pl.DataFrame:
    """Those of `groups` of which one comment in `width` is one at least, by number, not by name."""
    enough = groups.filter(pl.col("group_size") >= width)
    return enough.with_columns(group=pl.col("group").rank("dense"))


def listed_of(rows: pl.DataFrame, width: int) -> pl.DataFrame:
    """Of each `group` at most one comment in `width`.

    Sentiments take turns; of each the most typical comes first, of equal ones the first of `rows`.
    """
    turn = pl.col("typicality").rank("ordinal", descending=True).over("group", "sentiment")
    place = pl.struct("turn", -pl.col("typicality"), "quote_id").rank("ordinal").over("group")
    return rows.with_columns(turn=turn).filter(place <= pl.col("group_size") // width)


def groups_of(
    branch: Branch,
    shown: dict[Family, pl.DataFrame],
    hidden: dict[Family, pl.DataFrame],
    places: pl.DataFrame,
) -> Iterator[pl.DataFrame]:
    """For each family the places told with its cells: what no finer family of `branch` tells.

    `group` names the group, `group_size` says how many comments it has; what it does not say of
    its comments is null.
    """
    left = places
    for family in branch.families:
        within = pl.lit(True)
        if "week" in family and any("month" in coarser for coarser in branch.families):
            within = pl.col("is_whole_week")
        inside = left.filter(within).join(shown[family], on=family, how="semi")
        for other, cells in hidden.items():
            inside = outside_of(inside, family, other, cells)
        left = left.join(inside, on=place_key(branch), how="anti")
        named = pl.concat_str(pl.lit("|".join(family)), *family, separator="|")
        size = pl.col("size").sum().over(*family)
        yield told(family, inside.with_columns(group=named, group_size=size))


def outside_of(
    rows: pl.DataFrame, family: Family, other: Family, hidden: pl.DataFrame
) -> pl.DataFrame:
    """`rows` without those of which a cell of `family` says that they are in a `hidden` one."""
    said = {*family, "all", *implied(family)}
    if said.issuperset(other):
        return rows.join(hidden, on=other, how="anti")
    if "week" in said and {*said, "month"}.issuperset(other):
        is_safe = ~pl.col("is_whole_week") | pl.col("is_open")
        open_rows = rows.join(hidden.with_columns(is_open=False), on=other, how="left")
        return (
            open_rows.with_columns(pl.col("is_open").fill_null(True))
            .filter(is_safe)
            .drop("is_open")
        )
    return rows


def implied(family: Family) -> tuple[str, ...]:
    """What follows from the dimensions of `family`: a day's week and month, a post's channel."""
    times = ("week", "month") if "day" in family else ()
    return (*times, "channel") if "post_id" in family else times


def place_key(branch: Branch) -> list[str]:
    """What tells the places of a branch apart."""
    return ["place", "topic"] if branch.is_of_topics else ["place"]


def told(family: Family, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` without what a cell of `family` does not say of them."""
    said = {*family, *implied(family)}
    kept = {
        name: pl.when(name in said).then(name)
        for name in ("post_id", "channel", "segment", "day", "week")
    }
    # The month follows from a week that lies in one.
    month = pl.when(pl.lit("month" in said) | (pl.lit("week" in said) & pl.col("is_whole_week")))
    topics = pl.concat_list("topic") if "topic" in family else pl.lit([], pl.List(pl.String))
    return rows.with_columns(**kept, month=month.then("month"), topics=topics)
