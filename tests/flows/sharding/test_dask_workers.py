"""Classification by Dask's workers: the same rows as without them, whoever is killed meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.measure import family
from flows import classify as stage
from flows.classify import classify
from flows.settings import Settings, load_settings
from flows.sharding import dask_workers
from models.errors import GiveUp, TryAgain
from tests.integration.programs import free_port, running
from tests.model_bench import Bench
from transforms.classify import Answer, Answers

pytest.importorskip("distributed", reason="the extra `dask` is not installed")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
TEXTS = [f"{word} {n}" for n in range(16) for word in ("good", "bad", "meh")]
LABELS = "SELECT * EXCLUDE (labelled_at_utc) FROM classified.label ORDER BY ALL"


@pytest.fixture
def expected(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The rows that this process writes alone; the bench then has an empty warehouse, and Dask."""
    monkeypatch.setenv("RESONANZ_CLASSIFY__BATCH", "3")
    bench.given(*TEXTS)
    classify()
    rows = bench.query(LABELS)
    (bench.data / "warehouse.duckdb").unlink()
    bench.given(*TEXTS)
    monkeypatch.setenv("RESONANZ_CLASSIFY__ENGINE", "dask")
    monkeypatch.setenv("RESONANZ_CLASSIFY__WORKERS", "2")
    return rows


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The clients that a run opens, to look at its workers."""
    opened: list[Any] = []
    client_of = dask_workers.client_of

    @contextmanager
    def noted(settings: Any) -> Iterator[Any]:
        with client_of(settings) as client:
            opened.append(client)
            yield client

    monkeypatch.setattr(dask_workers, "client_of", noted)
    return opened


def at_store(monkeypatch: pytest.MonkeyPatch, number: int, act: Any) -> list[float]:
    """Let something happen before the `number`-th shard is written; a list grows with each."""
    store, stored = stage.store, []

    def acting(inputs: pl.DataFrame, answers: Answers, version: str, settings: Settings) -> None:
        stored.append(time.monotonic())
        if len(stored) == number:
            act()
        store(inputs, answers, version, settings)

    monkeypatch.setattr(stage, "store", acting)
    return stored


def test_a_killed_worker_of_two_costs_nothing(
    bench: Bench,
    expected: list[tuple[object, ...]],
    clients: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    killed: list[int] = []

    def kill_one() -> None:
        workers = clients[0].run(os.getpid)
        assert len(workers) == 2
        killed.append(next(iter(workers.values())))
        os.kill(killed[0], signal.SIGKILL)

    stored = at_store(monkeypatch, 5, kill_one)
    assert classify().rows_out == len(TEXTS)
    assert killed
    assert len(stored) == 2 * len(TEXTS) / 3  # each shard once, by the model and for its language
    assert bench.query(LABELS) == expected
    assert not [record for record in caplog.records if record.name.startswith("distributed")]


@pytest.mark.usefixtures("expected")
def test_nobody_else_can_talk_to_the_workers_of_a_run(
    clients: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[set[str], str]] = []
    at_store(monkeypatch, 1, lambda: seen.append((listening(), clients[0].scheduler.address)))
    before = listening()
    classify()
    [(during, address)] = seen
    assert len(during - before) >= 3
    assert all(place.startswith("0100007F:") for place in during - before), "only 127.0.0.1"
    assert address.startswith("tls://127.0.0.1:")


def listening() -> set[str]:
    """Where this process and its children listen, as `/proc/net/tcp` writes it."""
    sockets = set()
    for process in family(os.getpid()):
        with suppress(OSError):
            for entry in Path(f"/proc/{process}/fd").iterdir():
                with suppress(OSError):
                    sockets.add(str(entry.readlink()))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and f"socket:[{cells[9]}]" in sockets:
                found.add(cells[1])
    return found


def test_a_run_that_is_killed_takes_its_workers_with_it_and_the_next_one_goes_on(
    bench: Bench, expected: list[tuple[object, ...]]
) -> None:
    program = (
        "import os, signal\n"
        "from flows import classify as stage\n"
        "from flows.running.direct import without_prefect\n"
        "from benchmarks.measure import family\n"
        "def main():\n"
        "    store, stored = stage.store, []\n"
        "    def mortal(*args):\n"
        "        store(*args)\n"
        "        stored.append(1)\n"
        "        if len(stored) == 7:\n"
        "            print(*family(os.getpid()), flush=True)\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "    stage.store = mortal\n"
        "    with without_prefect():\n"
        "        stage.classify()\n"
        "if __name__ == '__main__':\n"
        "    main()\n"
    )
    script = bench.data.parent / "mortal.py"
    script.write_text(program, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    left = [int(number) for number in ended.stdout.split()][1:]
    assert len(left) >= 2
    assert gone_within(30, left)
    assert bench.query(
        "SELECT count(DISTINCT comment_id) FROM classified.label WHERE head = 'sentiment'"
    ) == [(21,)]
    classify()
    assert bench.query(LABELS) == expected


def gone_within(seconds: float, processes: list[int]) -> bool:
    """Whether all of them end in time; one that nobody has waited for yet counts as ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(is_running(process) for process in processes):
            return True
        time.sleep(0.2)
    return False


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A scheduler with two workers that nobody starts again; their log is `tmp_path/worker*`."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    own = {"PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": "[]"}
    place = ["--host", "127.0.0.1"]
    with running(
        [*command_of("dask_scheduler"), *place, "--port", str(port), "--no-dashboard"],
        tmp_path / "scheduler.log",
        **own,
    ):
        worker = [*command_of("dask_worker"), address, *place, "--nthreads", "1", "--no-nanny"]
        with (
            running([*worker, "--name", "one"], tmp_path / "worker1.log", **own),
            running([*worker, "--name", "two"], tmp_path / "worker2.log", **own),
        ):
            from distributed import Client

            with Client(address, timeout=60, set_as_default=False) as client:
                client.wait_for_workers(2, timeout=60)
            monkeypatch.setenv("RESONANZ_CLASSIFY__DASK_ADDRESS", address)
            yield address


def command_of(module: str) -> list[str]:
    return [sys.executable, "-m", f"distributed.cli.{module}"]


def test_workers_of_a_scheduler_elsewhere_write_the_same_though_one_is_lost_for_good(
    bench: Bench,
    expected: list[tuple[object, ...]],
    scheduler: str,
    clients: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def kill_one() -> None:
        os.kill(next(iter(clients[0].run(os.getpid).values())), signal.SIGKILL)

    at_store(monkeypatch, 5, kill_one)
    classify()
    assert bench.query(LABELS) == expected
    assert len(clients) == 2  # the model's and the language detector's


def test_a_scheduler_that_loses_all_workers_is_not_waited_for(
    bench: Bench,
    expected: list[tuple[object, ...]],
    scheduler: str,
    clients: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flows.sharding.reading.LOOK_AFTER_SECONDS", 1.0)
    monkeypatch.setattr("flows.running.direct.delays", lambda task: [])

    def kill_all() -> None:
        for process in clients[0].run(os.getpid).values():
            os.kill(process, signal.SIGKILL)

    at_store(monkeypatch, 5, kill_all)
    with pytest.raises(TryAgain, match="all of its workers are gone"):
        classify()
    [(kept,)] = bench.query(
        "SELECT count(DISTINCT comment_id) FROM classified.label WHERE head = 'sentiment'"
    )
    assert 15 <= kept < len(TEXTS)
    monkeypatch.delenv("RESONANZ_CLASSIFY__DASK_ADDRESS")
    classify()
    assert bench.query(LABELS) == expected


class Failing:
    """A model that fails at its first text, after having read it."""

    def __call__(self) -> Answer:
        def answer(inputs: pl.DataFrame) -> Answers:
            raise GiveUp(f"a shard of {inputs.height} could not be read")

        return answer


def test_logs_of_workers_quote_no_comments(scheduler: str, tmp_path: Path) -> None:
    settings = load_settings().classify
    inputs = pl.DataFrame({"text": ["what somebody wrote"]})
    with (
        dask_workers.dask_workers(Failing(), replaced(settings, scheduler)) as crew,
        pytest.raises(GiveUp, match="a shard of 1 could not be read"),
    ):
        crew.submit(inputs).result(60)
    logs = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert "could not be read" in logs
    assert "somebody" not in logs


class Deadly:
    """A model that its process does not survive, as for want of memory."""

    def __call__(self) -> Answer:
        def answer(inputs: pl.DataFrame) -> Answers:
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        return answer


def test_a_shard_that_workers_die_of_ends_the_run() -> None:
    settings = load_settings().classify.model_copy(update={"engine": "dask", "workers": 1})
    with (
        pytest.raises(GiveUp, match="with several of Dask's workers, and each of them ended"),
        dask_workers.dask_workers(Deadly(), settings) as crew,
    ):
        crew.submit(pl.DataFrame({"text": ["enough"]})).result(300)


def test_dask_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(GiveUp, match=r"\.\[dask\]"):
        dask_workers.require_dask()


def replaced(settings: Any, address: str) -> Any:
    return settings.model_copy(update={"engine": "dask", "dask_address": address})


def test_a_scheduler_that_does_not_answer_is_told() -> None:
    settings = replaced(load_settings().classify, f"tcp://127.0.0.1:{free_port()}")
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(TryAgain, match=r"No Dask scheduler answers at `tcp://127\.0\.0\.1"),
        dask_workers.dask_workers(Failing(), settings),
    ):
        pass


def test_an_encrypted_scheduler_without_keys_on_this_side_is_told() -> None:
    settings = replaced(load_settings().classify, "tls://127.0.0.1:8786")
    with (
        pytest.raises(GiveUp, match="there are no keys for it here"),
        dask_workers.dask_workers(Failing(), settings),
    ):
        pass


def test_a_worker_that_finds_another_checkpoint_refuses(
    bench: Bench, expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = stage.encoder_answerer(load_settings())
    crew_of = stage.crew_of
    monkeypatch.setattr(
        stage, "crew_of", lambda settings, load: crew_of(settings, replace(load, version="x@1"))
    )
    with pytest.raises(GiveUp, match=f"is `{made.version}`, expected `x@1`"):
        classify()
