"""What people were asked because the model was unsure never reaches a published number."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.publishing.shares import estimate, mart_rows
from flows.publishing.sharing import shared_views
from flows.warehouse import merge
from models.tables.review import REVIEW
from tests.builders import comment_row, review_row
from tests.conftest import NOTHING_HELD_OUT
from transforms.marts import sql_marts
from transforms.statements import read_statement

ROOT = Path(__file__).parent.parent

OF_REVIEWS = {
    "transforms/views/audit.sql": "lets random draws through, and nothing else",
    "transforms/views/audit_draw.sql": "says how likely these draws were",
    "transforms/review.py": "makes the rows",
    "flows/review_import.py": "stores them",
    "flows/review_agreement.py": "compares readers",
    "flows/review_export.py": "hands picked ones to the training",
    "flows/evaluate_reviews.py": "reports picked ones apart",
    "flows/retention.py": "deletes what is beyond its period",
    "flows/storing/moving.py": "brings answers to the id that is kept",
    "flows/reviewing/stored.py": "tells what need not be asked again",
}
"""Files that may read the table of reviews: none of them makes a share."""

TABLE = re.compile(r"classified\W{1,3}review\b")
"""The table's name, quoted or not."""


def files() -> list[Path]:
    return sorted(
        path
        for room in ("flows", "transforms")
        for path in (ROOT / room).rglob("*")
        if path.suffix in (".py", ".sql")
    )


def reads_reviews(path: Path) -> bool:
    """Whether a file names the table of reviews, in SQL or as `REVIEW`."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return bool(TABLE.search(without_comments(text)))
    tree = ast.parse(text)
    imported = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "models.tables.review"
        and any(name.name in ("REVIEW", "*") for name in node.names)
        for node in ast.walk(tree)
    )
    named = any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and TABLE.search(node.value)
        for node in code_strings(tree)
    )
    return imported or named


def code_strings(tree: ast.Module) -> list[ast.AST]:
    """Every node but the docstrings, which may speak of the table."""
    spoken = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [node for node in ast.walk(tree) if id(node) not in spoken]


def without_comments(sql: str) -> str:
    return re.sub(r"/\*.*?\*/|--[^\n]*", "", sql, flags=re.DOTALL)


def test_nothing_that_makes_a_share_reads_the_table_of_reviews() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in files() if reads_reviews(path)}
    assert found == set(OF_REVIEWS), "shares read `classified.audit`, never the table of reviews"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sql", 'SELECT 1 FROM classified."review"'),
        ("a.py", 'QUERY = f"FROM classified.review WHERE {x}"'),
        ("a.py", "from models.tables.review import PURPOSES, REVIEW"),
    ],
)
def test_a_reader_of_the_table_is_noticed(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert reads_reviews(path)


def test_no_mart_or_other_view_is_among_the_readers() -> None:
    assert not any("/marts/" in name for name in OF_REVIEWS)
    views = [name for name in OF_REVIEWS if name.endswith(".sql")]
    assert views == ["transforms/views/audit.sql", "transforms/views/audit_draw.sql"]
    for name in views:
        assert "purpose = 'audit'" in read_statement(ROOT / name, "mart").query


COMMENTS = [f"c{number}" for number in range(8)]
PICKED = st.lists(
    st.tuples(
        st.sampled_from(COMMENTS),
        st.sampled_from(["sentiment", "topic", "stance", "toxic"]),
        st.sampled_from(["negative", "neutral", "positive", "cost", "support", "yes"]),
        st.booleans(),
        st.sampled_from(["anna", "berta"]),
        st.sampled_from(["s1", "before", "after"]),
    ),
    min_size=1,
    unique_by=lambda row: (row[0], row[1], row[2], row[4], row[5]),
)


def published(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    statements = sql_marts()
    with shared_views(con) as heard:
        asked = [one for one in statements if one.shares]
        estimates = estimate(con, heard, asked, NOTHING_HELD_OUT)
        rows = {one.table.name: mart_rows(con, one, estimates).rows() for one in statements}
    return rows | {"audit": con.execute("FROM classified.audit ORDER BY ALL").fetchall()}


@given(picked=PICKED)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_answer_about_picked_comments_changes_a_published_number(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None], picked: list[tuple[object, ...]]
) -> None:
    con.execute("DELETE FROM classified.review")
    given(
        comments=[comment_row(comment_id) for comment_id in COMMENTS],
        labels=[(comment_id, "sentiment", "negative") for comment_id in COMMENTS],
        reviews=[
            (comment_id, "sentiment", "neutral", True, {"sheet": "audit"})
            for comment_id in COMMENTS[:3]
        ],
    )
    before = published(con)
    inputs = dict(con.execute("SELECT comment_id, input_hash FROM classified.input").fetchall())
    rows = [
        review_row(
            *answer, input_hash=inputs[answer[0]], reviewer=reviewer, sheet=sheet,
            purpose="training", drawn_share=None,
        )
        for *answer, reviewer, sheet in picked
    ]  # fmt: skip
    merge(con, REVIEW, pl.DataFrame(rows, schema=REVIEW.schema(), orient="row"))
    assert published(con) == before


def test_of_a_comment_that_was_picked_and_later_drawn_the_audits_answer_counts(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    picked = {"purpose": "training", "drawn_share": None, "sheet": "s0"}
    drawn = {"drawn_share": 0.25, "sheet": "s1"}
    given(
        comments=[comment_row("c1")],
        reviews=[
            ("c1", "sentiment", "negative", True, picked),
            ("c1", "sentiment", "negative", False, drawn),
        ],
    )
    assert con.execute("SELECT is_chosen, drawn_share FROM classified.audit").fetchall() == [
        (False, 0.25)
    ]
