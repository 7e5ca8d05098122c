"""Records of one landed file in, what they tell as frames out, a batch at a time.

All that needs Python for every record, and nothing that needs the warehouse but what was erased:
so it may as well be done in another process (`flows/storing/reader.py`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import polars as pl

from flows.storing.erased import Erased, without_erased
from flows.storing.sound import sound
from flows.storing.sweeps import believed
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.tables.rejected_comment import REJECTED_COMMENT
from transforms.canonical import Origin, comments_frame, naive_utc, post_id_of, posts_frame

BATCH = 10_000
"""Records held in memory at a time: some 30 MB, and more at once is not faster."""

Kind = TypeVar("Kind", Post, Comment, Rejected, Swept)


@dataclass(frozen=True, slots=True)
class Told:
    """What a batch of records tells: posts, drafts of comments, rejections, ids of swept posts."""

    count: int
    posts: pl.DataFrame
    comments: pl.DataFrame
    rejected: pl.DataFrame
    swept: frozenset[str]


Tell = Callable[[Erased], Iterator[Told]]
"""What the records of a file tell, in their order, once it is known what was erased."""


def tell(records: Iterable[Record], origin: Origin, erased: Erased) -> Iterator[Told]:
    """What `records` tell, at most `BATCH` of them at a time."""
    repeats = Counter[str]()
    for batch in batches(without_erased(believed(sound(records)), erased, origin)):
        yield told_of(batch, origin, repeats)


def told_of(batch: list[Record], origin: Origin, repeats: Counter[str]) -> Told:
    """What a batch tells; it is empty then, or both would stand in memory while rows are stored."""
    told = Told(
        count=len(batch),
        posts=posts_frame(of_kind(batch, Post), origin),
        comments=comments_frame(of_kind(batch, Comment), origin, repeats),
        rejected=rejected_frame(of_kind(batch, Rejected), origin),
        swept=frozenset(
            post_id_of(record.platform, record.site, record.post_native_id)
            for record in of_kind(batch, Swept)
        ),
    )
    batch.clear()
    return told


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Runs of at most `BATCH` records; none is held while the next one is read."""
    iterator = iter(records)
    for first in iterator:
        yield [first, *islice(iterator, BATCH - 1)]


def of_kind(batch: list[Record], kind: type[Kind]) -> list[Kind]:
    """The records of a batch that are of one kind."""
    return [record for record in batch if isinstance(record, kind)]


def rejected_frame(rejected: list[Rejected], origin: Origin) -> pl.DataFrame:
    """What a reader could not use, as rows of `clean.rejected_comment`."""
    return pl.DataFrame(
        [
            {
                "landed_file": origin.landed_file,
                "position": record.position,
                "line": record.line,
                "reason": record.reason,
                "detail": record.detail,
                "channel": origin.channel,
                "received_at_utc": naive_utc(origin.received_at),
            }
            for record in rejected
        ],
        schema=REJECTED_COMMENT.schema(),
    )
