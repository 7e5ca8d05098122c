"""Flow: classified -> mart -> gate -> published, swapped in whole or not at all."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.exports import all_exports
from flows.publishing.code import FILES, TABLES, code_of
from flows.publishing.gate import (
    audience_count,
    record,
    require_fresh,
    require_passed,
    suites_for,
)
from flows.publishing.helping import Do, helping
from flows.publishing.history import remember, remembered
from flows.publishing.judging import Verdict, judged
from flows.publishing.marts import build_marts, mart_rules
from flows.publishing.profile import profile_pending
from flows.publishing.publication import Marts, Publication
from flows.publishing.segmenting import segment_comments
from flows.publishing.shares import held_out_file
from flows.publishing.snapshots import (
    Snapshot,
    discard,
    latest_snapshot,
    seal,
    snapshot_name,
    swap_in,
    write_exports,
)
from flows.running.report import StageReport
from flows.running.stage import stage
from flows.running.watched import show_published
from flows.settings import Settings, load_settings
from flows.settings.named_files import read_policy, read_taxonomy
from flows.warehouse import merge, writing
from models.counted import Counted
from models.findings import Judgement
from models.tables.run import RUN
from transforms.alert_sentences import alert_sentence
from transforms.corrections import (
    CORRECTION_LOG,
    WITHOUT_NUMBERS,
    State,
    corrections,
    reason_of,
)
from transforms.coverage import COVERAGE, counts_hidden, counts_told
from transforms.marts import MACROS, all_marts
from transforms.marts.change_weekly import MART as CHANGE_WEEKLY
from transforms.published_contract import VERSION as CONTRACT_VERSION

SEEN_BY_MARTS = (
    "clean.post",
    "clean.comment",
    "clean.rejected_comment",
    "classified.audit",
    "classified.segment",
    "classified.text_profile",
    "ops.current_model",
)
"""Tables that decide what the marts say."""

COUNTING_LABELS = (
    "(SELECT * EXCLUDE (labelled_at_utc) "
    "FROM classified.label SEMI JOIN ops.current_model USING (head, model_version) "
    "WHERE is_chosen)"
)
"""The labels that decide: those of models that are only tried do not, nor when they were stored.
What was answered is never changed, so the chosen labels, one in four, tell which answers there
are."""


@flow(name="publish")
@stage("publish")
def publish(as_of: datetime | None = None) -> StageReport:
    """Build the marts, judge them, and swap them in; does nothing if nothing has changed.

    Raises `GateFailed` if the marts do not pass; what was published before then stays in place.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    profile_pending(settings)
    segment_comments(settings)
    published = settings.paths.published
    before, state = latest_snapshot(published), state_of(settings)
    if before and before.state == state:
        aged = require_fresh(moment, settings)
        return StageReport("publish", note=f"nothing new since the last publish{aged}")
    with helping(settings.publish.hands) as do:
        marts = task(cache_policy=NO_CACHE)(build_marts)(settings)
        coverage = marts.pop(COVERAGE.table)
        rested_on = State(state, models_of(settings))
        marts[CORRECTION_LOG] = correction_log(before, marts, rested_on, moment)
        known = remembered(before, settings.paths.publish_history)
        verdict = judged(do, suites_for(marts, known, moment, settings))
        told = alerts(marts, settings)
        facts = publication_facts(settings, coverage, moment) | {"alerts": told}
        publication = Publication(marts, facts, settings.reporting.language, topic_names(settings))
        folder = write(publication, snapshot_name(moment, fingerprint(state)), settings, do)
        judgement = gate(verdict, folder, moment, settings)
    swap(folder, publication.with_facts(checks=checks(judgement)), state, settings)
    if shown := latest_snapshot(published):
        show_published(shown.folder, {table.name: rows.height for table, rows in marts.items()})
    rows = sum(rows.height for rows in marts.values())
    report = StageReport(
        "publish",
        rows,
        rows,
        0,
        f"{Counted(len(marts)):table|tables}, {Counted(rows):row|rows}, {judgement.sentence}",
        (
            *(f"Alert: {sentence}" for sentence in told),
            *(f"warning: {found}" for found in judgement.warnings),
        ),
    )
    report.log(get_run_logger())
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        merge(connection, RUN, report.row(moment))
    return report


def alerts(marts: Marts, settings: Settings) -> list[str]:
    """A sentence for each alert of the last two weeks: of volumes only the one before is over."""
    changes = marts[CHANGE_WEEKLY.table]
    weeks = changes["week"].unique().sort().tail(2)
    found = changes.filter(pl.col("week").is_in(weeks.implode()) & pl.col("is_alert"))
    names = titles(marts) | topic_names(settings)
    language = settings.reporting.language
    return [alert_sentence(row, language, names) for row in found.iter_rows(named=True)]


def titles(marts: Marts) -> dict[str, str]:
    """What people call the posts."""
    return {
        post: title
        for rows in marts.values()
        if {"post_id", "post_title"} <= set(rows.columns)
        for post, title in rows.select("post_id", "post_title").drop_nulls().unique().iter_rows()
    }


@task(cache_policy=NO_CACHE)
def write(publication: Publication, name: str, settings: Settings, do: Do) -> Path:
    """Write the files of a new snapshot into a folder that nobody reads yet."""
    return write_exports(publication, name, settings.paths.published, do)


@task(cache_policy=NO_CACHE)
def gate(verdict: Verdict, folder: Path, moment: datetime, settings: Settings) -> Judgement:
    """The verdicts on all marts; if one is bad, the files in `folder` go.

    Raises `GateFailed` then, with the first failures.
    """
    try:
        judgement = verdict()
        record(judgement, moment, settings)
        require_passed(judgement)
    except BaseException:
        discard(folder)
        raise
    return judgement


@task(cache_policy=NO_CACHE)
def swap(
    folder: Path, publication: Publication, state: Mapping[str, str], settings: Settings
) -> None:
    """Make a snapshot of the files in `folder`, and let `latest` lead to it."""
    published = settings.paths.published
    seal(folder, publication, state)
    history = settings.paths.publish_history
    remember(folder.name, audience_count(settings), published, history)
    swap_in(folder, published, settings.publish.snapshots)


def correction_log(
    before: Snapshot | None, marts: Marts, now: State, as_of: datetime
) -> pl.DataFrame:
    """The log as it was published last, and a row for every period whose numbers moved since."""
    if before is None:
        return CORRECTION_LOG.empty()
    published = before.marts(without=WITHOUT_NUMBERS - {CORRECTION_LOG.name})
    rows = corrections(published, marts, reason_of(before.rested_on, now), as_of)
    known = published.get(CORRECTION_LOG.name, CORRECTION_LOG.empty())
    whole = pl.concat([known.cast(dict(CORRECTION_LOG.schema())), rows])  # type: ignore[arg-type]
    return CORRECTION_LOG.require(
        whole.unique(list(CORRECTION_LOG.grain), keep="last").sort(CORRECTION_LOG.grain)
    )


def publication_facts(
    settings: Settings, coverage: pl.DataFrame, as_of: datetime
) -> dict[str, Any]:
    """What was published when, by which models, and what was left out, for the manifest.

    Counts that would reveal a hidden cell are not among `counts`; `hidden_counts` says why.
    """
    return {
        "published_at": as_of.astimezone(UTC).isoformat(timespec="seconds"),
        "resonanz": version("resonanz"),
        "contract": CONTRACT_VERSION,
        "reporting_time_zone": settings.reporting.time_zone,
        "taxonomy": settings.classify.taxonomy_file.name,
        "models": models_of(settings),
        "counts": counts_told(coverage),
        "hidden_counts": counts_hidden(coverage),
    }


def checks(judgement: Judgement) -> dict[str, Any]:
    """How many checks passed, and what a person should look at, for the manifest."""
    return {
        "passed": sum(finding.passed for finding in judgement.findings),
        "failed": 0,
        "warnings": [str(finding) for finding in judgement.warnings],
    }


def models_of(settings: Settings) -> dict[str, str]:
    """Which version answers which head."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        return dict(connection.execute("FROM ops.current_model ORDER BY head").fetchall())


def topic_names(settings: Settings) -> dict[str, str]:
    """What people call the topics, in the language of reports."""
    taxonomy = read_taxonomy(settings.classify.taxonomy_file)
    language = settings.reporting.language
    return {topic.name: topic.choice().title(language) for topic in taxonomy.topics}


def state_of(settings: Settings) -> dict[str, str]:
    """What the next publish rests on, part by part: equal states publish equal files."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        state = {table: digest_of(connection, table) for table in SEEN_BY_MARTS}
        state["classified.label"] = digest_of(connection, COUNTING_LABELS)
    parts = [repr(statement) for statement in all_marts().values()]
    parts += [MACROS.read_text(encoding="utf-8"), repr([export.name for export in all_exports()])]
    held_out = held_out_file(settings)
    shaping = [settings.reporting, settings.reply, settings.shares, mart_rules(settings)]
    return state | {
        "marts": digest("".join(parts)),
        "settings": digest(repr(shaping)),
        "taxonomy": digest(repr(topic_names(settings))),
        "held_out": digest(held_out.read_bytes().hex() if held_out else ""),
        "policy": digest(repr(read_policy(settings.reply.policy_file))),
        "code": code_of(TABLES),
        "files": code_of(FILES),
        "resonanz": version("resonanz"),
    }


def digest_of(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Changes when a row of `table` does, whatever their order."""
    query = f"SELECT (count(*), bit_xor(hash(rows))) FROM {table} AS rows"
    return digest(repr(scalar(connection, query)))


def digest(text: str) -> str:
    """The first 16 hex digits of the SHA-256 of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fingerprint(state: Mapping[str, str]) -> str:
    """All of a state in one word."""
    return digest(repr(sorted(state.items())))


def scalar(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The only value that `query` answers."""
    row = connection.execute(query).fetchone()
    return row[0] if row else None
