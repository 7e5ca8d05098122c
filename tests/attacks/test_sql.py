"""`resonanz sql` and whoever wants more of it than rows of published tables."""

import io
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from flows.ask import answer, open_published
from flows.exports.analyst_copy import EXPORT, FILE_NAME
from flows.publishing.publication import Publication
from models.errors import GiveUp
from transforms.marts import all_marts

SECRET = "geheim-4711"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published file, with a secret beside it."""
    folder = tmp_path_factory.mktemp("written")
    EXPORT.write(Publication({s.table: s.table.empty() for s in all_marts().values()}), folder)
    (folder / "secret.csv").write_text(f"a\n{SECRET}\n", encoding="utf-8")
    (folder / "secret.json").write_text(f'{{"a": "{SECRET}"}}', encoding="utf-8")
    with duckdb.connect(folder / "other.duckdb") as other:
        other.execute(f"CREATE TABLE t AS SELECT '{SECRET}' AS a")
    return folder


@pytest.fixture
def published(written: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same as the latest state, and a secret in the environment."""
    folder = workplace / "published" / "latest"
    shutil.copytree(written, folder)
    monkeypatch.setenv("RESONANZ_TEST_SECRET", SECRET)
    monkeypatch.chdir(folder)
    return folder


def asked(query: str, style: str = "csv") -> str:
    out = io.StringIO()
    answer(query, style, out)
    return out.getvalue()


READING = """
FROM read_csv('secret.csv')
FROM read_csv_auto('secret.csv')
FROM 'secret.csv'
FROM "secret.csv"
FROM read_text('secret.csv')
FROM read_blob('secret.csv')
FROM read_json('secret.json')
FROM read_json_auto('secret.json')
FROM read_ndjson('secret.json')
FROM read_parquet('secret.parquet')
FROM parquet_metadata('secret.parquet')
FROM glob('*')
FROM sniff_csv('secret.csv')
FROM read_csv('/etc/passwd', sep=':', header=false)
FROM read_csv('http://127.0.0.1:1/a.csv')
FROM 'https://127.0.0.1:1/a.parquet'
FROM 's3://bucket/a.parquet'
FROM read_duckdb('other.duckdb')
FROM 'other.duckdb'
SELECT getenv('RESONANZ_TEST_SECRET')
WITH a AS (FROM read_text('secret.csv')) FROM a
SELECT (SELECT content FROM read_text('secret.csv'))
FROM query('FROM read_text(''secret.csv'')')
FROM query_table('secret.csv')
CREATE TEMP VIEW v AS FROM read_text('secret.csv'); FROM v
CREATE TEMP MACRO m() AS TABLE FROM read_text('secret.csv'); FROM m()
CREATE TEMP MACRO m(name) AS getenv(name); SELECT m('RESONANZ_TEST_SECRET')
PREPARE p AS FROM read_text('secret.csv'); EXECUTE p
SELECT 1; FROM read_text('secret.csv')
SET VARIABLE a = (SELECT content FROM read_text('secret.csv')); SELECT getvariable('a')
PIVOT (FROM read_text('secret.csv')) ON filename USING first(content)
SUMMARIZE FROM read_text('secret.csv')
DESCRIBE FROM read_csv('secret.csv')
EXPLAIN ANALYZE FROM read_text('secret.csv')
"""

CHANGING = """
DROP TABLE mart.channel_weekly
INSERT INTO mart.channel_weekly DEFAULT VALUES
UPDATE mart.channel_weekly SET comment_count = 0
DELETE FROM mart.channel_weekly
CREATE TABLE mart.mine AS SELECT 1
CREATE VIEW mart.mine AS SELECT 1
CREATE MACRO mine() AS 1
ALTER TABLE mart.channel_weekly ADD COLUMN x INT
COPY (SELECT 1) TO 'out.csv'
COPY mart.channel_weekly FROM 'secret.csv'
COPY FROM DATABASE memory TO resonanz
EXPORT DATABASE 'out'
IMPORT DATABASE 'out'
ATTACH 'other.duckdb' AS other
ATTACH 'other.duckdb' AS other (READ_ONLY)
ATTACH ':memory:' AS m; COPY (SELECT 1) TO 'out.csv'
INSTALL httpfs
INSTALL excel FROM community
LOAD httpfs
LOAD 'out.duckdb_extension'
SET enable_external_access = true
SET lock_configuration = false
RESET enable_external_access
PRAGMA enable_profiling; PRAGMA profiling_output = 'out.json'
PRAGMA profiling_output = 'out.json'
SET profiling_output = 'out.json'
SET log_query_path = 'out.log'
SET temp_directory = 'out'
SET allowed_directories = ['/']
SET custom_user_agent = 'x'
CALL enable_logging(storage = 'file', storage_config = {'path': 'out'})
CALL enable_logging(storage_path = 'out')
CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')
CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'a')
USE memory; CREATE TABLE t AS FROM read_text('secret.csv')
BEGIN TRANSACTION; DROP TABLE mart.channel_weekly; COMMIT
SELECT 1; DROP TABLE mart.channel_weekly
FORCE CHECKPOINT; DROP TABLE mart.channel_weekly
"""


def lines(queries: str) -> list[str]:
    return queries.strip().splitlines()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("query", lines(READING))
@pytest.mark.parametrize("style", ["table", "csv", "json"])
def test_no_file_no_address_and_no_variable_can_be_read(query: str, style: str) -> None:
    with pytest.raises(GiveUp) as refused:
        print(asked(query, style))
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("query", lines(CHANGING))
def test_nothing_can_be_changed_written_loaded_or_unlocked(query: str, published: Path) -> None:
    before = {path.name: path.read_bytes() for path in published.iterdir() if path.is_file()}
    with pytest.raises(GiveUp):
        asked(query)
    assert {path.name: path.read_bytes() for path in published.iterdir()} == before


def test_what_is_asked_runs_with_the_lock_on(published: Path) -> None:
    with open_published() as connection:
        settings = dict(
            connection.execute(
                "SELECT name, value FROM duckdb_settings() WHERE name IN "
                "('enable_external_access', 'lock_configuration', 'access_mode')"
            ).fetchall()
        )
    assert settings == {
        "enable_external_access": "false",
        "lock_configuration": "true",
        "access_mode": "read_only",
    }


@pytest.mark.usefixtures("published")
def test_a_table_of_python_is_not_a_table_of_the_published_file() -> None:
    for name in ("path", "connection", "rows", "query", "settings", "os"):
        with pytest.raises(GiveUp):
            asked(f"FROM {name}")


@pytest.mark.usefixtures("published")
def test_the_query_is_no_shell_and_the_file_stays_read_only() -> None:
    assert asked("SELECT '$(id)' AS a, '`id`' AS b") == "a,b\n$(id),`id`\n"
    mode = Path("resonanz.duckdb").stat().st_mode & 0o777
    assert (mode, FILE_NAME) == (0o444, "resonanz.duckdb")
    assert os.access(FILE_NAME, os.R_OK)
