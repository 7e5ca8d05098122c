"""What an export is: frames of marts in, files in a folder out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from models.contract import Table

Marts = Mapping[Table, pl.DataFrame]
"""Every mart's rows by its contract, in the mart's own order."""

Write = Callable[[Marts, Path], None]
"""Write files about all marts into an existing, empty folder; equal marts give equal files."""


@dataclass(frozen=True)
class Export:
    """One way in which the marts reach people. One module of this folder declares one."""

    name: str
    about: str
    write: Write
