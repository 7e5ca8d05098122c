"""Proof of an erasure: every file below the data folder is looked through for what must be gone.

So is a warehouse that lies elsewhere, by its tables.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flows.erasing.search import Finding, Search, columns_with
from flows.erasing.traces import Traces
from flows.landing.sealing import is_sealed, unseal
from flows.landing.workspace import workspace
from flows.settings import Ingest, Paths, Settings
from flows.warehouse import writing
from models.errors import GiveUp


@dataclass(frozen=True)
class Proof:
    """How many files were looked through, in which something was found, and which stay unseen."""

    file_count: int
    byte_count: int
    found: tuple[str, ...]
    unopened: tuple[str, ...]
    """Files of which at least a part could not be opened."""


def look_through(
    paths: Paths,
    traces: Traces,
    seal_key: bytes,
    limits: Ingest,
    landed: Mapping[Path, Traces],
) -> Proof:
    """Search every file, sealed, packed or in DuckDB's format, for names and texts of a person.

    `landed` says what must not be in each landed file: in some, the name is that of somebody else.
    Never raises for what is wrong with a file: it is told.
    """
    files = [
        path for path in sorted(paths.root.rglob("*")) if path.is_file() and not path.is_symlink()
    ]
    sizes = [path.stat().st_size for path in files]
    told: dict[Finding, list[str]] = {"found": [], "unopened": []}
    with workspace(paths.landing) as work:
        for path in files:
            is_export = path in landed or path.is_relative_to(paths.inbox)
            search = Search(sought_in(path, paths, traces, landed), limits, work, is_export)
            for finding in set(findings_in(path, search, seal_key)):
                told[finding].append(path.relative_to(paths.root).as_posix())
    return Proof(len(files), sum(sizes), tuple(told["found"]), tuple(told["unopened"]))


def look_through_lake(proof: Proof, settings: Settings, traces: Traces) -> Proof:
    """`proof` with what the tables of a lake still hold: its files may lie outside the data folder.

    Nothing is looked at where the warehouse is one file, which lies inside.
    """
    if settings.warehouse.engine != "ducklake":
        return proof
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        sought = replace(traces.without_mentions, pseudonyms=frozenset())  # the ledger keeps those
        found = tuple(f"lake: {column}" for column in columns_with(connection, sought))
    return replace(proof, found=proof.found + found)


def findings_in(path: Path, search: Search, seal_key: bytes) -> Iterator[Finding]:
    """What is found in a file, unsealed if it is sealed."""
    try:
        with readable(path, search.folder, seal_key) as plain:
            yield from search.findings(plain)
    except (GiveUp, OSError):
        yield "unopened"


@contextmanager
def readable(path: Path, folder: Path, seal_key: bytes) -> Iterator[Path]:
    """A path to what a file holds, while the block runs; raises `GiveUp` if it is not opened."""
    if not is_sealed(path):
        yield path
        return
    plain = folder / "plain"
    try:
        unseal(path, plain, seal_key)
        yield plain
    finally:
        plain.unlink(missing_ok=True)


def sought_in(path: Path, paths: Paths, traces: Traces, landed: Mapping[Path, Traces]) -> Traces:
    """What must not be in a file; a mention or link may be of a namesake where no platform is told.

    Of what is no landed file those were edited by what its rows tell; the inbox is only told of.
    """
    if path in landed or path.is_relative_to(paths.inbox):
        return landed.get(path, traces)
    sought = traces.without_mentions
    return replace(sought, pseudonyms=frozenset()) if holds_ledger(path, paths) else sought


def holds_ledger(path: Path, paths: Paths) -> bool:
    """Whether a file may hold the ledger of erasures, whose keyed hashes stay."""
    return path in (paths.warehouse, paths.lake_catalogue) or path.is_relative_to(paths.lake)
