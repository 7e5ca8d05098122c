"""A desk for tests of reviews: sheets of a real warehouse are written, filled and taken in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
from openpyxl import load_workbook

from flows.review_import import take_in_file
from flows.review_sample import write_sheet
from flows.reviewing.layout import META, page_columns
from flows.reviewing.plan import Order, planned, questions_of
from flows.running.report import StageReport
from flows.settings import load_settings
from flows.warehouse import merge, use_time_zone, writing
from models.questions import HEADS, fixed_questions
from models.tables.comment import COMMENT
from models.tables.current_model import CURRENT_MODEL
from models.tables.label import LABEL
from models.tables.post import POST
from tests.builders import Row, comment_row, label_row, post_row

MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)
"""The week before holds `tests.builders.NOON`."""

Answers = Mapping[str, Mapping[str, object]]
"""Comment -> column -> what is written into its cell."""


class Desk:
    """Everything that an analyst and a warehouse do with review sheets."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.reviews = data / "reviews"

    def given(self, comments: Sequence[Row], labels: Sequence[tuple[object, ...]] = ()) -> None:
        """Put comments, their post `p1`, and the model's labels into the warehouse."""
        settings = load_settings()
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            use_time_zone(connection, "Europe/Berlin")
            merge(connection, POST, pl.DataFrame([post_row()], schema=POST.schema()))
            merge(connection, COMMENT, pl.DataFrame(list(comments), schema=COMMENT.schema()))
            inputs = dict(
                connection.execute("SELECT comment_id, input_hash FROM classified.input").fetchall()
            )
            rows = [label_row(*label, input_hash=inputs[str(label[0])]) for label in labels]
            merge(connection, LABEL, pl.DataFrame(rows, schema=LABEL.schema(), orient="row"))
            heads = sorted({str(row["head"]) for row in rows})
            current = {"head": heads, "model_version": ["m@1"] * len(heads)}
            merge(connection, CURRENT_MODEL, pl.DataFrame(current, schema=CURRENT_MODEL.schema()))

    def week(self, count: int) -> None:
        """Put `count` comments into the week before `MONDAY`: c0, c1, ..., all found negative."""
        ids = [f"c{number}" for number in range(count)]
        self.given(
            [comment_row(comment_id) for comment_id in ids],
            [
                (comment_id, head, label, 0.9 if place == 0 else 0.1)
                for comment_id in ids
                for head, question in fixed_questions().items()
                for place, label in enumerate(question.labels)
            ],
        )

    def sheet(self, *reviewers: str, as_of: datetime = MONDAY, **order: object) -> list[Path]:
        """Write a sheet, by default of all comments and without a part for training."""
        asked = Order(**({"audit": 100, "training": 0} | order), reviewers=reviewers or ("anna",))  # type: ignore[arg-type]
        plan = planned(asked, load_settings(), as_of)
        self.said = write_sheet.fn(plan, load_settings(), as_of)
        return [self.reviews / f"{plan.name}+{reviewer}.xlsx" for reviewer in plan.reviewers]

    def take_in(self, path: Path, as_of: datetime = MONDAY) -> StageReport:
        """Take in a file."""
        return take_in_file.fn(path, load_settings(), as_of)

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the warehouse file."""
        with duckdb.connect(self.data / "warehouse.duckdb") as connection:
            return connection.execute(statement).fetchall()


def places_of(page: object) -> dict[str, int]:
    """Column key -> its number from 1, on a German or English page of any heads."""
    titles = [cell.value for cell in page[1]]  # type: ignore[index]
    questions = questions_of(HEADS, load_settings())
    return {
        column.key: titles.index(column.title) + 1
        for language in ("de", "en")
        for column in page_columns(questions, language)  # type: ignore[arg-type]
        if column.title in titles
    }


def fill(path: Path, answers: Answers, *, to: Path | None = None) -> Path:
    """Write answers into a sheet's file, by comment and column; returns the file."""
    book = load_workbook(path)
    for page in book.worksheets[1:]:
        if page.title == META or page.sheet_state != "visible":
            continue
        places = places_of(page)
        for row in range(2, page.max_row + 1):
            given = answers.get(str(page.cell(row, places["comment_id"]).value), {})
            for key, value in given.items():
                page.cell(row, places[key]).value = value
    book.save(to or path)
    return to or path


def ids_in(path: Path, page: str = "Stichprobe") -> list[str]:
    """The comments on a page of a file, in order."""
    sheet = load_workbook(path)[page]
    column = places_of(sheet)["comment_id"]
    return [str(sheet.cell(row, column).value) for row in range(2, sheet.max_row + 1)]
