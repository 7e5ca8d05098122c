"""A filled sheet in, its answers out, or an error that names the cell which can't be right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from flows.reviewing import stored
from flows.reviewing.filled import FilledRow, FilledSheet, filled_rows
from flows.reviewing.stored import Connection
from models.contract import ticked
from models.errors import GiveUp
from models.questions import Question, from_json
from transforms.answered import Filled, labels_given
from transforms.review import Answers

MOST_PROBLEMS = 5
"""Problems that one error names; the others are likely of the same kind."""


@dataclass(frozen=True)
class Checked:
    """The answers of a sheet: `asked` are its comments in the file whose wording still holds.

    One that is kept under another id since has that one in them. `stale` rows show what is not so
    any more, or are one with another row; their answers are left out. `missing` are the rows of the
    sheet that the file does not have, whoever took them out, and why.
    """

    asked: pl.DataFrame
    answers: Answers
    notes: Mapping[str, str]
    stale: tuple[FilledRow, ...]
    missing: pl.DataFrame


def require_sheet(connection: Connection, filled: FilledSheet, records: Path) -> dict[str, Any]:
    """The stored sheet that a file is of; raises `GiveUp` if this warehouse has not written it."""
    sheet = stored.known_sheet(connection, filled.sheet, records)
    if sheet is None:
        raise GiveUp(
            f"`{filled.file}` is of the sheet `{filled.sheet}`, which this warehouse has not "
            "written: take it in where it was written, or bring its record back to "
            f"`{stored.record_path(records, filled.sheet)}`."
        )
    if sheet["digest"] != filled.digest:
        raise GiveUp(
            f"`{filled.file}` is of another sheet `{filled.sheet}` than this warehouse has "
            f"written, found the digest `{filled.digest}`, expected `{sheet['digest']}`: take it "
            "in where it was written."
        )
    if filled.reviewer not in sheet["reviewers"]:
        raise GiveUp(
            f"`{filled.file}` names the reader `{filled.reviewer}`, expected one of "
            f"{ticked(sheet['reviewers'])}: write a file with `--reviewer {filled.reviewer}`."
        )
    return sheet


def check(connection: Connection, filled: FilledSheet, sheet: Mapping[str, Any]) -> Checked:
    """The answers of a file; raises `GiveUp` if it was edited where it must not be, or misread.

    So it does where the file answers nothing, and its reader has not answered before either.
    """
    questions = from_json(sheet["questions"])
    rows = filled_rows(filled, questions)
    asked = stored.rows_of_sheet(connection, filled.sheet)
    require_rows(rows, dict(asked.select("comment_id", "digest").iter_rows()), filled.file)
    hashes = dict(asked.select("comment_id", "input_hash").iter_rows())
    kept = stored.kept_under(connection, [row.comment_id for row in rows])
    now = stored.present_wording(connection, list(kept.values()))
    holding = [row for row in rows if now.get(kept[row.comment_id]) == hashes[row.comment_id]]
    holds = once_each(holding, kept)
    answers = answers_of(rows, questions, filled)
    # A reader who has answered before may withdraw it all.
    if not answers and not stored.has_answered(connection, filled.sheet, filled.reviewer):
        raise GiveUp(f"`{filled.file}` holds no answers yet: fill in the yellow cells.")
    return Checked(
        asked.filter(pl.col("comment_id").is_in(list(holds))).with_columns(
            pl.col("comment_id").replace(holds)
        ),
        {holds[comment_id]: given for comment_id, given in answers.items() if comment_id in holds},
        {
            holds[row.comment_id]: row.cells["note"].text
            for row in rows
            if "note" in row.cells and row.comment_id in holds
        },
        tuple(row for row in rows if row.comment_id not in holds and row.cells),
        asked.filter(~pl.col("comment_id").is_in([row.comment_id for row in rows])),
    )


def once_each(rows: Sequence[FilledRow], kept: Mapping[str, str]) -> dict[str, str]:
    """Which of `rows` count, by the id on the sheet -> the id that the comment is `kept` under.

    Two of them may have turned out to be one comment since: the row that was answered counts, of
    two that were the one whose id is kept.
    """
    by_weight = sorted(
        rows, key=lambda row: (not row.cells, row.comment_id != kept[row.comment_id])
    )
    first: dict[str, str] = {}
    for row in by_weight:
        first.setdefault(kept[row.comment_id], row.comment_id)
    return {on_sheet: under for under, on_sheet in first.items()}


def require_rows(rows: Sequence[FilledRow], digests: Mapping[str, str], file: str) -> None:
    """Raise `GiveUp` naming the first row that is not on the sheet, was changed, or comes twice."""
    seen: dict[str, FilledRow] = {}
    for row in rows:
        where = f"Row {row.number} of page `{row.page}` in `{file}`"
        if row.comment_id not in digests:
            raise GiveUp(
                f"{where} has the key `{row.comment_id}`, expected one that the sheet was written "
                "with: answers go into the rows that are there."
            )
        if row.digest != digests[row.comment_id]:
            raise GiveUp(
                f"{where} shows another comment, post or parent than was written for "
                f"`{row.comment_id}`: undo the change, or move the answers to a fresh file. "
                "Nothing was taken in."
            )
        if earlier := seen.get(row.comment_id):
            raise GiveUp(
                f"{where} repeats row {earlier.number} of page `{earlier.page}`, expected each "
                "comment once: delete one of them."
            )
        seen[row.comment_id] = row


def answers_of(
    rows: Sequence[FilledRow], questions: Sequence[Question], filled: FilledSheet
) -> dict[str, dict[str, frozenset[str]]]:
    """The labels given, by comment and head; raises `GiveUp` naming cells that hold no answer."""
    answers: dict[str, dict[str, frozenset[str]]] = {}
    problems: list[str] = []
    for row in rows:
        for question in questions:
            cells = cells_of(row, question)
            given, wrong = labels_given(question, cells, filled.language)
            problems += wrong
            if given is not None:
                answers.setdefault(row.comment_id, {})[question.head] = given
    if problems:
        more = len(problems) - MOST_PROBLEMS
        told = "; ".join(problems[:MOST_PROBLEMS]) + (f"; and {more:,} more" if more > 0 else "")
        raise GiveUp(f"`{filled.file}`: {told}. Nothing was taken in.")
    return answers


def cells_of(row: FilledRow, question: Question) -> list[Filled]:
    """The filled cells of one question, named as spreadsheets name them: `Page!D17`."""
    keys = [question.head] + [f"{question.head} {place}" for place in range(1, question.places + 1)]
    return [
        Filled(f"{row.page}!{row.cells[key].name}", row.cells[key].text)
        for key in keys
        if key in row.cells
    ]
