"""Published tables that are computed in Python, from other published tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from models.contract import Table


@dataclass(frozen=True)
class MartRules:
    """What the owner has set about changes, and about small cells."""

    trailing_weeks: int = 4
    least_comments: int = 20
    smallest_cell: int = 5
    false_alert_share: float = 0.05


Build = Callable[[Mapping[Table, pl.DataFrame], MartRules], pl.DataFrame]
"""The rows, from the tables that are published, small cells hidden; so it can tell nothing new."""


TextsOf = Callable[[pl.DataFrame], pl.DataFrame]
"""Puts `post_title`, `text` and `permalink` to rows with a `comment_id`, in their order."""

BuildList = Callable[[Mapping[Table, pl.DataFrame], pl.DataFrame, TextsOf, MartRules], pl.DataFrame]
"""The rows, from the tables that are published and the comments of `classified.quotable`. Texts are
asked of those that are listed alone: they decide nothing, and weigh more than all that does."""


@dataclass(frozen=True)
class ListedMart:
    """A published table of single comments; one file of `transforms/marts/` declares one."""

    table: Table
    build: BuildList = field(repr=False)


@dataclass(frozen=True)
class DerivedMart:
    """One file of `transforms/marts/` declares one, as `MART`."""

    table: Table
    build: Build = field(repr=False)
