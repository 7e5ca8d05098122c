"""Analysts read while `daily` runs: two real processes on one data folder, none in another's way.

It is here because it needs minutes, not because it needs a server.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 400.0
EXIT_TRY_AGAIN = 75

HEADER = "Kommentar-ID;Datum;Autor;Kommentar;Beitrag\n"
FIRST = "a;03.11.2025;Anna;Großartig, endlich läuft das alles. Danke!;Cloud\n"
SECOND = "b;04.11.2025;Bert;Das ist eine Katastrophe, seit Wochen geht nichts mehr.;Cloud\n"
THIRD = "c;05.11.2025;Cem;Wann kommt das in die Werke?;Cloud\n"

COUNT = "SELECT sum(comment_count)::INT FROM mart.channel_weekly"

ANALYST = f"""
import sys, threading, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print(connection.execute("{COUNT}").fetchone()[0], flush=True)
asked = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), asked.set()), daemon=True).start()
answers, questions = set(), 0
while not asked.is_set():
    answers.add(connection.execute("{COUNT}").fetchone()[0])
    questions += 1
    asked.wait(0.02)
print(questions, sorted(answers), flush=True)
"""
"""Opens a file, says what it holds, keeps asking until a line comes in, and tells all answers."""

HOLDER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print(connection.execute("SELECT count(*) FROM clean.comment").fetchone()[0], flush=True)
sys.stdin.readline()
"""
"""Holds the warehouse file open until a line comes in."""

Do = Callable[..., subprocess.CompletedProcess[str]]
Client = Callable[[str, Path], subprocess.Popen[str]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office") / "data"


@pytest.fixture(scope="module")
def do(data: Path) -> Do:
    """Run the command line in a process of its own, as cron does."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "RESONANZ_HOME": str(ROOT),
        "RESONANZ_PATHS__DATA": str(data),
        "RESONANZ_AUTHOR_KEY": "0123456789abcdef" * 4,
        "RESONANZ_LANDING_KEY": "fedcba9876543210" * 4,
        "RESONANZ_PRIVACY__SMALLEST_CELL": "1",
        "RESONANZ_WAREHOUSE__WAIT_SECONDS": "1",
        # The state that the analyst reads is dropped while it is open.
        "RESONANZ_PUBLISH__SNAPSHOTS": "1",
    }

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flows.cli", "--without-prefect", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    return run


@pytest.fixture
def client() -> Iterator[Client]:
    """Start a program that opens a DuckDB file; none outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, file: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def drop(data: Path, name: str, line: str) -> None:
    """Put a file with one comment in the inbox."""
    folder = data / "inbox" / "intranet"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(HEADER + line, encoding="utf-8")


def told(process: subprocess.Popen[str]) -> str:
    """The next line that a program writes."""
    assert process.stdout
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> str:
    """Ask a program to come to its end; returns what it says then."""
    rest, _ = process.communicate("\n", timeout=60)
    assert process.returncode == 0
    return rest.strip()


def published_count(data: Path) -> int:
    """What somebody sees who opens the published file now."""
    file = data / "published" / "latest" / "resonanz.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        row = connection.execute(COUNT).fetchone()
    assert row
    return int(row[0])


def test_an_analyst_reads_on_while_daily_publishes_anew(data: Path, do: Do, client: Client) -> None:
    drop(data, "a.csv", FIRST)
    assert do("daily").returncode == 0
    file = (data / "published" / "latest" / "resonanz.duckdb").resolve()
    analyst = client(ANALYST, file)
    assert told(analyst) == "1"
    drop(data, "b.csv", SECOND)
    ran = do("daily")
    assert ran.returncode == 0, ran.stderr
    # The state that is open was dropped; who has it open keeps all of it, and only it.
    assert not file.exists()
    assert published_count(data) == 2
    questions, _, answers = end(analyst).partition(" ")
    assert int(questions) > 20
    assert answers == "[1]"


def test_whoever_holds_the_warehouse_itself_is_named_and_nothing_is_lost(
    data: Path, do: Do, client: Client
) -> None:
    if not (data / "warehouse.duckdb").exists():  # the test alone
        drop(data, "a.csv", FIRST)
        drop(data, "b.csv", SECOND)
        assert do("daily").returncode == 0
    holder = client(HOLDER, data / "warehouse.duckdb")
    assert told(holder) == "2"
    drop(data, "c.csv", THIRD)
    ran = do("daily")
    assert ran.returncode == EXIT_TRY_AGAIN
    assert f"`{data / 'warehouse.duckdb'}` is held by another program" in ran.stderr
    assert "close the client that opened it" in ran.stderr
    assert published_count(data) == 2
    assert holder.poll() is None
    end(holder)
    ran = do("refine")
    assert ran.returncode == 0, ran.stderr
    assert "1 file read: 1 comment" in ran.stdout
    held = client(HOLDER, data / "warehouse.duckdb")
    assert told(held) == "3"
    end(held)
