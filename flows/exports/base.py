"""What an export is: a publication in, files in a folder out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from models.contract import Table

Marts = Mapping[Table, pl.DataFrame]
"""Every mart's rows by its contract, in the mart's own order."""


@dataclass(frozen=True)
class Publication:
    """What is published at once: the marts, and the facts that the manifest tells of them."""

    marts: Marts
    facts: Mapping[str, object] = field(default_factory=dict)
    language: str = "en"


Write = Callable[[Publication, Path], None]
"""Write files into an existing folder; equal publications give equal files."""


@dataclass(frozen=True)
class Export:
    """One way in which the marts reach people. One module of this folder declares one."""

    name: str
    about: str
    write: Write
