"""A large file is read by a process of its own, and that changes nothing but the time it takes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

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
from flows.storing.ahead import ahead, is_large
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

PATIENCE_S = 20


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


@pytest.mark.parametrize("sample", ["facebook_api.jsonl", "slack_export.json", None])
def test_another_process_tells_what_this_one_would(
    sample: str | None, table: Path, origin: Origin
) -> None:
    source, file = landed(SAMPLES / sample if sample else table)
    here = list(tell(source.read_fast(file, RULES), origin, NOBODY))
    with ahead(source, file, RULES, origin) as tell_all:
        there = list(tell_all(NOBODY))
    assert [told.count for told in there] == [told.count for told in here]
    for one, other in zip(here, there, strict=True):
        for name in ("posts", "comments", "rejected"):
            assert getattr(one, name).equals(getattr(other, name))
            assert getattr(one, name).schema == getattr(other, name).schema
        assert one.swept == other.swept


def test_an_error_of_reading_arrives_as_it_was(table: Path, origin: Origin, tmp_path: Path) -> None:
    source, _ = landed(table)
    gone = LandedFile(tmp_path / "gone.csv", "gone.csv", RECEIVED)
    with (
        ahead(source, gone, RULES, origin) as tell_all,
        pytest.raises(FileNotFoundError, match=r"gone\.csv"),
    ):
        list(tell_all(NOBODY))


def test_a_process_that_is_killed_is_worth_another_try(
    table: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows.storing.ahead, "AHEAD", 1)
    started = processes(monkeypatch)
    source, file = landed(table)
    with ahead(source, file, RULES, origin) as tell_all:
        told = tell_all(NOBODY)
        next(told)
        started[0].kill()
        with pytest.raises(TryAgain, match=r"`comments\.csv`.*signal 9.*`processes = 1`"):
            list(told)


def test_keys_stand_neither_in_arguments_nor_in_the_environment(
    table: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = processes(monkeypatch)
    source, file = landed(table)
    with ahead(source, file, RULES, origin) as tell_all:
        told = tell_all(NOBODY)
        next(told)
        shown = Path(f"/proc/{started[0].pid}")
        for place in ("cmdline", "environ"):
            with suppress(FileNotFoundError):  # where the system has no such files
                assert origin.key not in (shown / place).read_bytes()


def test_no_process_stays_behind_whether_all_was_told_or_not(
    table: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = processes(monkeypatch)
    source, file = landed(table)
    with suppress(KeyError), ahead(source, file, RULES, origin) as tell_all:
        told = tell_all(NOBODY)
        next(told)
        raise KeyError
    with ahead(source, file, RULES, origin):
        pass
    assert [process.poll() for process in started] == [-signal.SIGKILL] * 2


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
flows.storing.ahead.started = lambda source: print((p := started(source)).pid, flush=True) or p
with flows.storing.ahead.ahead(recognise(path), file, ReadingRules(), origin) as tell_all:
    told = tell_all(Erased(frozenset(), frozenset()))
    next(told)
    print("told", flush=True)
    time.sleep(600)
"""


def test_the_process_ends_with_the_one_that_started_it_however_that_ends(table: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", STALLED, str(table)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert parent.stdout.readline() == b"told\n"
    assert is_running(child)
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + PATIENCE_S
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)


@pytest.mark.usefixtures("workplace")
def test_two_processes_leave_the_tables_that_one_does(
    table: Path,
    query: Query,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(flows.storing.ahead, "LEAST_BYTES", 1_000)
    started = processes(monkeypatch)
    stored = []
    for hands in ("1", "2"):
        monkeypatch.setenv("RESONANZ_REFINE__PROCESSES", hands)
        monkeypatch.setenv("RESONANZ_PATHS__DATA", str(tmp_path / hands))
        with without_prefect():
            ingest(files=[table], as_of=RECEIVED)
            refine(as_of=RECEIVED)
        assert len(started) == int(hands) - 1
        stored.append([query(f"FROM {name} ORDER BY rowid") for name in NAMES])
    assert stored[0] == stored[1]
    assert len(stored[0][0]) == ROWS


NAMES = ("clean.comment", "clean.post", "clean.comment_version", "ops.refined_file", "ops.run")


@pytest.mark.usefixtures("workplace")
def test_nothing_of_a_file_is_stored_whose_process_was_killed(
    table: Path, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows.storing.ahead, "LEAST_BYTES", 1_000)
    monkeypatch.setenv("RESONANZ_REFINE__PROCESSES", "2")
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
        ingest(files=[table], as_of=RECEIVED)
        with pytest.raises(TryAgain):
            refine(as_of=RECEIVED)
        assert query("SELECT count(*) FROM clean.comment") == [(0,)]
        monkeypatch.setattr(flows.storing.store, "merge_told", merge_told)
        refine(as_of=RECEIVED)
    assert query("SELECT count(*) FROM clean.comment") == [(ROWS,)]


@pytest.mark.usefixtures("workplace")
def test_a_small_file_is_read_without_another_process(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_REFINE__PROCESSES", "2")
    started = processes(monkeypatch)
    assert not is_large(landed(table)[1])
    with without_prefect():
        ingest(files=[table], as_of=RECEIVED)
        refine(as_of=RECEIVED)
    assert started == []


def processes(monkeypatch: pytest.MonkeyPatch) -> list["subprocess.Popen[bytes]"]:
    """Every process that is started from now on."""
    found: list[subprocess.Popen[bytes]] = []
    start = flows.storing.ahead.started

    def started(source: FileSource) -> "subprocess.Popen[bytes]":
        found.append(start(source))
        return found[-1]

    monkeypatch.setattr(flows.storing.ahead, "started", started)
    return found


def is_running(pid: int) -> bool:
    """Whether a process is there, and not only its exit code."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
