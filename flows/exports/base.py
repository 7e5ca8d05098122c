"""What an export is: a publication in, files in a folder out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from models.contract import Table

Marts = Mapping[Table, pl.DataFrame]
"""Every mart's rows by its contract, in the mart's own order."""


@dataclass(frozen=True)
class Publication:
    """What is published at once: the marts, and the facts that the manifest tells of them.

    `topic_names` are the topics' names in `language`, for people.
    """

    marts: Marts
    facts: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    topic_names: Mapping[str, str] = field(default_factory=dict)


Write = Callable[[Publication, Path], None]
"""Write files into an existing folder; equal publications give equal files."""


@dataclass(frozen=True)
class Export:
    """One way in which the marts reach people. One module of this folder declares one."""

    name: str
    about: str
    write: Write
