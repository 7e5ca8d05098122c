"""Flow: another checkpoint or list of topics is tried beside what answers, with a report.

Its labels are stored under its version, where nothing that is published looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
from prefect import flow, get_run_logger

from flows.changing.candidate import (
    Candidate,
    answering,
    current_heads,
    find_candidate,
    remember_tried,
    require_fit,
)
from flows.changing.flips import Flips, flips
from flows.changing.judged import judged, paired_quality
from flows.changing.pace import Pairs, pace
from flows.changing.page import as_markdown
from flows.changing.report import summary, write_report
from flows.changing.trial import Trial
from flows.changing.what_if import what_if
from flows.changing.window import window_shares
from flows.classify import count_pending, label_all
from flows.keeping.kept import keep_taxonomy
from flows.publishing.gate import monday_of
from flows.publishing.marts import computed_marts, get_ready
from flows.publishing.shares import estimator
from flows.publishing.sharing import shared_views
from flows.running.report import StageReport
from flows.running.stage import stage
from flows.running.watched import show_page
from flows.settings import Settings, load_settings
from flows.warehouse import merge, use_time_zone, writing
from models.contract import Table
from models.counted import Counted
from models.errors import GiveUp
from models.shares import is_of_shares
from models.tables.run import RUN
from transforms.alert_changes import alert_changes
from transforms.comparison import largest_moves
from transforms.marts.change_weekly import MART as CHANGE_WEEKLY
from transforms.shifts import shifts

WEEKS = 8
"""As many weeks as a change is looked for in: four to alert in, and the four before them."""

TIMED = 200
"""Comments that both checkpoints read for their speed: a few seconds on two cores."""

MOVES = 50
"""Published shares that are listed, those that would move most."""

NEWEST = (
    "SELECT input.text, input.post_text FROM classified.input AS input "
    "JOIN classified.dated AS dated USING (comment_id) "
    "WHERE dated.is_audience AND input.text <> '' ORDER BY dated.day DESC, comment_id LIMIT $count"
)


NO_MOVES = pl.DataFrame(
    schema={
        "table": pl.String,
        "key": pl.String,
        "column": pl.String,
        "before": pl.Float64,
        "after": pl.Float64,
    }
)


@dataclass(frozen=True)
class Side:
    """What one of the two says of the window: versions by head, marts, shares of the whole."""

    heads: Mapping[str, str]
    marts: Mapping[Table, pl.DataFrame]
    shares: pl.DataFrame


@flow(name="model-shadow")
@stage("model-shadow", "classified.label", "classified.embedding")
def shadow(
    checkpoint: str | None = None,
    weeks: int = WEEKS,
    taxonomy: str | None = None,
    labels: dict[str, str] | None = None,
    as_of: datetime | None = None,
) -> StageReport:
    """Try `checkpoint` (without one: only the topics) on the last `weeks` weeks, and report.

    Safe to run twice; goes on where it was broken off. Raises `GiveUp` if the candidate can't take
    over every question, or there is nothing to try it on.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    file = Path(taxonomy) if taxonomy else None
    candidate = find_candidate(checkpoint, file, labels or {}, settings)
    since = monday_of(moment, settings) - timedelta(weeks=weeks)
    require_work(candidate, since, settings)
    remember_tried(candidate, settings.paths.models)
    keep_taxonomy(
        candidate.settings.classify.taxonomy_file, candidate.topics_version, settings.paths.models
    )
    labelled = label_all(candidate.answerers, candidate.settings, since)
    trial = tried(candidate, since, settings, moment)
    folder = write_report(trial, settings.paths.models)
    show_page("model-shadow", as_markdown(trial), f"{trial.candidate} in shadow")
    count = trial.comment_count
    size = f"{Counted(count):comment|comments}"
    note = f"{trial.candidate} beside {trial.instead_of}, on {size} since {since}"
    report = StageReport(
        "model shadow", count, max(labelled), 0, note, details=summary(trial, folder)
    )
    report.log(get_run_logger())
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        merge(connection, RUN, report.row(moment))
    return report


def require_work(candidate: Candidate, since: date, settings: Settings) -> None:
    """Raise `GiveUp` unless the candidate is another, fits, and there are comments to read."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
        heads = current_heads(connection)
        row = connection.execute(
            "SELECT max(day), count(*) FILTER (day >= $since) FROM classified.dated "
            "WHERE is_audience",
            {"since": since},
        ).fetchone()
    if set(candidate.versions) == set(heads.values()):
        raise GiveUp(f"`{candidate.checkpoint_version}` answers already, with these topics.")
    newest, count = row or (None, 0)
    if not count:
        raise GiveUp(
            f"There is no comment since {since}; the newest is of {newest}. Give more `--weeks`, "
            "or the day that counts as today with `--as-of`."
        )
    require_fit(candidate, set(heads))


def tried(candidate: Candidate, since: date, settings: Settings, moment: datetime) -> Trial:
    """Both sides of the window, compared."""
    now = answering(settings)
    before = side([], settings, since)
    after = side(candidate.versions, candidate.settings, since)
    pairs = newest_comments(settings)
    first_alerts = since + timedelta(weeks=settings.alerts.trailing_weeks)
    changes = CHANGE_WEEKLY.table
    versions = candidate.versions
    smallest = settings.privacy.smallest_cell
    return Trial(
        candidate=candidate.named_beside(now),
        instead_of=now.named_beside(candidate),
        since=since,
        at=moment,
        comment_count=comment_count(settings, since),
        unread_count=count_pending(now.checkpoint_version, settings, since),
        flips=flips_of(before, after, settings, since),
        shifts=shifts(before.shares, after.shares, smallest),
        alerts=alert_changes(before.marts[changes], after.marts[changes], first_alerts),
        moves=moves_of(before.marts, after.marts),
        quality=tuple(paired_quality(judged([], settings), judged(versions, settings))),
        paces=(pace(now, pairs), pace(candidate, pairs)),
        smallest_cell=smallest,
    )


def side(versions: list[str], settings: Settings, since: date) -> Side:
    """What `versions` (none: those that answer now) say of the window."""
    with what_if(versions, settings, since) as connection:
        heads = current_heads(connection)
        get_ready(connection, settings)
        with shared_views(connection) as heard:
            marts = computed_marts(connection, heard, settings)
            shares = window_shares(connection, heard, estimator(connection, settings))
        return Side(heads, marts, shares)


def flips_of(before: Side, after: Side, settings: Settings, since: date) -> Flips:
    """The answers that differ."""
    with what_if([], settings, since) as connection:
        return flips(connection, before.heads, after.heads, settings.privacy.smallest_cell)


def comment_count(settings: Settings, since: date) -> int:
    """Comments of the audience in the window."""
    with what_if([], settings, since) as connection:
        row = connection.execute(
            "SELECT count(*) FROM classified.dated WHERE is_audience"
        ).fetchone()
        return int(row[0]) if row else 0


def newest_comments(settings: Settings) -> Pairs:
    """Comments with their posts, the newest first, to measure speed on."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        return connection.execute(NEWEST, {"count": TIMED}).fetchall()


def moves_of(
    before: Mapping[Table, pl.DataFrame], after: Mapping[Table, pl.DataFrame]
) -> pl.DataFrame:
    """The shares of weekly tables that would move most: `table`, then as in `largest_moves`."""
    weekly = [table for table in after if is_of_shares(table) and "week" in table.grain]
    found = [
        largest_moves(table, before[table], after[table], MOVES).select(
            pl.lit(table.name).alias("table"), pl.all()
        )
        for table in weekly
    ]
    rows = pl.concat([NO_MOVES, *(rows for rows in found if rows.height)])
    size = (pl.col("after") - pl.col("before")).abs()
    ordered = rows.sort(size, "table", "key", descending=[True, False, False])
    return ordered.filter(column="share").head(MOVES)
