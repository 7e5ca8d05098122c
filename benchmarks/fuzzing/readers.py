"""A file in, what `refine` would make of it out; every promise of a reader held against it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import polars as pl

from flows.landing.door import left_out_fields
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.base import FileSource, all_sources, recognise, recognise_sample
from flows.storing.erased import apart
from flows.storing.sound import sound
from flows.storing.told import rejected_frame
from models.canonical import REASONS, Comment, Post, Record, Rejected, Swept
from models.tables.comment import COMMENT
from models.tables.post import POST
from models.tables.rejected_comment import REJECTED_COMMENT
from transforms.canonical import Origin, comments_frame, posts_frame
from transforms.clean import clean

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "data/samples", ROOT / "tests/flows/sources/samples")
RECEIVED = datetime(2025, 12, 1, tzinfo=UTC)
RULES = ReadingRules()
LONGEST_TEXT = 65535

SLOW = frozenset({".xlsx", ".xls"})
"""Files that a process of its own reads: a hundred others take as long as one of them."""


class Broken(AssertionError):
    """A promise was not kept; says which."""


def samples() -> list[Path]:
    """A file of every source there is, in order."""
    return sorted(
        path for folder in FOLDERS for path in folder.iterdir() if path.suffix not in (".md", "")
    )


@cache
def source_of(sample: Path) -> FileSource:
    """The source that an undamaged sample is of."""
    source = recognise(sample)
    if source is None:
        raise Broken(f"`{sample.name}` is of no source")
    return source


def origin(name: str) -> Origin:
    """Where the records of a damaged file come from."""
    return Origin(name, RECEIVED, None, frozenset({"nordhafen it"}), b"k" * 32)


def read(
    content: bytes, own: FileSource, name: str, folder: Path, *, thoroughly: bool = True
) -> Counter[str]:
    """Read `content` as `refine` does, by its `own` source and by whoever recognises it now.

    Returns how many posts, comments and rejections came of it, and which sources read it. Raises
    `Broken`, or whatever a reader raises: it must raise nothing. `thoroughly`: the records become
    rows, too, and every source is asked whether the file is its own, how it would be read, and
    what it leaves at the door.
    """
    path = folder / "landed"
    path.write_bytes(content)
    sample = content[:SAMPLE_SIZE]
    found = recognise_sample(sample)
    landed = LandedFile(path, name, RECEIVED)
    if thoroughly:
        ask_all(landed, sample)
    result: Counter[str] = Counter()
    for source in (own,) if found in (own, None) else (own, found):
        records = list(apart(sound(source.read_fast(landed, RULES))))
        require(records)
        result["records"] += len(records)
        if thoroughly:
            result += settled(records, origin(f"{source.name}/{name}"))
    result["recognised" if found is own else "taken for another" if found else "unknown"] += 1
    return result


def ask_all(landed: LandedFile, sample: bytes) -> None:
    """Ask every source whether a file is its own and how it would read it."""
    for source in all_sources().values():
        if source.recognise(sample):
            source.describe(landed, RULES)
    left_out_fields(landed.path)


def settled(records: Sequence[Record], where: Origin) -> Counter[str]:
    """How many records of each kind there are; each is kept or rejected with a reason."""
    posts = posts_frame([one for one in records if isinstance(one, Post)], where)
    comments = [one for one in records if isinstance(one, Comment)]
    cleaned = clean(comments_frame(comments, where, Counter()), LONGEST_TEXT)
    if cleaned.kept.height + cleaned.rejected.height != len(comments):
        raise Broken(f"of {len(comments)} comments {cleaned.kept.height} were kept")
    rejected = rejected_frame([one for one in records if isinstance(one, Rejected)], where)
    POST.require(posts)
    COMMENT.require(cleaned.kept)
    # Two records of a file may be rejected for one place; the grain is not looked at here.
    pl.concat([cleaned.rejected, rejected]).cast(REJECTED_COMMENT.schema())
    return Counter(
        posts=posts.height,
        comments=cleaned.kept.height,
        rejected=rejected.height + cleaned.rejected.height,
    )


def require(records: Iterable[Record]) -> None:
    """Raise `Broken` where a record is not what a reader may yield."""
    for record in records:
        if not isinstance(record, Post | Comment | Rejected | Swept):
            raise Broken(f"a reader gave a {type(record).__name__}")
        if isinstance(record, Rejected):
            if record.reason not in REASONS:
                raise Broken(f"`{record.reason}` is no reason")
            if not record.detail.strip():
                raise Broken("a rejection says nothing")
        elif isinstance(record, Comment | Post):
            moment = record.created_at
            if moment is not None and moment.tzinfo is None:
                raise Broken("a time has no zone")
