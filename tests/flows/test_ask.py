import io
import json
from pathlib import Path

import pytest

from flows.ask import answer, published_tables
from flows.exports.analyst_copy import EXPORT
from flows.publishing.publication import Publication
from models.errors import GiveUp
from transforms.marts import all_marts


@pytest.fixture
def published(workplace: Path) -> Path:
    folder = workplace / "published" / "latest"
    folder.mkdir(parents=True)
    EXPORT.write(Publication({s.table: s.table.empty() for s in all_marts().values()}), folder)
    return folder


def asked(query: str, style: str) -> str:
    out = io.StringIO()
    answer(query, style, out)
    return out.getvalue()


@pytest.mark.usefixtures("published")
def test_rows_come_as_csv_json_or_a_table() -> None:
    query = "SELECT 1 AS n, 'ä, b' AS t, DATE '2025-11-03' AS day"
    assert asked(query, "csv") == 'n,t,day\n1,"ä, b",2025-11-03\n'
    assert json.loads(asked(query, "json")) == {"n": 1, "t": "ä, b", "day": "2025-11-03"}
    assert "ä, b" in asked(query, "table")


@pytest.mark.usefixtures("published")
def test_json_has_every_column_and_no_number_that_json_does_not_know() -> None:
    query = "SELECT 1 AS a, 2 AS a, 3 AS a_1, 'nan'::DOUBLE AS x, [1.5, 'inf'::DOUBLE] AS y"
    assert json.loads(asked(query, "json"), parse_constant=pytest.fail) == {
        "a": 1, "a_1": 2, "a_1_1": 3, "x": None, "y": [1.5, None]
    }  # fmt: skip


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "query",
    [
        pytest.param("DROP TABLE mart.channel_weekly", id="drop"),
        pytest.param("FROM nothing", id="unknown table"),
        pytest.param("SELEKT 1", id="no SQL"),
        pytest.param("FROM read_csv('/etc/passwd')", id="another file"),
        pytest.param("COPY (SELECT 1) TO '/tmp/resonanz_out.csv'", id="writing a file"),
        pytest.param("ATTACH '/tmp/other.duckdb'", id="another database"),
    ],
)
def test_what_is_no_question_to_the_published_tables_is_refused(query: str) -> None:
    with pytest.raises(GiveUp, match="The query can't be answered"):
        asked(query, "table")


def test_before_the_first_publish_the_message_says_what_to_do(workplace: Path) -> None:
    with pytest.raises(GiveUp, match="Run `resonanz daily`"):
        asked("SELECT 1", "table")


@pytest.mark.usefixtures("published")
def test_the_list_names_every_mart_and_where_it_lies() -> None:
    text = published_tables()
    assert all(name in text for name in all_marts())
    assert "published/latest" in text
