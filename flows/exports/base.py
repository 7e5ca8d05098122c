"""What an export is: a publication in, files in a folder out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.publishing.publication import Publication

Write = Callable[[Publication, Path], None]
"""Write files into an existing folder; equal publications give equal files."""

Widen = Callable[[Publication, Path, Path], None]
"""Write into the last folder what the one before has, with more marts."""


@dataclass(frozen=True)
class InParts:
    """What a file shows of a publication, and how that is written; both are functions of a module.

    Where it is little, another process may write it, while this one writes the other files.
    """

    excerpt: Callable[[Publication], Any]
    write: Callable[[Any, Path], None]


@dataclass(frozen=True)
class Export:
    """One way in which the marts reach people. One module of this folder declares one.

    `is_whole`: its file holds all marts side by side, so that those who answer get one of their
    own, with the work lists in it. `widen`: the same, of the file for all, as most of it is equal.
    `in_parts`: the same as `write`, in two steps.
    """

    name: str
    about: str
    write: Write
    is_whole: bool = False
    widen: Widen | None = None
    in_parts: InParts | None = None
