"""A large file is read by processes of its own, and that changes nothing but the time it takes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import flows.storing.ahead
import flows.storing.store
import flows.storing.told
from benchmarks.comments import write_comments
from flows.ingest import ingest
from flows.reading.landed import LandedFile, ReadingRules
from flows.refine import refine
from flows.running.direct import without_prefect
from flows.sources.base import FileSource, recognise
from flows.storing.ahead import ahead, helpers
from flows.storing.erased import Erased
from flows.storing.told import tell
from models.errors import TryAgain
from tests.builders import RECEIVED
from tests.flows.conftest import Query
from transforms.canonical import Origin

RULES = ReadingRules()
NOBODY = Erased(frozenset(), frozenset())
SAMPLES = Path(__file__).parents[1] / "sources/samples"
ROWS = 10_500
"""More than one batch."""

LAST = datetime(2026, 2, 1, tzinfo=UTC)
"""When the table is taken in: none of its comments was made later."""

PATIENCE_S = 20

BESIDE = pytest.mark.parametrize("beside", [1, 2])
"""Processes that read a file beside this one."""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of comments, made up."""
    path = tmp_path_factory.mktemp("files") / "comments.csv"
    write_comments(path, ROWS)
    return path


def landed(path: Path) -> tuple[FileSource, LandedFile]:
    source = recognise(path)
    assert source
    return source, LandedFile(path, path.name, RECEIVED)


@BESIDE
@pytest.mark.parametrize("sample", ["facebook_api.jsonl", "slack_export.json", None])
def test_other_processes_tell_what_this_one_would(
    sample: str | None, beside: int, table: Path, origin: Origin
) -> None:
    source, file = landed(SAMPLES / sample if sample else table)
    here = list(tell(source.read_fast(file, RULES), origin, NOBODY))
    with ahead(source, file, RULES, origin, beside) as tell_all:
        there = list(tell_all(NOBODY))
    assert [told.count for told in there] == [told.count for told in here]
    for one, other in zip(here, there, strict=True):
        for name in ("posts", "comments", "rejected"):
            assert getattr(one, name).equals(getattr(other, name))
            assert getattr(one, name).schema == getattr(other, name).schema
        assert one.swept == other.swept


@BESIDE
def test_an_error_of_reading_arrives_as_it_was(
    beside: int, table: Path, origin: Origin, tmp_path: Path
) -> None:
    source, _ = landed(table)
    gone = LandedFile(tmp_path / "gone.csv", "gone.csv", RECEIVED)
    with (
        ahead(source, gone, RULES, origin, beside) as tell_all,
        pytest.raises(FileNotFoundError, match=r"gone\.csv"),
    ):
        list(tell_all(NOBODY))


@pytest.mark.parametrize(("beside", "killed"), [(1, 0), (2, 0), (2, 1)])
def test_a_process_that_is_killed_is_worth_another_try(
    beside: int, killed: int, table: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that none of them can have done all before it is killed.
    monkeypatch.setattr(flows.storing.ahead, "AHEAD", 1)
    monkeypatch.setattr(flows.storing.ahead, "PIPE_BYTES", 4_096)
    started = processes(monkeypatch)
    source, file = landed(table)
    with ahead(source, file, RULES, origin, beside) as tell_all:
        told = tell_all(NOBODY)
        next(told)
        started[killed].kill()
        with pytest.raises(TryAgain, match=r"`comments\.csv`.*signal 9.*`processes = 1`"):
            list(told)


@pytest.mark.parametrize("hands", [1, 2, 3])
def test_of_a_large_table_two_processes_may_be_beside_of_other_files_one(
    hands: int, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert helpers(*landed(table), hands) == 0
    monkeypatch.setattr(flows.storing.ahead, "LEAST_BYTES", 1_000)
    assert helpers(*landed(table), hands) == hands - 1
    assert helpers(*landed(SAMPLES / "slack_export.json"), hands) == min(hands - 1, 1)


def test_keys_stand_neither_in_arguments_nor_in_the_environment(
    table: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = processes(monkeypatch)
    source, file = landed(table)
    with ahead(source, file, RULES, origin, 2) as tell_all:
        told = tell_all(NOBODY)
        next(told)
        for process, place in product(started, ("cmdline", "environ")):
            with suppress(FileNotFoundError):  # where the system has no such files
                assert origin.key not in Path(f"/proc/{process.pid}/{place}").read_bytes()


def test_no_process_stays_behind_whether_all_was_told_or_not(
    table: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = processes(monkeypatch)
    source, file = landed(table)
    with suppress(KeyError), ahead(source, file, RULES, origin, 2) as tell_all:
        told = tell_all(NOBODY)
        next(told)
        raise KeyError
    with ahead(source, file, RULES, origin, 2):
        pass
    assert [process.poll() for process in started] == [-signal.SIGKILL] * 4


STALLED = """
import sys, time
from pathlib import Path
import flows.storing.ahead
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import recognise
from flows.storing.erased import Erased
from tests.builders import RECEIVED
from transforms.canonical import Origin

path = Path(sys.argv[1])
file = LandedFile(path, path.name, RECEIVED)
origin = Origin("a/b", RECEIVED, None, frozenset(), b"k" * 32)
started = flows.storing.ahead.started

def told_of(*asked):
    line = started(*asked)
    print(*(process.pid for process in line), flush=True)
    return line

flows.storing.ahead.started = told_of
with flows.storing.ahead.ahead(recognise(path), file, ReadingRules(), origin, 2) as tell_all:
    told = tell_all(Erased(frozenset(), frozenset()))
    next(told)
    print("told", flush=True)
    time.sleep(600)
"""


def test_the_processes_end_with_the_one_that_started_them_however_that_ends(table: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", STALLED, str(table)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert parent.stdout
    reader, teller = map(int, parent.stdout.readline().split())
    assert parent.stdout.readline() == b"told\n"
    assert is_running(teller)  # the reader may be done
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + PATIENCE_S
    while (is_running(reader) or is_running(teller)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(reader)
    assert not is_running(teller)


@pytest.mark.usefixtures("workplace")
def test_more_processes_leave_the_tables_that_one_does(
    table: Path,
    query: Query,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(flows.storing.ahead, "LEAST_BYTES", 1_000)
    started = processes(monkeypatch)
    stored = []
    for hands in ("1", "2", "3"):
        monkeypatch.setenv("RESONANZ_REFINE__PROCESSES", hands)
        monkeypatch.setenv("RESONANZ_PATHS__DATA", str(tmp_path / hands))
        with without_prefect():
            ingest(files=[table], as_of=LAST)
            refine(as_of=LAST)
        assert len(started) == int(hands) - 1
        started.clear()
        stored.append([query(f"FROM {name} ORDER BY rowid") for name in NAMES])
    assert stored[0] == stored[1] == stored[2]
    assert len(stored[0][0]) == ROWS


NAMES = ("clean.comment", "clean.post", "clean.comment_version", "ops.refined_file", "ops.run")


@BESIDE
@pytest.mark.usefixtures("workplace")
def test_nothing_of_a_file_is_stored_whose_process_was_killed(
    beside: int, table: Path, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows.storing.ahead, "LEAST_BYTES", 1_000)
    monkeypatch.setenv("RESONANZ_REFINE__PROCESSES", str(beside + 1))
    # So that the process can't have told all before it is killed.
    monkeypatch.setattr(flows.storing.ahead, "AHEAD", 1)
    monkeypatch.setattr(flows.storing.told, "BATCH", 2_500)
    started = processes(monkeypatch)
    merge_told = flows.storing.store.merge_told

    def merge_and_kill(*arguments: object) -> None:
        merge_told(*arguments)  # type: ignore[arg-type]
        started[-1].kill()

    monkeypatch.setattr(flows.storing.store, "merge_told", merge_and_kill)
    monkeypatch.setattr("flows.running.direct.delays", lambda _task: ())
    with without_prefect():
        ingest(files=[table], as_of=LAST)
        with pytest.raises(TryAgain):
            refine(as_of=LAST)
        assert query("SELECT count(*) FROM clean.comment") == [(0,)]
        monkeypatch.setattr(flows.storing.store, "merge_told", merge_told)
        refine(as_of=LAST)
    assert query("SELECT count(*) FROM clean.comment") == [(ROWS,)]


@pytest.mark.usefixtures("workplace")
def test_a_small_file_is_read_without_another_process(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_REFINE__PROCESSES", "2")
    started = processes(monkeypatch)
    with without_prefect():
        ingest(files=[table], as_of=LAST)
        refine(as_of=LAST)
    assert started == []


def processes(monkeypatch: pytest.MonkeyPatch) -> list["subprocess.Popen[bytes]"]:
    """Every process that is started from now on."""
    found: list[subprocess.Popen[bytes]] = []
    start = flows.storing.ahead.start

    def started(*arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
        found.append(start(*arguments, **options))
        return found[-1]

    monkeypatch.setattr(flows.storing.ahead, "start", started)
    return found


def is_running(pid: int) -> bool:
    """Whether a process is there, and not only its exit code."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
