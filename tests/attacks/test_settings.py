"""SQL in whatever a person can name: channels, folders, files, columns, paths, accounts."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from pydantic import ValidationError

from flows.ask import answer
from flows.exports.analyst_copy import EXPORT
from flows.publishing.publication import Publication
from flows.reading.landed import ColumnMapping, LandedFile, ReadingRules
from flows.settings import Account, Warehouse
from flows.sources.base import all_sources
from flows.storing.store import store
from flows.warehouse import prepare, writing
from transforms.canonical import Origin
from transforms.marts import all_marts

WHEN = datetime(2025, 12, 1, tzinfo=UTC)
SQL = [
    "'; DROP TABLE clean.comment; --",
    'x"; DROP TABLE clean.comment; --',
    "x') UNION SELECT 1 --",
    "$$; DROP TABLE clean.comment",
    "?",
    "%s",
    "\\'",
]


def origin(name: str, channel: str) -> Origin:
    return Origin(name, WHEN, channel, frozenset({name}), b"k" * 32)


@pytest.mark.parametrize("sql", SQL)
def test_a_channel_a_file_and_a_column_are_values_whatever_they_say(
    sql: str, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = tmp_path / "landed"
    with file.open("w", encoding="utf-8", newline="") as target:
        rows = [(sql, "Datum", "Autor"), (f"{sql[::-1]} gut", "03.11.2025", sql)]
        csv.writer(target, delimiter=";").writerows(rows)
    mapping = ColumnMapping(channel=sql, columns={"text": sql, "created_at": "Datum"})
    landed = LandedFile(file, f"{sql}.csv", WHEN, channel=sql)
    records = all_sources()["table_file"].read(landed, ReadingRules(mappings=(mapping,)))
    tally = store(con, list(records), origin(sql, sql), 65535)
    assert len(tally.comments) == 1
    rows = con.execute("SELECT channel, landed_file FROM clean.comment").fetchall()
    assert rows == [(sql.strip().casefold(), sql)]


@pytest.mark.parametrize("name", ["da'ta", 'da"ta', "da ta; DROP", "dä$ta", "a#b", "-data"])
def test_a_folder_may_be_called_anything(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / name
    folder = data / "published" / "latest"
    folder.mkdir(parents=True)
    monkeypatch.setenv("RESONANZ_PATHS__DATA", str(data))
    with writing(data / "warehouse.duckdb", Warehouse()) as connection:
        prepare(connection)
    EXPORT.write(Publication({s.table: s.table.empty() for s in all_marts().values()}), folder)
    out = io.StringIO()
    answer("SELECT count(*) AS n FROM mart.channel_weekly", "csv", out)
    assert out.getvalue() == "n\n0\n"
    assert {path.name for path in tmp_path.iterdir()} == {name}


@pytest.mark.parametrize("name", [*SQL, "../x", "a/b", "", "a b"])
def test_an_account_can_only_be_called_by_a_plain_word(name: str) -> None:
    with pytest.raises(ValidationError):
        Account(source="hackernews_api", name=name)
