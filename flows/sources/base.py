"""What a source is, and how the one for a file is found: by content, never by name.

A `FileSource` reads files that people export; an `ApiSource` also asks a platform's interface, and
reads the pages that it landed. Network and reading are apart, so that what has landed is read again
when a reader improves.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.fetching.page import Page as Page
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from models.canonical import Comments, Record

if TYPE_CHECKING:  # who reads files needs no network
    from flows.fetching.session import Connect

Recognise = Callable[[bytes], bool]
"""The first `SAMPLE_SIZE` bytes of a file -> is it of this format?"""

Read = Callable[[LandedFile, ReadingRules], Iterator[Record]]
"""Yield every record of a landed file, in file order, usable or not; touches nothing else.

Never raises for what is wrong with the file's content: a broken record is a `Rejected`, and so is
a broken file, after the records that are intact.
"""

ReadTogether = Callable[[LandedFile, ReadingRules], Iterator[Record | Comments]]
"""The same, where comments may also stand side by side: of formats that large files come in."""

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
    holds_tokens: bool = False
    """Links in such files may carry the token of who asked for them; it does not land."""
    read_together: ReadTogether | None = None

    def read_fast(self, landed: LandedFile, rules: ReadingRules) -> Iterator[Record | Comments]:
        """What `read` yields, comments side by side if this format can be read so."""
        return (self.read_together or self.read)(landed, rules)


@dataclass(frozen=True)
class Errand:
    """What one run asks of one account.

    `options` are those of the account in the settings, `token` its secret. `memory` is what the
    last page that landed in earlier runs said to remember, {} at first. Posts made or changed since
    `look_back` are asked for again, because comments come late and are edited; in a full sweep
    all posts are, and each comment of them, so that what is gone is noticed.
    """

    options: Mapping[str, str]
    token: str | None
    connect: "Connect"
    memory: Mapping[str, Any]
    look_back: datetime
    now: datetime
    is_full_sweep: bool = False


@dataclass(frozen=True, kw_only=True)
class ApiSource(FileSource):
    """A platform's interface. `recognise` and `read` are for the pages that have landed.

    `pages` yields the answers in the order of asking; it lets the errors of its `Session` through,
    except an `Absent` that is data and those of a single post (`flows/fetching/left.py`).
    `options` names what an account of it can set, each with a sentence; those of `needs` it must.
    `token`: what the token is, or "" if there is none. `pages_a_file`: how many answers land
    together, which is what a killed run has to ask again; None: as many as is usual.
    """

    pages: Callable[[Errand], Iterator[Page]]
    options: Mapping[str, str]
    needs: tuple[str, ...] = ()
    token: str = ""
    is_token_optional: bool = False
    pages_a_file: int | None = None


def api_sources() -> dict[str, ApiSource]:
    """The sources that ask a platform's interface, by name."""
    return {name: s for name, s in all_sources().items() if isinstance(s, ApiSource)}


def _order(source: FileSource) -> tuple[bool, bool, str]:
    """Landed pages name their source, so interfaces are asked first; generic formats last."""
    return source.is_generic, not isinstance(source, ApiSource), source.name


@cache
def all_sources() -> dict[str, FileSource]:
    """Every source by name, specific ones first, so that their order is the order of asking."""
    modules = [
        importlib.import_module(f"flows.sources.{module.name}")
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    ]
    sources = [module.SOURCE for module in modules if hasattr(module, "SOURCE")]
    return {source.name: source for source in sorted(sources, key=_order)}


def recognise(path: Path) -> FileSource | None:
    """The source whose format the file's content has, or None."""
    with path.open("rb") as file:
        return recognise_sample(file.read(SAMPLE_SIZE))


def recognise_sample(sample: bytes) -> FileSource | None:
    """The source of a file that begins with `sample`, its first `SAMPLE_SIZE` bytes, or None."""
    return next((source for source in all_sources().values() if source.recognise(sample)), None)
