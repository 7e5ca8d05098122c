"""Records of one landed file in, what they tell as frames out, some records at a time.

All that needs Python for every record, and nothing that needs the warehouse but what was erased:
so it may as well be done in another process (`flows/storing/reader.py`).
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
class Told:
    """What some records tell: posts, drafts of comments, rejections, ids of swept posts."""

    count: int
    posts: pl.DataFrame
    comments: pl.DataFrame
    rejected: pl.DataFrame
    swept: frozenset[str]


Tell = Callable[[Erased], Iterator[Told]]
"""What the records of a file tell, in their order, once it is known what was erased."""


def tell(records: Iterable[Record | Comments], origin: Origin, erased: Erased) -> Iterator[Told]:
    """What `records` tell, a part of a batch at a time."""
    repeats = Counter[str]()
    for part in parts(without_erased(believed(sound(records)), erased, origin)):
        told = told_of(part, origin, repeats)
        part.clear()  # before the next one is read
        yield told


def parts(records: Iterable[Record | Comments]) -> Iterator[list[Record | Comments]]:
    """`records`, some at a time; what stands side by side is the end of a part."""
    part: list[Record | Comments] = []
    for record in records:
        part.append(record)
        if len(part) >= min(PART, BATCH) or isinstance(record, Comments):
            del record
            yield part
            part = []
    if part:
        yield part


def told_of(part: list[Record | Comments], origin: Origin, repeats: Counter[str]) -> Told:
    """What some records tell; `repeats` as for `comments_frame`."""
    together = of_kind(part, Comments)
    comments: list[Comments] = [Comments.of(of_kind(part, Comment)), *together]
    return Told(
        count=len(part) - len(together) + sum(map(len, together)),
        posts=posts_frame(of_kind(part, Post), origin),
        comments=pl.concat(
            # Where comments stand side by side, there are none by themselves, as a rule.
            [comments_frame(some, origin, repeats) for some in comments if len(some)]
            or [comments_frame([], origin, repeats)]
        ),
        rejected=rejected_frame(of_kind(part, Rejected), origin),
        swept=frozenset(
            post_id_of(record.platform, record.site, record.post_native_id)
            for record in of_kind(part, Swept)
        ),
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
    )


def of_kind(part: list[Record | Comments], kind: type[Kind]) -> list[Kind]:
    """The records that are of one kind."""
    return [record for record in part if isinstance(record, kind)]


def rejected_frame(rejected: list[Rejected], origin: Origin) -> pl.DataFrame:
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
