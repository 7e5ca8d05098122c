"""Flow: classified -> a review sheet: an .xlsx for each reader, with comments to judge."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import polars as pl
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.reviewing import stored
from flows.reviewing.drawing import KEY, draw_sheet, shown_rows
from flows.reviewing.plan import Order, Plan, planned
from flows.reviewing.stored import Connection
from flows.reviewing.workbook import ReviewSheet, SheetRow, write_workbook
from flows.running.report import StageReport
from flows.running.retry import RETRY_DELAYS, may_recover
from flows.running.stage import stage
from flows.settings import Settings, load_settings
from flows.warehouse import merge, use_time_zone, writing
from models.counted import Counted
from models.questions import NONE_OF_THEM, Language, Question, from_json
from models.tables.review_sheet import REVIEW_SHEET
from models.tables.run import RUN

STAGE = "review sample"


@flow(name="review-sample")
@stage("review-sample", "ops.review_sheet", "ops.review_row")
def sample(order: Order | None = None, as_of: datetime | None = None) -> StageReport:
    """Draw comments of a period and write a file for each reader; the same name, the same rows.

    Files that exist are left as they are: they may hold answers.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    plan = planned(order or Order(), settings, moment)
    report = write_sheet(plan, settings, moment)
    report.log(get_run_logger())
    return report


@task(
    cache_policy=NO_CACHE,
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=may_recover,
)
def write_sheet(plan: Plan, settings: Settings, as_of: datetime) -> StageReport:
    """Draw the sheet unless it is known, and write the files that do not exist yet."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
        known = stored.known_sheet(connection, plan.name, settings.paths.reviews)
        sheet = known or draw_sheet(connection, plan, settings, as_of)
        if sheet is None:
            period = f"from {plan.first_day} to {plan.last_day}"
            return StageReport(STAGE, note=f"no comments {period} are left to read")
        details = [write_file(connection, sheet, name, plan, settings) for name in plan.reviewers]
        report = StageReport(
            STAGE,
            sheet["frame_count"],
            sheet["audit_count"] + sheet["training_count"],
            0,
            summary(sheet, is_known=known is not None),
            tuple(details),
        )
        merge(connection, RUN, report.row(as_of))
    return report


def summary(sheet: dict[str, Any], *, is_known: bool) -> str:
    """What is on a sheet, as a sentence."""
    drawn, picked, of = (sheet[f"{part}_count"] for part in ("audit", "training", "frame"))
    told = f"`{sheet['sheet']}`: {drawn:,} of {of:,} comments drawn, {picked:,} picked for training"
    return told + (" (drawn before; `--name` makes another)" if is_known else "")


def write_file(
    connection: Connection, sheet: dict[str, Any], reviewer: str, plan: Plan, settings: Settings
) -> str:
    """Write the file of one reader unless it exists; says which, and what is missing in it."""
    add_reviewer(connection, sheet, reviewer, settings)
    # Names hold no `+`: no two files can be called the same.
    path = settings.paths.reviews / f"{sheet['sheet']}+{reviewer}.xlsx"
    if path.exists():
        return f"{path} exists and was left as it is"
    asked = stored.rows_of_sheet(connection, sheet["sheet"])
    rows = shown_rows(stored.with_context(connection, asked.drop("digest")))
    # What is shown has changed since (another wording, another parent): it would not be taken in.
    rows = rows.join(asked.select("comment_id", "digest"), on=["comment_id", "digest"], how="semi")
    missing = asked.height - rows.height
    questions = from_json(sheet["questions"])
    answered = stored.answered_elsewhere(connection, sheet["sheet"], [reviewer], questions)
    rows = rows.join(answered, on=[*KEY, "purpose"], how="anti")
    said = stored.said_by(connection, rows, json.loads(sheet["models"]))
    content = ReviewSheet(
        sheet["sheet"],
        reviewer,
        sheet["digest"],
        plan.language,
        questions,
        tuple(sheet_rows(rows, said, questions, plan.language)),
    )
    write_workbook(content, path)
    gone = (
        f", without {Counted(missing):comment that was|comments that were} edited since"
        if missing
        else ""
    )
    return f"{path}: {Counted(rows.height):comment|comments} for {reviewer}{gone}"


def add_reviewer(
    connection: Connection, sheet: dict[str, Any], reviewer: str, settings: Settings
) -> None:
    """Note who got a file of the sheet."""
    if reviewer in sheet["reviewers"]:
        return
    sheet["reviewers"] = [*sheet["reviewers"], reviewer]
    row = pl.DataFrame([sheet], schema=REVIEW_SHEET.schema())
    rows = stored.rows_of_sheet(connection, sheet["sheet"])
    stored.keep_sheet(connection, row, rows, settings.paths.reviews)


def sheet_rows(
    rows: pl.DataFrame, said: pl.DataFrame, questions: tuple[Question, ...], language: Language
) -> Iterator[SheetRow]:
    """The rows of a file, with the model's answers in the sheet's words."""
    machine = machine_words(said, questions, language)
    for row in rows.iter_rows(named=True):
        texts = {key: row[key] for key in ("place", "post", "parent", "comment")}
        yield SheetRow(row["comment_id"], row["purpose"], texts, machine.get(row["comment_id"], {}))


def machine_words(
    said: pl.DataFrame, questions: tuple[Question, ...], language: Language
) -> dict[str, dict[str, str]]:
    """Comment -> head -> what the model has answered, in words; nothing where it has not."""
    words: dict[str, dict[str, str]] = {}
    for question in questions:
        titles = {choice.label: choice.title(language) for choice in question.choices}
        answers = said.filter(pl.col("head") == question.head, pl.col("label").is_in(list(titles)))
        for (comment_id,), rows in answers.group_by("comment_id"):
            given = [titles[label] for label in rows.filter("is_chosen")["label"]]
            words.setdefault(str(comment_id), {})[question.head] = (
                ", ".join(given) or NONE_OF_THEM[language]
            )
    return words
