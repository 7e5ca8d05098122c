import pickle
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from flows.exports import workbook
from flows.exports.workbook import EXPORT, FILE_NAME
from flows.publishing.publication import Publication
from models.contract import Column, Table

TABLE = Table(
    layer="mart",
    name="example",
    about="An example.",
    grain=("text",),
    columns=(
        Column("text", "text", "what was said"),
        Column("day", "day", "the day"),
        Column("topic_share", "share", "share of them", optional=True),
    ),
)
FACTS = {
    "published_at": "2025-11-10T08:00:00+00:00",
    "models": {"sentiment": "m@1", "topic": "m@1", "language": "l@1"},
    "counts": {"comments": 7, "left_out": 2},
}


def rows(*texts: str) -> pl.DataFrame:
    values = [(text, date(2025, 11, 3), 0.25) for text in texts]
    return pl.DataFrame(values, schema=TABLE.schema(), orient="row")


def test_no_cell_runs_as_a_formula(tmp_path: Path) -> None:
    EXPORT.write(Publication({TABLE: rows("=1+1", "+1", "@A1", "-1", "https://e.org")}), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / FILE_NAME)["example"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == ["=1+1", "+1", "@A1", "-1", "https://e.org"]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


def test_days_are_days_and_shares_are_numbers(tmp_path: Path) -> None:
    EXPORT.write(Publication({TABLE: rows("a")}), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / FILE_NAME)["example"]
    assert (sheet["B2"].value.date(), sheet["C2"].value) == (date(2025, 11, 3), 0.25)
    assert sheet["C2"].number_format == "0.0%"


@pytest.mark.parametrize(
    ("language", "sheet", "word"),
    [("de", "Methode", "Kommentare insgesamt"), ("en", "Method", "Comments in all")],
)
def test_the_first_sheet_says_how_the_numbers_were_made(
    tmp_path: Path, language: str, sheet: str, word: str
) -> None:
    EXPORT.write(Publication({TABLE: rows("a")}, FACTS, language), tmp_path)
    book = openpyxl.load_workbook(tmp_path / FILE_NAME)
    assert book.sheetnames[0] == sheet
    card = {row[0]: row[1] for row in book[sheet].iter_rows(values_only=True)}
    assert card[word] == 7
    assert "m@1: sentiment, topic; l@1: language" in card.values()


def test_a_count_that_reveals_something_is_left_out_of_the_card_and_says_so(tmp_path: Path) -> None:
    hidden = {"comments": "would reveal another row"}
    facts = FACTS | {"counts": {"left_out": 2}, "hidden_counts": hidden}
    EXPORT.write(Publication({TABLE: rows("a")}, facts, "en"), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / FILE_NAME)["Method"]
    card = {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}
    assert str(card["Comments in all"]).startswith("not told")
    assert 2 in card.values()


def test_every_column_is_explained(tmp_path: Path) -> None:
    EXPORT.write(Publication({TABLE: rows("a")}), tmp_path)
    lines = list(openpyxl.load_workbook(tmp_path / FILE_NAME)["Columns"].values)
    assert ("text", "what was said") in [line[:2] for line in lines]


def test_equal_publications_are_equal_bytes(tmp_path: Path) -> None:
    contents = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        EXPORT.write(Publication({TABLE: rows("a")}, FACTS), tmp_path / name)
        with zipfile.ZipFile(tmp_path / name / FILE_NAME) as archive:
            contents.append({part: archive.read(part) for part in archive.namelist()})
    assert contents[0] == contents[1]
    assert (tmp_path / "a" / FILE_NAME).read_bytes() == (tmp_path / "b" / FILE_NAME).read_bytes()


def test_another_process_may_write_the_same_bytes(tmp_path: Path) -> None:
    publication, parts = Publication({TABLE: rows("a", "b")}, FACTS), EXPORT.in_parts
    assert parts
    EXPORT.write(publication, tmp_path)
    whole = (tmp_path / FILE_NAME).read_bytes()
    write, shown = pickle.loads(pickle.dumps((parts.write, parts.excerpt(publication))))
    write(shown, tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == whole


def test_a_mart_with_more_rows_than_fit_shows_the_newest_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    # In the order of the table, the newest rows are not the last.
    days = pl.Series([date(2025, 11, 4), date(2025, 11, 3), date(2025, 11, 5)])
    EXPORT.write(Publication({TABLE: rows("a", "b", "c").with_columns(day=days)}), tmp_path)
    book = openpyxl.load_workbook(tmp_path / FILE_NAME)
    assert [row[0] for row in book["example"].values] == ["text", "a", "c"]
    assert any("only 2 are here" in str(row[1]) for row in book["Method"].values)


def test_of_a_ranking_of_comments_the_first_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_COMMENTS", 2)
    days = [date(2025, 11, day) for day in (3, 4, 5)]
    comments = pl.DataFrame({"comment_id": ["x", "y", "z"], "rank": [3, 1, 2], "day": days})
    ranking = replace(TABLE, grain=("comment_id",))
    assert workbook.for_people(ranking, comments)["comment_id"].to_list() == ["y", "z"]
    assert workbook.for_people(TABLE, comments).height == 3


def test_of_comments_told_by_day_week_or_month_the_newest_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "MOST_COMMENTS", 3)
    told = [
        ("may", None, None, "2025-05"),
        ("sunday", date(2025, 11, 9), None, None),
        ("week", None, "2025-W46", None),
        ("never", None, None, None),
        ("november", None, None, "2025-11"),
    ]
    schema = {"quote_id": pl.String, "day": pl.Date, "week": pl.String, "month": pl.String}
    comments = pl.DataFrame(told, schema=schema, orient="row")
    shown = workbook.for_people(replace(TABLE, grain=("quote_id",)), comments)
    assert shown["quote_id"].to_list() == ["sunday", "week", "november"]


def test_what_is_not_known_is_an_empty_cell(tmp_path: Path) -> None:
    unknown = pl.DataFrame([("a", date(2025, 11, 3), None)], schema=TABLE.schema(), orient="row")
    EXPORT.write(Publication({TABLE: unknown}), tmp_path)
    assert openpyxl.load_workbook(tmp_path / FILE_NAME)["example"]["C2"].value is None
