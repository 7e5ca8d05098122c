"""Works councils and data protection officers ask for it: no table tells of single people."""

import re
from collections.abc import Callable

import duckdb
import polars as pl
import pytest

from flows.warehouse import merge
from models.tables.segment import SEGMENT
from tests.builders import Row, comment_row, post_row
from transforms.marts import published_tables, sql_marts
from transforms.views import all_views

PERSON = re.compile(
    r"author|person|user|commenter|employee|reviewer|handle|pseudonym", re.IGNORECASE
)

COUNTED = [statement.table.name for statement in sql_marts()]
"""Marts that are made from comments; the others are made from these, small cells hidden."""

Given = Callable[..., None]
Mart = Callable[[str], list[Row]]


@pytest.fixture(autouse=True)
def _one_is_enough(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("SET VARIABLE smallest_cell = 1")
    rows = [{"comment_id": f"c{n}", "segment": "staff", "basis": "channel"} for n in range(2)]
    merge(con, SEGMENT, pl.DataFrame(rows, schema=SEGMENT.schema()))


@pytest.mark.parametrize("name", published_tables())
def test_no_published_table_has_a_person_in_its_grain_or_but_counted_in_a_column(name: str) -> None:
    table = published_tables()[name]
    told = [c.name for c in table.columns if c.kind != "count" and PERSON.search(c.name)]
    assert told == []
    assert not any(PERSON.search(column) for column in table.grain)


@pytest.mark.parametrize("name", COUNTED)
def test_no_published_value_leads_to_an_author(name: str, given: Given, mart: Mart) -> None:
    given_comments(given, "pseudonym-of-anna", "pseudonym-of-bert")
    assert "pseudonym-of" not in repr(mart(name))


@pytest.mark.parametrize("name", COUNTED)
def test_no_table_has_a_row_more_because_two_people_wrote_and_not_one(
    name: str, given: Given, mart: Mart
) -> None:
    given_comments(given, "anna", "bert")
    of_two = len(mart(name))
    given_comments(given, "anna", "anna")
    assert of_two == len(mart(name)) > 0


def given_comments(given: Given, *authors: str) -> None:
    names = [f"c{place}" for place in range(len(authors))]
    given(
        comments=[
            comment_row(name, author_key=author, text="Was kostet das?")
            for name, author in zip(names, authors, strict=True)
        ],
        posts=[post_row()],
        labels=[
            (name, head, label)
            for name in names
            for head, label in (
                ("sentiment", "negative"),
                ("topic", "cost"),
                ("stance", "oppose"),
                ("needs_reply", "yes"),
                ("intent", "question"),
                ("language", "de"),
            )
        ],
    )


def test_only_the_views_that_marts_count_from_know_pseudonyms() -> None:
    knowing = {view.table.name for view in all_views() if "author_key" in view.table.column_names}
    assert knowing <= {"dated", "audience"}
