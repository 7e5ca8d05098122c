"""Share marts: what the model and people said of each cell, corrected."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from flows.checkpoint import checkpoint_folder
from flows.keeping.kept import VERSION, place_of
from flows.publishing.counting import Listed, gather_signs, gathered, listed
from flows.publishing.hearing import Heard
from flows.settings import Settings
from flows.settings.named_files import read_taxonomy
from flows.warehouse import frame
from models.errors import GiveUp, TryAgain
from models.held_out import FILE_NAME, HeldOut, read_held_out
from models.shares import NET_COLUMNS
from transforms.estimates.kinds import LEAST_COMMENTS, Company, kinds_of, signs_of
from transforms.estimates.pools import Pooling
from transforms.estimates.reference import merged
from transforms.estimates.shares import Known, share_rows
from transforms.estimates.shift import shift_of
from transforms.statements import Shares, Statement
from transforms.taxonomy import HEAD as TOPIC

AHEAD = 2
"""Marts that are counted and estimated while the next is listed: all comments of each are held.
NumPy and Polars let go of Python's lock for most of it."""

Estimated = tuple[pl.DataFrame, pl.DataFrame]
"""The rows of a share mart, and the nets of its cells."""


@dataclass(frozen=True)
class Estimator:
    """What the shares of one publish rest on beside the warehouse."""

    held: Mapping[str, HeldOut]
    shift: float
    least_audits: int
    audit_weeks: int
    company: Company | None = None
    smallest: int = 1

    def known(self, shares: Shares) -> Known:
        """What is known of a mart's head."""
        alike = shares.alike.removesuffix("_id")
        pooling = Pooling(self.least_audits, self.audit_weeks, alike)
        held = self.held.get(shares.head)
        return Known(held, self.shift, pooling, self.company, self.smallest)


def estimator(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Estimator:
    """The estimator for the models whose answers count now."""
    held = held_out_sets(connection, settings)
    shifts = [shift for head in held.values() if (shift := shift_of(head)) is not None]
    return Estimator(
        # A head that was measured on one kind of texts only is trusted no more than the others.
        held,
        max(shifts, default=0.0),
        settings.shares.least_audits,
        settings.shares.audit_weeks,
        company(connection, held),
        settings.privacy.smallest_cell,
    )


def company(connection: duckdb.DuckDBPyConnection, held: Mapping[str, HeldOut]) -> Company | None:
    """What the channels' comments are like; None where too little was read to tell."""
    names = signs_of(held)
    signs = gather_signs(connection, names) if names else None
    enough = signs is not None and signs.counts.sum() >= LEAST_COMMENTS
    kinds = kinds_of(held, signs.names) if signs and enough else None
    return Company(kinds, signs) if signs and kinds else None


def held_out_sets(connection: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, HeldOut]:
    """The held-out set of each head, as far as the checkpoint that answers it now has one."""
    current = connection.execute("FROM ops.current_model").fetchall()
    makers = {str(version).rpartition("/")[2] for _, version in current}
    sets = {made_by: held_out_of(made_by, settings) for made_by in makers}
    found = {}
    for head, version in current:
        made_by = str(version).rpartition("/")[2]
        held = sets[made_by].get(head)
        if held is not None and head == TOPIC and made_by != version:
            taxonomy = read_taxonomy(settings.classify.taxonomy_file)
            held = merged(held, {topic.name: topic.of for topic in taxonomy.topics})
        if held is not None:
            found[str(head)] = held
    return found


def held_out_of(version: str, settings: Settings) -> dict[str, HeldOut]:
    """The held-out sets of `version`: beside the checkpoint of the settings, or where it is kept.

    The settings may name the next one already, whose answers count once all comments have them.
    """
    files = [held_out_file(settings)]
    if VERSION.fullmatch(version):
        files.append(settings.paths.models / place_of(version) / FILE_NAME)
    for file in files:
        if file and file.is_file() and (found := read_held_out(file, version)):
            return found
    return {}


def held_out_file(settings: Settings) -> Path | None:
    """The file of the checkpoint's held-out sets; None where there is none, or no checkpoint."""
    try:
        file = checkpoint_folder(settings.classify) / FILE_NAME
    except (GiveUp, TryAgain):
        return None  # what was labelled before can be published without it
    return file if file.is_file() else None


def estimate(
    connection: duckdb.DuckDBPyConnection,
    heard: Heard,
    statements: Iterable[Statement],
    known: Estimator,
) -> dict[str, Estimated]:
    """The rows of share marts, in the order of their grain, and their nets; by the marts' names."""
    found: dict[str, Future[Estimated]] = {}
    # DuckDB lists the next mart on all cores, while those before are counted and estimated.
    with ThreadPoolExecutor(AHEAD) as counting:
        for statement, shares in map(_asked, statements):
            cells = listed(connection, statement, shares, heard.comments)
            wait_for(list(found.values())[:-AHEAD])
            found[statement.table.name] = counting.submit(
                estimated, statement, cells, heard, known.known(shares)
            )
    return {name: estimates.result() for name, estimates in found.items()}


def estimated(statement: Statement, cells: Listed, heard: Heard, known: Known) -> Estimated:
    """The rows of one share mart, in the order of their grain, and its nets."""
    _, shares = _asked(statement)
    answers = heard.answers[shares.head]
    rows, nets = share_rows(shares, gathered(cells, statement, heard.comments, answers), known)
    return rows.sort(statement.table.grain), nets


def _asked(statement: Statement) -> tuple[Statement, Shares]:
    if statement.shares is None:
        raise ValueError(f"`{statement.table.full_name}` is no share mart")
    return statement, statement.shares


def mart_rows(
    connection: duckdb.DuckDBPyConnection,
    statement: Statement,
    estimates: Mapping[str, Estimated],
) -> pl.DataFrame:
    """The rows of one mart: estimated, or selected and, where it takes them over, with nets."""
    if statement.shares:
        return estimates[statement.table.name][0]
    rows = frame(connection, statement.query)
    if not statement.net_of:
        return rows
    nets = estimates[statement.net_of][1]
    shared = [name for name in statement.table.grain if name in nets.columns]
    wanted = nets.select(*shared, *(column.name for column in NET_COLUMNS))
    return rows.join(wanted, on=shared, how="left", maintain_order="left")
