"""The file is written anew beside other processes: they wait, and lose nothing that they store."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer
from typing import IO

import duckdb
import pytest

from flows.engines.duckdb_file import FILE_COPY, connect, forget
from flows.settings import Warehouse
from models.errors import TryAgain

LIMITS = Warehouse(wait_seconds=0)

BEGINNING = """
import os, sys, time, duckdb
from pathlib import Path
from flows.engines import duckdb_file
from flows.settings import Warehouse

path = Path(sys.argv[1])
"""

STORES = """
def refused(seconds, wait=time.sleep):
    print("refused", flush=True)
    wait(seconds)

time.sleep = refused
with duckdb_file.connect(path, Warehouse(wait_seconds=60)) as connection:
    connection.execute("INSERT INTO tally VALUES (2)")
print("stored", flush=True)
"""
"""A run that says when it has to wait for the file, and when it has stored its row."""

OPENS = """
def slowly(path, open=duckdb.connect, **settings):
    print("opening", flush=True)
    sys.stdin.readline()
    return open(path, **settings)

duckdb.connect = slowly
duckdb_file.connect(path, Warehouse(wait_seconds=0))
"""
"""A run that opens the file, and is let go in the middle of it."""

DIES = """
connection = duckdb.connect(path)
connection.execute("INSERT INTO tally VALUES (2)")
os._exit(1)
"""
"""A run that dies once its row is stored: DuckDB's log stays beside the file."""

FORGETS = """
def copying(connection, *old, copy=duckdb_file.copy_tables):
    copy(connection, *old)
    os._exit(1)

def before(self, target):
    os._exit(1)

def after(self, target, replace=Path.replace):
    replace(self, target)
    os._exit(1)

place = duckdb_file if sys.argv[2] == "copy_tables" else Path
setattr(place, sys.argv[2], globals()[sys.argv[3]])
duckdb_file.forget(path, Warehouse())
"""
"""A run that dies while it writes the file anew."""

HOLDS = """
connection = duckdb.connect(path, read_only=True)
print("held", flush=True)
sys.stdin.readline()
"""

Start = Callable[..., tuple[IO[str], IO[str]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A warehouse with one row."""
    path = tmp_path / "warehouse.duckdb"
    with connect(path, LIMITS) as connection:
        connection.execute("CREATE TABLE tally (n INTEGER)")
        connection.execute("INSERT INTO tally VALUES (1)")
    return path


def rows(path: Path) -> list[int]:
    with connect(path, LIMITS) as connection:
        return [n for (n,) in connection.execute("FROM tally ORDER BY n").fetchall()]


@pytest.fixture
def start(path: Path) -> Iterator[Start]:
    """Start a process at the warehouse: what it is told by, and what it says."""
    processes: list[subprocess.Popen[str]] = []

    def started(code: str, *arguments: str) -> tuple[IO[str], IO[str]]:
        process = subprocess.Popen(
            [sys.executable, "-c", BEGINNING + code, str(path), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"PYTHONPATH": "."},
        )
        processes.append(process)
        assert process.stdin is not None
        assert process.stdout is not None
        return process.stdin, process.stdout

    yield started
    for process in processes:
        process.kill()
        process.communicate()


def before_the_exchange(monkeypatch: pytest.MonkeyPatch, do: Callable[[], None]) -> None:
    """Do something once the new file is whole, and the old one still in its place."""
    chmod = Path.chmod

    def chmod_and_do(self: Path, mode: int) -> None:
        chmod(self, mode)
        if self.name.endswith(FILE_COPY):
            do()

    monkeypatch.setattr(Path, "chmod", chmod_and_do)


def test_what_another_run_stores_meanwhile_is_not_lost(
    path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[IO[str]] = []

    def let_another_try() -> None:
        said.append(start(STORES)[1])
        assert said[0].readline() in ("refused\n", "stored\n")

    before_the_exchange(monkeypatch, let_another_try)
    forget(path, LIMITS)
    assert said[0].read().endswith("stored\n")
    assert rows(path) == [1, 2]


def test_a_file_that_another_run_is_about_to_open_is_not_exchanged_under_its_hands(
    path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, said = start(OPENS)
    happened: list[str] = []
    replace = Path.replace

    def let_go() -> None:
        happened.append("opened")
        told.write("\n")
        told.flush()

    def wait_for_it() -> None:
        assert said.readline() == "opening\n"
        Timer(0.5, let_go).start()

    def replaced(self: Path, target: Path) -> Path:
        happened.append("replaced")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replaced)
    before_the_exchange(monkeypatch, wait_for_it)
    forget(path, LIMITS)
    assert "held by another program" in said.read()
    assert happened == ["opened", "replaced"]


def test_a_held_file_is_worth_another_try(path: Path, start: Start) -> None:
    told, said = start(HOLDS)
    assert said.readline() == "held\n"
    with pytest.raises(TryAgain, match="held by another program"):
        forget(path, LIMITS)
    told.write("\n")
    told.flush()
    assert said.read() == ""
    forget(path, LIMITS)
    assert rows(path) == [1]


@pytest.mark.parametrize(
    ("what", "moment"), [("copy_tables", "copying"), ("replace", "before"), ("replace", "after")]
)
def test_a_run_killed_while_it_writes_the_file_anew_leaves_each_row_once_and_blocks_nobody(
    path: Path, start: Start, what: str, moment: str
) -> None:
    for code in (DIES, FORGETS):
        _, said = start(code, what, moment)
        assert said.read() == ""
    assert rows(path) == [1, 2]
    forget(path, LIMITS)
    assert rows(path) == [1, 2]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_that_this_process_has_open_a_second_time_is_not_exchanged(path: Path) -> None:
    with connect(path, LIMITS), pytest.raises(RuntimeError, match="a second time"):
        forget(path, LIMITS)
    assert rows(path) == [1]
    assert duckdb.connect(path).execute("FROM tally").fetchall() == [(1,)]
