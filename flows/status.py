"""How the pipeline is: last runs, freshness, backlog, disk, model, and what is wrong with them."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from flows.checkpoint import current_version
from flows.ingest import inbox_deliveries
from flows.publishing.snapshots import latest_snapshot
from flows.refine import stale_by
from flows.running.run_records import RunRecord, read_records
from flows.running.turns import is_held
from flows.settings import Settings, load_settings
from flows.settings import Status as Limits
from flows.storing.pending import counted, find_pending
from flows.warehouse import asking, exists, use_time_zone
from models.counted import Counted
from models.errors import ResonanzError, TryAgain
from transforms.canonical import aware_utc

GIGABYTE = 1_000_000_000
QUICK_SECONDS = 2
"""How long a question about the state waits for a run that holds the warehouse."""


@dataclass(frozen=True)
class Warehouse:
    """What the tables say; nothing of it is known while a run holds them."""

    newest_comment_at: datetime | None = None
    least_fetched_at: datetime | None = None
    newest_fetch_at: datetime | None = None
    unread_files: int | None = None
    unlabelled_comments: int | None = None
    rejected_records: int | None = None
    models: dict[str, str] = field(default_factory=dict)
    is_busy: bool = False


@dataclass(frozen=True)
class Status:
    """The pipeline at a moment; `problems` are sentences, none where all is well."""

    at: datetime
    runs: tuple[RunRecord, ...]
    warehouse: Warehouse
    inbox_files: int
    published_at: datetime | None
    bytes_used: dict[str, int]
    bytes_free: int
    problems: tuple[str, ...] = ()

    @property
    def is_healthy(self) -> bool:
        """Whether nobody needs to look."""
        return not self.problems


def status(as_of: datetime | None = None) -> Status:
    """The state of the pipeline, read without changing anything."""
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    paths = settings.paths
    found = Status(
        at=moment,
        runs=tuple(actual(record, paths.runs) for record in read_records(paths.runs)),
        warehouse=warehouse_state(settings),
        inbox_files=len(inbox_deliveries(paths.inbox)) if paths.inbox.is_dir() else 0,
        published_at=published_at(paths.published),
        bytes_used={
            path.name: size_of(path)
            for path in (paths.landing, paths.warehouse, paths.lake, paths.published, paths.reviews)
            if path.exists() or path != paths.lake
        },
        bytes_free=shutil.disk_usage(nearest(paths.root)).free,
    )
    return replace(found, problems=tuple(problems(found, settings.status)))


def actual(record: RunRecord, folder: Path) -> RunRecord:
    """A record as it is: one that is still under way though nobody runs it was broken off."""
    if record.outcome == "running" and not is_held(record.stage, folder):
        return replace(record, outcome="failed", note="killed before its end")
    return record


def warehouse_state(settings: Settings) -> Warehouse:
    """What the tables say; an empty state before there are any."""
    if not exists(settings.paths.warehouse, settings.warehouse):
        return Warehouse()
    quick = settings.warehouse.model_copy(
        update={"wait_seconds": min(QUICK_SECONDS, settings.warehouse.wait_seconds)}
    )
    try:
        with asking(settings.paths.warehouse, quick) as connection:
            return asked(connection, settings)
    except TryAgain:
        return Warehouse(is_busy=True)


def asked(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Warehouse:
    """The answers of the tables."""

    def one(query: str, parameters: dict[str, str] | None = None) -> Any:
        row = connection.execute(query, parameters or {}).fetchone()
        return row[0] if row else None

    fetches = "FROM ops.fetch_state WHERE list_contains($names, account)"
    names: Any = {"names": [account.name for account in settings.fetch.accounts]}
    return Warehouse(
        newest_comment_at=aware_utc(one("SELECT max(created_at_utc) FROM clean.comment")),
        least_fetched_at=aware_utc(one(f"SELECT min(fetched_at_utc) {fetches}", names)),
        newest_fetch_at=aware_utc(one(f"SELECT max(fetched_at_utc) {fetches}", names)),
        unread_files=len(stale_by(connection, settings)),
        unlabelled_comments=unlabelled(connection, settings),
        rejected_records=one("SELECT count(*) FROM clean.rejected_comment"),
        models=dict(connection.execute("FROM ops.current_model ORDER BY head").fetchall()),
    )


def unlabelled(connection: duckdb.DuckDBPyConnection, settings: Settings) -> int | None:
    """Comments that the checkpoint of the settings has yet to label; None if it can't be read."""
    try:
        version = current_version(settings.classify)
    except ResonanzError:
        return None
    use_time_zone(connection, settings.reporting.time_zone)  # the views count nothing without one
    find_pending(connection, [version])
    return counted(connection, "pending")[version]


def problems(state: Status, limits: Limits) -> Iterator[str]:
    """What a person should look at, a sentence each."""
    for run in state.runs:
        if run.outcome in ("failed", "gate failed"):
            yield f"`{run.stage}` ended badly ({run.outcome}): {run.note}"
    by_stage = {run.stage: run for run in state.runs}
    publish = by_stage.get("publish")
    updated = publish.succeeded_at if publish else None
    if limits.hours_since_publish and updated is None:
        yield "no `publish` has ended well yet"
    yield from too_old("the last good `publish`", updated, limits.hours_since_publish, state.at)
    house = state.warehouse
    yield from too_old(
        "an account's last `fetch`", house.least_fetched_at, limits.hours_since_fetch, state.at
    )
    yield from too_old(
        "the newest comment", house.newest_comment_at, 24 * limits.days_since_comment, state.at
    )
    if state.bytes_free < limits.least_free_gb * GIGABYTE:
        yield (
            f"only {state.bytes_free / GIGABYTE:.1f} GB are free, expected at least "
            f"{limits.least_free_gb:g}"
        )


def too_old(what: str, moment: datetime | None, hours: float, now: datetime) -> Iterator[str]:
    """A sentence if `moment` is known and more than `hours` ago; `hours` of 0 are never over."""
    if moment and hours and now - moment > timedelta(hours=hours):
        yield f"{what} is of {told(moment)}, more than {hours:g} hours ago"


def as_text(state: Status) -> str:
    """A state as lines for a person."""
    house = state.warehouse
    verdict = ["All is well."] if state.is_healthy else ["Look at:", *indented(state.problems)]
    known = [
        "  the warehouse is in use by a run; ask again for freshness and backlog"
        if house.is_busy
        else f"  newest comment {told(house.newest_comment_at)}",
        f"  last fetch     {told(house.newest_fetch_at)}",
        f"  last publish   {told(state.published_at)} (last change of the tables)",
    ]
    used = ", ".join(f"{name} {size / GIGABYTE:.2f} GB" for name, size in state.bytes_used.items())
    lines = [
        *verdict,
        "Last runs:",
        *(run_line(run) for run in state.runs),
        *([] if state.runs else ["  none"]),
        "Freshness:",
        *known,
        "Backlog:",
        f"  {count(state.inbox_files, 'file|files')} in the inbox, "
        f"{count(house.unread_files, 'landed file|landed files')} not read, "
        f"{count(house.unlabelled_comments, 'comment|comments')} not labelled",
        f"  {count(house.rejected_records, 'record|records')} rejected so far",
        f"Disk: {used}; {state.bytes_free / GIGABYTE:.1f} GB free",
        "Models: " + (", ".join(sorted(set(house.models.values()))) or "none yet"),
    ]
    return "\n".join(lines)


def as_json(state: Status) -> str:
    """A state as one JSON object; times as in ISO 8601, with their zone."""
    content = {"is_healthy": state.is_healthy, **asdict(state)}
    return json.dumps(content, default=datetime.isoformat, ensure_ascii=False)


def run_line(run: RunRecord) -> str:
    """A run in a line."""
    when = told(run.ended_at or run.started_at)
    return f"  {run.stage:<14} {when}  {run.outcome}: {run.note}".rstrip(": ")


def indented(sentences: Sequence[str]) -> list[str]:
    """Sentences as points of a list."""
    return [f"  - {sentence}" for sentence in sentences]


def told(moment: datetime | None) -> str:
    """A moment, to the minute."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "never"


def count(number: int | None, words: str) -> str:
    """A number of what one of two `words` says, or that it is not known."""
    return f"? {words.partition('|')[2]}" if number is None else format(Counted(number), words)


def published_at(published: Path) -> datetime | None:
    """When the tables that people see were published; None before there are any."""
    snapshot = latest_snapshot(published)
    said = snapshot.manifest.get("published_at") if snapshot else None
    return datetime.fromisoformat(said) if isinstance(said, str) else None


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.lstat().st_size for file in path.rglob("*") if file.is_file())


def nearest(path: Path) -> Path:
    """`path`, or the first folder above it that exists."""
    return path if path.exists() else nearest(path.parent)
