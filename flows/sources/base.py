"""What a source of files is, and how the one for a file is found: by content, never by name."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from models.canonical import Record

Recognise = Callable[[bytes], bool]
"""The first `SAMPLE_SIZE` bytes of a file -> is it of this format?"""

Read = Callable[[LandedFile, ReadingRules], Iterator[Record]]
"""Yield every record of a landed file, in file order, usable or not; touches nothing else.

Never raises for what is wrong with the file's content: a broken record is a `Rejected`, and so is
a broken file, after the records that are intact.
"""

Describe = Callable[[LandedFile, ReadingRules], str | None]
"""One line on how a file will be read, for example the column mapping that was guessed."""


def no_description(_landed: LandedFile, _rules: ReadingRules) -> str | None:
    """The `Describe` of a source that has nothing to guess."""
    return None


@dataclass(frozen=True)
class FileSource:
    """A file format that holds posts and comments. One module of this folder declares one."""

    name: str
    about: str
    how_to_get: str
    """What a person does to get such a file, in one or two sentences."""
    recognise: Recognise
    read: Read
    version: int = 1
    """Raised when the reader improves: files that it read before are then read again."""
    is_generic: bool = False
    """Asked only after every specific source has said no."""
    describe: Describe = no_description


@cache
def all_sources() -> dict[str, FileSource]:
    """Every source by name, specific ones first, so that their order is the order of asking."""
    modules = [
        importlib.import_module(f"flows.sources.{module.name}")
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    ]
    sources = [module.SOURCE for module in modules if hasattr(module, "SOURCE")]
    return {
        source.name: source
        for source in sorted(sources, key=lambda source: (source.is_generic, source.name))
    }


def recognise(path: Path) -> FileSource | None:
    """The source whose format the file's content has, or None."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_SIZE)
    return next((source for source in all_sources().values() if source.recognise(sample)), None)
