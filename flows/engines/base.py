"""What an engine can do; the flows know no more of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.settings import Warehouse


def nothing_to_add(_error: duckdb.IOException, _limits: Warehouse) -> None:
    """The error of a disk says itself what is wrong."""


@dataclass(frozen=True)
class Engine:
    """A place for the tables. `path` is the file that a warehouse without a lake lies in.

    `connect` gives a connection whose default catalogue is the warehouse; raises `TryAgain` while
    it is held or away, `GiveUp` if it can't be opened at all. `exists` tells, without making one,
    whether there is a warehouse. `forget` makes that what was deleted can't be read back from
    disk; it must not run beside a transaction of the same process. `explain` says what it means
    that its files could not be read or written: `TryAgain`, `GiveUp`, or None if the error says it.
    """

    connect: Callable[[Path, Warehouse], duckdb.DuckDBPyConnection]
    exists: Callable[[Path, Warehouse], bool]
    forget: Callable[[Path, Warehouse], None]
    explain: Callable[[duckdb.IOException, Warehouse], Exception | None] = nothing_to_add
