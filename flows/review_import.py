"""Flow: filled review sheets -> classified.review: checked cell by cell, whole or not at all."""

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.landing.files import STAMP, sha256_of
from flows.reviewing import stored
from flows.reviewing.checked import Checked, check, require_sheet
from flows.reviewing.filled import FilledSheet, read_workbook
from flows.reviewing.stored import Connection
from flows.reviewing.told import agreement_lines, import_lines
from flows.running.report import StageReport
from flows.running.retry import RETRY_DELAYS, may_recover
from flows.running.stage import stage
from flows.settings import Settings, load_settings
from flows.warehouse import merge, writing
from models.counted import Counted
from models.questions import Question, from_json
from models.tables.review import REVIEW
from models.tables.review_note import REVIEW_NOTE
from models.tables.run import RUN
from transforms.agreement import agreements
from transforms.canonical import naive_utc
from transforms.review import Change, answer_rows, beside_the_model, change

STAGE = "review import"


@flow(name="review-import")
@stage("review-import", "classified.review")
def take_in(files: Sequence[Path], as_of: datetime | None = None) -> list[StageReport]:
    """Take in filled sheets, each whole or not at all; safe to run twice.

    Raises `GiveUp` at the first file that is no sheet of this warehouse, or was changed where it
    must not be, or holds answers that do not exist; the files before it have been taken in.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    reports = [take_in_file(Path(file), settings, moment) for file in files]
    for report in reports:
        report.log(get_run_logger())
    return reports


@task(
    cache_policy=NO_CACHE,
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=may_recover,
)
def take_in_file(path: Path, settings: Settings, as_of: datetime) -> StageReport:
    """Take in one file, and keep a copy of it."""
    filled = read_workbook(path)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        sheet = require_sheet(connection, filled, settings.paths.reviews)
        questions = from_json(sheet["questions"])
        checked = check(connection, filled, sheet)
        models = json.loads(sheet["models"])
        changed = changes(connection, filled, checked, questions, models, as_of)
        apply(connection, filled, checked, changed)
        readers = stored.reviews_of(connection, filled.sheet)
        details = import_lines(checked, questions)
        if readers["reviewer"].n_unique() > 1:
            details += agreement_lines(agreements(readers))
        report = report_of(filled, checked, changed, details)
        if changed.count:
            merge(connection, RUN, report.row(as_of))
    keep_copy(path, filled, settings, as_of)
    return report


def changes(
    connection: Connection,
    filled: FilledSheet,
    checked: Checked,
    questions: Sequence[Question],
    models: dict[str, str],
    as_of: datetime,
) -> Change:
    """What the answers of a file change of what is stored."""
    given = answer_rows(checked.answers, checked.asked, questions, filled.reviewer)
    said = stored.said_by(connection, checked.asked, models)
    before = stored.reviews_of(connection, filled.sheet, filled.reviewer).join(
        checked.asked, on=["comment_id", "input_hash"], how="semi"
    )
    return change(beside_the_model(given, said), before, naive_utc(as_of))


def apply(connection: Connection, filled: FilledSheet, checked: Checked, changed: Change) -> None:
    """Replace the reader's earlier answers and notes of this sheet by those of the file."""
    whose = [filled.sheet, filled.reviewer]
    connection.register("gone", changed.gone)
    connection.register("asked", checked.asked)
    for table, places, on in (
        (REVIEW, "gone", "AND stored.head = places.head"),
        (REVIEW_NOTE, "asked", ""),
    ):
        connection.execute(
            f"DELETE FROM {table.full_name} AS stored USING {places} AS places "
            "WHERE stored.comment_id = places.comment_id "
            f"AND stored.input_hash = places.input_hash {on} "
            "AND stored.sheet = ? AND stored.reviewer = ?",
            whose,
        )
    connection.unregister("gone")
    connection.unregister("asked")
    merge(connection, REVIEW, changed.rows)
    hashes = dict(checked.asked.select("comment_id", "input_hash").iter_rows())
    notes = [(key, hashes[key], note, *whose) for key, note in checked.notes.items()]
    merge(connection, REVIEW_NOTE, pl.DataFrame(notes, schema=REVIEW_NOTE.schema(), orient="row"))


def report_of(
    filled: FilledSheet, checked: Checked, changed: Change, details: list[str]
) -> StageReport:
    """What taking in a file came to."""
    count = sum(len(heads) for heads in checked.answers.values())
    told = f"`{filled.file}` of {filled.reviewer}: "
    told += (
        f"{Counted(changed.new_count):new answer|new answers}" if changed.count else "nothing new"
    )
    if changed.replaced_count or changed.withdrawn_count:
        told += (
            f", {changed.replaced_count:,} replaced and {changed.withdrawn_count:,} withdrawn: it "
            "corrects an earlier file"
        )
    if checked.stale:
        told += f", {Counted(len(checked.stale)):row|rows} not taken in"
    return StageReport(
        STAGE,
        # What is withdrawn was work, too: a report without any would not be told.
        count + changed.withdrawn_count,
        changed.new_count + changed.replaced_count,
        len(checked.stale),
        told,
        tuple(details),
    )


def keep_copy(path: Path, filled: FilledSheet, settings: Settings, as_of: datetime) -> None:
    """Keep the file as it was taken in: people's work, from which answers can be brought back.

    Copies of one reader's file sort by time, so that taking them all in ends with the last.
    """
    folder, digest = settings.paths.reviews / "taken", sha256_of(path)[:12]
    name = f"{filled.sheet}+{filled.reviewer}-"
    earlier = sorted(folder.glob(f"{name}*")) if folder.exists() else []
    if path.parent == folder or (earlier and digest in earlier[-1].name):
        return
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}{as_of.astimezone(UTC):{STAMP}}-{digest}{path.suffix}"
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(path, partial)
    partial.replace(target)
