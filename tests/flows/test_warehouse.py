import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from flows.engines.duckdb_file import STORAGE
from flows.settings import Warehouse
from flows.warehouse import (
    append,
    asking,
    batches,
    forget,
    frame,
    in_stretches,
    matching,
    merge,
    number,
    number_all,
    prepare,
    read,
    told_by_duckdb,
    use_time_zone,
    writing,
)
from models.contract import Table
from models.errors import ContractBroken, GiveUp, TryAgain
from models.tables import all_tables
from models.tables.comment import COMMENT
from models.tables.comment_version import COMMENT_VERSION
from models.tables.refined_file import REFINED_FILE
from models.tables.reporting import REPORTING
from tests.builders import comment_row, post_row

LIMITS = Warehouse(wait_seconds=0)


def comments(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COMMENT.schema())


def test_rows_of_one_grain_are_replaced_and_others_stay(con: duckdb.DuckDBPyConnection) -> None:
    merge(con, COMMENT, comments(comment_row("c1", text="old"), comment_row("c2")))
    merge(con, COMMENT, comments(comment_row("c1", text="new")))
    texts = dict(con.execute("SELECT comment_id, text FROM clean.comment").fetchall())
    assert texts == {"c1": "new", "c2": "text of c2"}


def test_a_frame_that_all_threads_make_is_in_the_order_of_its_query(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute("SET threads = 4")
    rows = frame(con, "SELECT range AS n FROM range(1_000_000) WHERE n % 3 > 0 ORDER BY n DESC")
    assert rows["n"].is_sorted(descending=True)
    assert rows.height == 666_666


def test_a_large_table_is_stored_by_stretches_as_it_would_be_at_once(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = comments(*(comment_row(f"c{place}", text="ä" * place) for place in range(40)))
    append(con, COMMENT, rows)
    at_once = read(con, COMMENT)
    con.execute("DELETE FROM clean.comment")
    monkeypatch.setattr("flows.warehouse.STRETCH", 7)
    assert [len(batch) for batch in in_stretches(rows).to_batches()] == [7] * 5 + [5]
    append(con, COMMENT, rows)
    assert read(con, COMMENT).equals(at_once)
    assert at_once["comment_id"].to_list() == rows["comment_id"].to_list()


def test_stored_rows_are_found_by_their_grain(con: duckdb.DuckDBPyConnection) -> None:
    merge(
        con, COMMENT, comments(comment_row(comment_id="a", text="Gut"), comment_row(comment_id="b"))
    )
    found = matching(
        con, COMMENT, comments(comment_row(comment_id="a", text="neu"), comment_row(comment_id="c"))
    )
    assert found.select("comment_id", "text").rows() == [("a", "Gut")]
    nothing = matching(con, COMMENT, comments(comment_row(comment_id="c")))
    assert nothing.is_empty()
    assert nothing.schema == found.schema


NUMBERS = f"SELECT comment_id, id_number = {number('comment_id')} FROM clean.comment ORDER BY ALL"


def test_a_row_is_written_with_the_number_of_its_id(con: duckdb.DuckDBPyConnection) -> None:
    merge(con, COMMENT, comments(comment_row("a"), comment_row("b", id_number=1)))
    append(con, COMMENT, comments(comment_row("c")))
    assert con.execute(NUMBERS).fetchall() == [("a", True), ("b", True), ("c", True)]


def test_who_shares_a_number_is_not_taken_for_the_same(con: duckdb.DuckDBPyConnection) -> None:
    merge(con, COMMENT, comments(comment_row("a")))
    con.execute(f"UPDATE clean.comment SET id_number = {number('$other')}", {"other": "c"})
    assert matching(con, COMMENT, comments(comment_row("c"))).is_empty()


def test_rows_of_an_earlier_version_get_their_numbers_and_others_keep_theirs(
    con: duckdb.DuckDBPyConnection,
) -> None:
    merge(con, COMMENT, comments(comment_row("a"), comment_row("b")))
    con.execute("UPDATE clean.comment SET id_number = CASE comment_id WHEN 'b' THEN 7 END")
    number_all(con, COMMENT)
    assert con.execute(NUMBERS).fetchall() == [("a", True), ("b", False)]


def test_a_frame_that_breaks_the_contract_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    merge(con, COMMENT, comments(comment_row("c1")))
    with pytest.raises(ContractBroken):
        merge(con, COMMENT, comments(comment_row("c2"), comment_row("c2")))
    assert con.execute("SELECT comment_id FROM clean.comment").fetchall() == [("c1",)]


def test_an_error_leaves_nothing_of_its_transaction(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"

    def store_and_fail() -> None:
        with writing(path, LIMITS) as connection:
            merge(connection, COMMENT, comments(comment_row("c1")))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        store_and_fail()
    with writing(path, LIMITS) as connection:
        assert read(connection, COMMENT).height == 0


def test_who_asks_leaves_the_warehouse_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with writing(path, LIMITS) as connection:
        connection.execute("UPDATE ops.layout SET digest = 'of an earlier version'")
    before = path.read_bytes()
    with asking(path, LIMITS) as connection:
        merge(connection, COMMENT, comments(comment_row("c1")))
        assert read(connection, COMMENT).height == 1
    assert path.read_bytes() == before


def test_preparing_twice_keeps_the_rows(con: duckdb.DuckDBPyConnection) -> None:
    merge(con, COMMENT, comments(comment_row("c1")))
    prepare(con)
    assert read(con, COMMENT).height == 1


def test_a_warehouse_of_an_earlier_version_loses_wordings_without_a_comment(
    con: duckdb.DuckDBPyConnection,
) -> None:
    merge(con, COMMENT, comments(comment_row("c1")))
    seen = dict.fromkeys(("first_seen_at_utc", "last_seen_at_utc"), datetime(2025, 11, 10))
    told = [{"comment_id": name, "text_hash": "", "text": "so", **seen} for name in ("c1", "c2")]
    merge(con, COMMENT_VERSION, pl.DataFrame(told).with_columns(landed_file=pl.lit("a")))
    prepare(con)
    assert read(con, COMMENT_VERSION).height == 2
    con.execute("UPDATE ops.layout SET digest = 'of an earlier version'")
    prepare(con)
    assert read(con, COMMENT_VERSION)["comment_id"].to_list() == ["c1"]


def test_a_warehouse_of_an_earlier_version_looks_again_below_posts_without_words(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        posts=[post_row("emptied", title=None), post_row("worded")],
        comments=[
            comment_row(name, post_id=name, landed_file=name) for name in ("emptied", "worded")
        ],
    )
    con.execute("INSERT INTO ops.labelled_file VALUES ('emptied', 'm@1'), ('worded', 'm@1')")
    con.execute("UPDATE ops.layout SET digest = 'of an earlier version'")
    prepare(con)
    assert con.execute("SELECT landed_file FROM ops.labelled_file").fetchall() == [("worded",)]


def test_files_with_comments_of_the_future_are_unchecked_in_a_warehouse_of_an_earlier_version(
    con: duckdb.DuckDBPyConnection,
) -> None:
    ahead = comment_row("c2", created_at_utc=datetime(2052, 11, 5), landed_file="b.csv")
    merge(con, COMMENT, comments(comment_row("c1", landed_file="a.csv"), ahead))
    known = {"source": "table_file", "reading": "", "received_at_utc": datetime(2025, 11, 10)}
    counts = dict.fromkeys(("post_count", "comment_count", "rejected_count"), 1)
    files = [
        {"landed_file": name, **known, **counts, "is_checked": True} for name in ("a.csv", "b.csv")
    ]
    merge(con, REFINED_FILE, pl.DataFrame(files).with_columns(note=pl.lit(None, pl.String)))
    con.execute("UPDATE ops.layout SET digest = 'of an earlier version'")
    prepare(con)
    found = con.execute("SELECT landed_file FROM ops.refined_file WHERE NOT is_checked")
    assert found.fetchall() == [("b.csv",)]


def test_every_table_is_there_with_its_description(con: duckdb.DuckDBPyConnection) -> None:
    found = dict(
        con.execute(
            "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables()"
        ).fetchall()
    )
    assert found == {name: table.about for name, table in all_tables().items()}


def test_there_is_one_reporting_time_zone(con: duckdb.DuckDBPyConnection) -> None:
    use_time_zone(con, "Europe/Vienna")
    assert read(con, REPORTING).rows() == [("Europe/Vienna",)]


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the file open until it ends."""
    hold = (
        f"import duckdb, time; c = duckdb.connect({str(path)!r}); print('held', flush=True); "
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder
        holder.kill()


def test_a_warehouse_held_by_another_process_is_worth_another_try(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with (
        held(path),
        pytest.raises(TryAgain, match="held by another program"),
        writing(path, LIMITS),
    ):
        pass


def test_a_file_is_written_anew_once_no_other_process_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with held(path) as holder:
        before = path.stat().st_ino
        with pytest.raises(TryAgain, match="held by another program"):
            forget(path, LIMITS)
        release = threading.Timer(0.3, holder.kill)
        release.start()
        forget(path, LIMITS.model_copy(update={"wait_seconds": 60}))
        release.join()
        assert path.stat().st_ino != before


def test_writers_of_several_processes_wait_for_each_other_and_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from flows.settings import Warehouse; from flows.warehouse import writing\n"
        "for _ in range(3):\n"
        "    with writing(Path(sys.argv[1]), Warehouse(wait_seconds=120)) as connection:\n"
        "        connection.execute('CREATE TABLE IF NOT EXISTS tally (n INTEGER)')\n"
        "        n = connection.execute('SELECT count(*) FROM tally').fetchone()[0]\n"
        "        time.sleep(0.2)\n"
        "        connection.execute('INSERT INTO tally VALUES (?)', [n])\n"
    )
    path = tmp_path / "warehouse.duckdb"
    environment = os.environ | {"PYTHONPATH": "."}
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], env=environment) for _ in range(3)
    ]
    assert [process.wait(120) for process in processes] == [0, 0, 0]
    with duckdb.connect(path) as connection:
        found = connection.execute("SELECT n FROM tally ORDER BY n").fetchall()
    assert found == [(number,) for number in range(9)]


def test_work_that_does_not_fit_into_memory_says_what_to_set_and_writes_nothing(
    tmp_path: Path,
) -> None:
    limits = Warehouse(memory="30MB")
    with writing(tmp_path / "warehouse.duckdb", limits):
        pass

    def ask_too_much() -> None:
        with writing(tmp_path / "warehouse.duckdb", limits) as connection:
            use_time_zone(connection, "Asia/Tokyo")
            connection.execute("SELECT list(i) FROM range(20_000_000) AS numbers(i)")

    with pytest.raises(GiveUp, match=r"`30MB`.*`memory` under `\[warehouse\]`"):
        ask_too_much()
    with writing(tmp_path / "warehouse.duckdb", limits) as connection:
        assert read(connection, REPORTING).is_empty()


@pytest.mark.parametrize("size", [1, 400, 10_000])
def test_rows_come_in_batches_each_once_and_in_their_order(
    con: duckdb.DuckDBPyConnection, size: int
) -> None:
    found = [batch.column(0).to_pylist() for batch in batches(con, "FROM range(1000)", size)]
    assert [row for rows in found for row in rows] == list(range(1000))
    assert max(map(len, found)) == min(size, 1000)
    assert list(batches(con, "FROM range(0)", size)) == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Out of Memory Error: could not allocate", duckdb.OutOfMemoryException),
        ("IO Error: no connection", duckdb.IOException),
        ("Invalid Input Error: boom", OSError),
    ],
)
def test_what_goes_wrong_in_a_stream_is_told_as_duckdb_tells_it(
    words: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match=words), told_by_duckdb():
        raise OSError(words)


def test_an_error_behind_the_first_batch_is_raised(con: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT if(range = 9_000_000, error('boom'), '') FROM range(10_000_000)"
    with pytest.raises(OSError, match="boom"):
        list(batches(con, query, 1000))
    assert con.execute("SELECT 1").fetchone() == (1,)


def test_a_file_that_is_no_warehouse_is_not_worth_another_try(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(GiveUp, match="can't be opened as a DuckDB file"), writing(path, LIMITS):
        pass


@pytest.mark.parametrize("length", [0, 100, 4096, 12287])
def test_a_run_killed_while_it_made_the_warehouse_leaves_none_or_a_whole_one(
    tmp_path: Path, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "warehouse.duckdb"
    connect = duckdb.connect

    def killed(file: Path, **settings: Any) -> None:
        connect(file, **settings).close()
        file.write_bytes(file.read_bytes()[:length])
        raise KeyboardInterrupt

    monkeypatch.setattr(duckdb, "connect", killed)
    with pytest.raises(KeyboardInterrupt), writing(path, LIMITS):
        pass
    monkeypatch.setattr(duckdb, "connect", connect)
    with writing(path, LIMITS) as connection:
        assert read(connection, COMMENT).height == 0
    assert [file.name for file in tmp_path.iterdir()] == ["warehouse.duckdb"]


def test_a_run_killed_while_it_made_the_tables_leaves_none_without_a_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "warehouse.duckdb"
    comments_of = Table.comments
    calls: list[str] = []

    def killed(table: Table) -> list[str]:
        calls.append(table.name)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return comments_of(table)

    monkeypatch.setattr(Table, "comments", killed)
    with pytest.raises(KeyboardInterrupt), writing(path, LIMITS):
        pass
    monkeypatch.setattr(Table, "comments", comments_of)
    with writing(path, LIMITS) as connection:
        found = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL"
        ).fetchall()
    assert found == []


def test_a_new_file_and_one_written_anew_have_the_layout_that_commits_in_parts(
    tmp_path: Path,
) -> None:
    file = tmp_path / "warehouse.duckdb"
    layout = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal"
    with writing(file, LIMITS) as connection:
        assert connection.execute(layout).fetchone() == (f"{STORAGE}+",)
    file.unlink()
    duckdb.connect(file).close()
    with writing(file, LIMITS) as connection:
        assert connection.execute(layout).fetchone() != (f"{STORAGE}+",)
        merge(connection, COMMENT, comments(comment_row("c1")))
    forget(file, LIMITS)
    with writing(file, LIMITS) as connection:
        assert connection.execute(layout).fetchone() == (f"{STORAGE}+",)
        assert read(connection, COMMENT).height == 1
