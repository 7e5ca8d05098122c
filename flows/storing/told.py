"""Records of one landed file in, what they tell as frames out, some records at a time.

All that needs Python for every record, and nothing that needs the warehouse but what was erased:
so it may as well be done in other processes: by one that reads (`flows/storing/reader.py`), by
another one that tells (`flows/storing/teller.py`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from flows.storing.erased import Erased, without_erased
from flows.storing.sound import sound
from flows.storing.sweeps import believed
from models.canonical import Comment, Comments, Post, Record, Rejected, Swept
from models.tables.post import POST
from models.tables.rejected_comment import REJECTED_COMMENT
from transforms.canonical import Origin, comments_frame, naive_utc, post_id_of, posts_frame
from transforms.columns import frame_of

BATCH = 10_000
"""Records whose rows are merged at once: some 5 MB."""

PART = 2_500
"""Records held in memory at a time: some 3 KB each, and as much again while their columns are made.
With fewer, what every look at a column costs would tell."""

Kind = TypeVar("Kind", Post, Comment, Comments, Rejected, Swept)


@dataclass(frozen=True, slots=True)
class Part:
    """Some records of a file, each kind by itself in its order; comments side by side."""

    count: int
    posts: Sequence[Post]
    comments: Sequence[Comments]
    rejected: Sequence[Rejected]
    swept: Sequence[Swept]


@dataclass(frozen=True, slots=True)
class Told:
    """What some records tell: posts, drafts of comments, rejections, ids of swept posts.

    And the ids of comments that were erased under one of them.
    """

    count: int
    posts: pl.DataFrame
    comments: pl.DataFrame
    rejected: pl.DataFrame
    swept: frozenset[str]
    erased: frozenset[str] = frozenset()


Tell = Callable[[Erased], Iterator[Told]]
"""What the records of a file tell, in their order, once it is known what was erased."""


def tell(records: Iterable[Record | Comments], origin: Origin, erased: Erased) -> Iterator[Told]:
    """What `records` tell, a part of a batch at a time."""
    return tell_parts(read_parts(records, origin, erased), origin)


def read_parts(
    records: Iterable[Record | Comments], origin: Origin, erased: Erased
) -> Iterator[Part]:
    """Those of `records` that may be stored, a part at a time."""
    for part in some_at_a_time(without_erased(believed(sound(records)), erased, origin)):
        found = [part_of(part)]
        part.clear()  # neither of them is held while the next one is read
        yield found.pop()


def tell_parts(parts: Iterable[Part], origin: Origin) -> Iterator[Told]:
    """What each of the `parts` of one file tells."""
    repeats = Counter[str]()
    for part in parts:
        told = told_of(part, origin, repeats)
        del part  # before the next one is read
        yield told


def some_at_a_time(records: Iterable[Record | Comments]) -> Iterator[list[Record | Comments]]:
    """`records` in lists; what stands side by side is the end of one."""
    part: list[Record | Comments] = []
    for record in records:
        part.append(record)
        if len(part) >= min(PART, BATCH) or isinstance(record, Comments):
            del record
            yield part
            part = []
    if part:
        yield part


def part_of(records: list[Record | Comments]) -> Part:
    """`records` by their kinds."""
    together = of_kind(records, Comments)
    # Where comments stand side by side, there are none by themselves, as a rule.
    comments = [Comments.of(of_kind(records, Comment)), *together]
    return Part(
        count=len(records) - len(together) + sum(map(len, together)),
        posts=of_kind(records, Post),
        comments=[some for some in comments if len(some)],
        rejected=of_kind(records, Rejected),
        swept=of_kind(records, Swept),
    )


def told_of(part: Part, origin: Origin, repeats: Counter[str]) -> Told:
    """What some records tell; `repeats` as for `comments_frame`."""
    return Told(
        count=part.count,
        posts=posts_frame(part.posts, origin),
        comments=pl.concat(
            [comments_frame(some, origin, repeats) for some in part.comments]
            or [comments_frame([], origin, repeats)]
        ),
        rejected=rejected_frame(part.rejected, origin),
        swept=frozenset(
            post_id_of(record.platform, record.site, record.post_native_id) for record in part.swept
        ),
        erased=frozenset(name for record in part.rejected for name in record.erased_ids),
    )


def batches(parts: Iterable[Told]) -> Iterator[Told]:
    """`parts` joined to batches of `BATCH` records; none is held while the next one is told."""
    waiting = list[Told]()
    for part in parts:
        waiting.append(part)
        if sum(one.count for one in waiting) >= BATCH:
            yield joined(waiting)
            waiting.clear()
    if waiting:
        yield joined(waiting)


def joined(parts: Sequence[Told]) -> Told:
    """What all `parts` tell; of posts with one id the later one counts, as within each of them."""
    return Told(
        count=sum(part.count for part in parts),
        posts=pl.concat([part.posts for part in parts])
        .group_by("post_id", maintain_order=True)
        .last()
        .select(POST.column_names),
        comments=pl.concat([part.comments for part in parts]),
        rejected=pl.concat([part.rejected for part in parts]),
        swept=frozenset[str]().union(*(part.swept for part in parts)),
        erased=frozenset[str]().union(*(part.erased for part in parts)),
    )


def of_kind(records: list[Record | Comments], kind: type[Kind]) -> list[Kind]:
    """The records that are of one kind."""
    return [record for record in records if isinstance(record, kind)]


def rejected_frame(rejected: Sequence[Rejected], origin: Origin) -> pl.DataFrame:
    """What a reader could not use, as rows of `clean.rejected_comment`."""
    columns = {
        name: [getattr(record, name) for record in rejected]
        for name in ("position", "line", "reason", "detail")
    } | {
        name: [value] * len(rejected)
        for name, value in (
            ("landed_file", origin.landed_file),
            ("channel", origin.channel),
            ("received_at_utc", naive_utc(origin.received_at)),
        )
    }
    return frame_of(columns, REJECTED_COMMENT.schema())
