"""What one file came to while its records are stored, and what it says of deletions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from transforms.aliases import Kind


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
    erased: set[str] = field(default_factory=set)
    """Ids of comments that were erased under one of them."""
    late: int = 0
    """Those of them that were stored under another one, until this file told that it is one."""
    reworded: set[str] = field(default_factory=set)
    """Posts that are new, worded otherwise than before, or no more."""
    is_doubtful: bool = False
    """Whether one of its comments, as it is stored now, may break a check."""
    rejected: int = 0
    records: int = 0
    redacted: Counter[str] = field(default_factory=Counter)
    """Pieces of personal data that were replaced in texts, by kind."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Fields with personal data that were left at the door, by kind."""

    post_names: dict[str, str] = field(default_factory=dict)
    """Ids of posts that this file told to be other names -> those that are kept."""
    below: set[str] = field(default_factory=set)
    """Posts with a comment of which this file told another name, '' for none that is known."""

    def rename(self, kind: Kind, names: Mapping[str, str]) -> None:
        """Know posts or comments that were under the ids `names` under those that are kept."""
        for ids in self._ids(kind):
            known = ids.intersection(names)
            ids -= known
            ids |= {names[name] for name in known}
        if kind == "post":
            kept = {name: names.get(under, under) for name, under in self.post_names.items()}
            self.post_names = kept | dict(names)

    def _ids(self, kind: Kind) -> tuple[set[str], ...]:
        if kind == "post":
            return self.posts, self.reworded, self.below
        sets = (self.comments, self.unusable, self.deleted)
        return (*sets, self.seen_again, self.published_again)

    def know_of(self, rows: pl.DataFrame, *times: str) -> None:
        """Note the newest moment in the columns `times` of `rows`."""
        found = rows.select(pl.max_horizontal(*times).max()).item()
        self.newest = max(filter(None, (self.newest, found)), default=None)
