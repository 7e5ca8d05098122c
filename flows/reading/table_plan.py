"""The first rows of a table file and the settings in, how the whole file is to be read out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import PurePosixPath

from flows.reading.column_channels import channel_sign
from flows.reading.column_names import FIELDS, plain_name, says_utc
from flows.reading.columns import guess_columns
from flows.reading.landed import ColumnMapping, LandedFile, ReadingRules
from flows.reading.markup import are_html
from flows.reading.shown_columns import shown_columns, some_of
from flows.reading.table_entries import Entry, entry_of, spoken
from flows.reading.table_ids import Family, family_of, has_numbered
from flows.reading.table_refusals import require_comments
from flows.reading.table_rows import open_table
from flows.reading.table_types import BrokenTable, Cell, Row, TableFile
from flows.reading.times import TimeReader, has_open_order, observed_order, time_reader
from models.canonical import Rejected, TextFormat
from models.contract import ticked

NEEDED = {"text": "the comment", "created_at": "its time"}
"""Fields without which a table holds no comments, and what they are."""

THREAD_NAMES = frozenset({"threadid", "conversationid"})
"""Ids of discussions that are those of their first message: that message is the post."""


@dataclass(frozen=True)
class Plan:
    """How one file is read: its columns by field, its readers of times, the channel it is from."""

    columns: dict[str, str]
    times: TimeReader
    post_times: TimeReader
    channel: str | None
    signature: str
    is_order_assumed: bool
    family: Family
    has_threads: bool
    """Whether posts go by the id of their first message."""
    text_format: TextFormat


def plan_for(
    landed: LandedFile, table: TableFile, ahead: list[Row | Rejected], rules: ReadingRules
) -> Plan:
    """Map the columns; raises `BrokenTable` if no column can be the text or the time."""
    samples = [row.cells for row in ahead if isinstance(row, Row)]
    own = next(
        (mapping for mapping in rules.mappings if _is_for(mapping, landed)),
        ColumnMapping(),
    )
    columns = _columns(table, samples, own)
    created = columns["created_at"]
    open_column = has_open_order(_values(samples, created)) and not own.time_format
    cells = _whole_column(landed, created) if open_column else _values(samples, created)
    zone = own.time_zone or ("UTC" if says_utc(created) else rules.time_zone)
    times = time_reader(cells, zone, rules.date_order, own.time_format, table.day_zero)
    plan = Plan(
        columns=columns,
        times=times,
        post_times=time_reader(
            _values(samples, columns.get("post_created_at", "")),
            zone,
            times.order,
            day_zero=table.day_zero,
        ),
        channel=landed.channel or own.channel or channel_sign(table.header, columns, samples),
        signature="|".join(sorted(plain_name(column) for column in table.header)),
        is_order_assumed=open_column and observed_order(cells) is None,
        family={},
        text_format="html" if are_html(_texts(samples, columns["text"])) else "plain",
        has_threads=plain_name(columns.get("post_id", "").split(".")[-1]) in THREAD_NAMES,
    )
    if not has_numbered(_entries(ahead, plan)):
        return plan
    every = _entries(open_table(landed.path).rows, plan)
    return replace(plan, family=family_of(every, plan.signature))


def _is_for(mapping: ColumnMapping, landed: LandedFile) -> bool:
    names = (landed.name, PurePosixPath(landed.name).name)
    return any(fnmatch(name, mapping.match) for name in names)


def _entries(rows: Iterable[Row | Rejected], plan: Plan) -> Iterator[Entry]:
    return (entry_of(row, plan.columns) for row in rows if isinstance(row, Row))


def _columns(
    table: TableFile, samples: list[dict[str, Cell]], own: ColumnMapping
) -> dict[str, str]:
    """Field -> column: those of the settings, and guesses for the rest."""
    plain = {plain_name(column): column for column in reversed(table.header)}
    named = {
        field: column if column in table.header else plain.get(plain_name(column), column)
        for field, column in own.columns.items()
    }
    guessed = guess_columns(
        [column for column in table.header if column not in named.values()], samples
    )
    columns = guessed | named
    _require(columns, table, samples, own)
    if "text" not in own.columns:
        require_comments(table.header, columns)
    return columns


def _require(
    columns: Mapping[str, str],
    table: TableFile,
    samples: list[dict[str, Cell]],
    own: ColumnMapping,
) -> None:
    if strange := [field for field in own.columns if field not in FIELDS]:
        raise BrokenTable(
            "missing column",
            f"the mapping names the fields {ticked(strange)}, expected some of {ticked(FIELDS)}",
        )
    absent = [columns[name] for name in own.columns if columns[name] not in table.header]
    missing = [field for field in NEEDED if field not in columns]
    if not absent and not missing:
        return
    found = f"found the columns {some_of(list(shown_columns(table, samples).values()))}"
    if absent:
        raise BrokenTable("missing column", f"the mapping names {ticked(absent)}; {found}")
    raise BrokenTable(
        "missing column",
        f"no column was recognised as `{missing[0]}` ({NEEDED[missing[0]]}); {found}. Name it in "
        "`settings.toml` under `[[sources.mappings]]`",
    )


def _values(samples: list[dict[str, Cell]], column: str) -> list[Cell]:
    return [cell for row in samples if (cell := row.get(column)) is not None]


def _texts(samples: list[dict[str, Cell]], column: str) -> list[str]:
    """The texts of a column, as they are read: some exports wrap them in JSON."""
    cells = _values(samples, column)
    return [text for cell in cells if isinstance(cell, str) and (text := spoken(cell))]


def _whole_column(landed: LandedFile, column: str) -> list[Cell]:
    """Every value of a column: a proof of the order of dates may come late in the file."""
    rows = open_table(landed.path).rows
    return [row.cells.get(column) for row in rows if isinstance(row, Row)]
