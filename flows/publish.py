"""Flow: classified -> mart -> gate -> published, swapped in whole or not at all."""

import hashlib
import json
import shutil
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.exports import all_exports
from flows.exports.base import Marts
from flows.landing import STAMP, sha256_of
from flows.report import StageReport
from flows.settings import Settings, load_settings
from flows.warehouse import frame, merge, use_time_zone, writing
from models.contract import Table
from models.errors import GateFailed
from models.tables.run import RUN
from transforms.expectations import Finding, judge
from transforms.marts import MACROS, all_marts

MANIFEST = "manifest.json"
LATEST = "latest"

SEEN_BY_MARTS = (
    "clean.post",
    "clean.comment",
    "clean.rejected_comment",
    "classified.label",
    "ops.current_model",
)
"""Tables that decide what the marts say."""

COVERAGE = {
    "posts": "SELECT count(*) FROM clean.post",
    "comments": "SELECT count(*) FROM clean.comment",
    "audience_comments": "SELECT count(*) FROM classified.dated WHERE is_audience",
    "own_answers": "SELECT count(*) FROM classified.dated WHERE is_own",
    "left_out": "SELECT count(*) FROM classified.dated WHERE NOT is_audience AND NOT is_own",
    "rejected_records": "SELECT count(*) FROM clean.rejected_comment",
    "unlabelled": "SELECT count(*) FROM classified.audience "
    "WHERE is_audience AND sentiment IS NULL",
}
"""What the manifest counts, so that nothing is left out in silence."""


@flow(name="publish")
def publish(as_of: datetime | None = None) -> StageReport:
    """Build the marts, judge them, and swap them in; does nothing if nothing has changed.

    Raises `GateFailed` if the marts do not pass; what was published before then stays in place.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    state = fingerprint(settings)
    if state == published_fingerprint(settings.paths.published):
        return StageReport("publish", note="nothing new since the last publish")
    marts = build_marts(settings)
    findings = gate(marts)
    folder = write_snapshot(marts, findings, state, moment, settings)
    swap_in(folder, settings)
    rows = sum(rows.height for rows in marts.values())
    report = StageReport(
        "publish",
        rows,
        rows,
        0,
        f"{len(marts)} tables, {rows:,} rows, {len(findings)} checks passed",
    )
    report.log(get_run_logger())
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        merge(connection, RUN, report.row(moment))
    return report


@task(cache_policy=NO_CACHE)
def build_marts(settings: Settings) -> dict[Table, pl.DataFrame]:
    """Write every mart to the warehouse, in one transaction; returns their rows."""
    marts: dict[Table, pl.DataFrame] = {}
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
        connection.execute(MACROS.read_text(encoding="utf-8"))
        for statement in all_marts().values():
            table = statement.table
            marts[table] = table.require(frame(connection, statement.query).cast(table.schema()))
            connection.execute(f"DROP TABLE IF EXISTS {table.full_name}")
            connection.execute(table.ddl())
            merge(connection, table, marts[table])
            for comment in table.comments():
                connection.execute(comment)
    return marts


@task(cache_policy=NO_CACHE)
def gate(marts: Marts) -> list[Finding]:
    """The verdicts on all marts; raises `GateFailed`, with the first failures, if one is bad."""
    findings = judge(marts)
    failed = [finding for finding in findings if not finding.passed]
    if failed:
        shown = "; ".join(str(finding) for finding in failed[:5])
        raise GateFailed(
            f"{len(failed)} of {len(findings)} checks failed, the last good publish stays: {shown}"
        )
    return findings


@task(cache_policy=NO_CACHE)
def write_snapshot(
    marts: Marts, findings: list[Finding], state: str, as_of: datetime, settings: Settings
) -> Path:
    """Write every export and the manifest into a new folder that nobody reads yet."""
    snapshots = settings.paths.published / "snapshots"
    folder = snapshots / f"{as_of.astimezone(UTC):{STAMP}}-{state[:8]}"
    shutil.rmtree(folder, ignore_errors=True)  # a crash may have left it half written
    folder.mkdir(parents=True)
    for export in all_exports():
        export.write(marts, folder)
    content = manifest(marts, findings, state, as_of, settings, folder)
    (folder / MANIFEST).write_text(
        json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return folder


def swap_in(folder: Path, settings: Settings) -> None:
    """Let `latest` lead to `folder`, in one step, and drop snapshots beyond the number kept."""
    published = settings.paths.published
    link = published / f".{LATEST}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.relative_to(published), target_is_directory=True)
    link.replace(published / LATEST)
    kept = settings.publish.snapshots
    for old in sorted(folder.parent.iterdir())[:-kept]:
        if old != folder:
            shutil.rmtree(old)


def manifest(
    marts: Marts,
    findings: list[Finding],
    state: str,
    as_of: datetime,
    settings: Settings,
    folder: Path,
) -> dict[str, Any]:
    """What was published: when, from what, by which models, and what was left out."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        counts = {name: scalar(connection, query) for name, query in COVERAGE.items()}
        models = dict(connection.execute("FROM ops.current_model ORDER BY head").fetchall())
    return {
        "published_at": as_of.astimezone(UTC).isoformat(timespec="seconds"),
        "resonanz": version("resonanz"),
        "reporting_time_zone": settings.reporting.time_zone,
        "models": models,
        "counts": counts,
        "tables": {
            table.name: {"rows": rows.height, "grain": table.grain} for table, rows in marts.items()
        },
        "checks": {"passed": sum(finding.passed for finding in findings), "failed": 0},
        "files": {path.name: sha256_of(path) for path in sorted(folder.iterdir())},
        "fingerprint": state,
    }


def fingerprint(settings: Settings) -> str:
    """Changes when the next publish would say something else than this one."""
    digest = hashlib.sha256()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        for table in SEEN_BY_MARTS:
            digest.update(
                repr(
                    scalar(
                        connection, f"SELECT (count(*), bit_xor(hash(rows))) FROM {table} AS rows"
                    )
                ).encode()
            )
    for statement in all_marts().values():
        digest.update(repr(statement).encode())
    digest.update(MACROS.read_bytes())
    digest.update(repr([export.name for export in all_exports()]).encode())
    digest.update(f"{settings.reporting} {version('resonanz')}".encode())
    return digest.hexdigest()


def published_fingerprint(published: Path) -> str | None:
    """The fingerprint of what is published now; None if nothing is, or its manifest is broken."""
    try:
        content = json.loads((published / LATEST / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    found = content.get("fingerprint")
    return found if isinstance(found, str) else None


def scalar(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The only value that `query` answers."""
    row = connection.execute(query).fetchone()
    return row[0] if row else None
