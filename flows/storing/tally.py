"""What one file came to while its records are stored, and what it says of deletions."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl


@dataclass
class Tally:
    """What one file came to so far."""

    posts: set[str] = field(default_factory=set)
    comments: set[str] = field(default_factory=set)
    unusable: set[str] = field(default_factory=set)
    """Comments that came, but not in a shape that can be stored: they are not gone."""
    deleted: set[str] = field(default_factory=set)
    """Comments that the file says are deleted."""
    seen_again: set[str] = field(default_factory=set)
    """Comments that it has, and that were gone or deleted before."""
    published_again: set[str] = field(default_factory=set)
    """Those of them that it shows to the public, with a text."""
    newest: datetime | None = None
    """The newest moment that a record tells of, UTC: the file was not made before it."""
    swept: set[str] = field(default_factory=set)
    reworded: set[str] = field(default_factory=set)
    """Posts that are new, or worded otherwise than before."""
    is_doubtful: bool = False
    """Whether one of its comments, as it is stored now, may break a check."""
    rejected: int = 0
    records: int = 0
    redacted: Counter[str] = field(default_factory=Counter)
    """Pieces of personal data that were replaced in texts, by kind."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Fields with personal data that were left at the door, by kind."""

    def know_of(self, rows: pl.DataFrame, *times: str) -> None:
        """Note the newest moment in the columns `times` of `rows`."""
        found = rows.select(pl.max_horizontal(*times).max()).item()
        self.newest = max(filter(None, (self.newest, found)), default=None)
