"""What another process does beside a publish is done, told of where it fails, and ends with it."""

import os
import pickle
import signal
import subprocess
import time
from pathlib import Path

import pytest

import flows.publishing.helping
from flows.publishing.helping import helping
from flows.running.processes import pipe, start
from models.errors import GiveUp, TryAgain


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started, in their order."""
    found: list[subprocess.Popen[bytes]] = []

    def noticed(program: str) -> subprocess.Popen[bytes]:
        found.append(start(program))
        return found[-1]

    monkeypatch.setattr(flows.publishing.helping, "start", noticed)
    return found


def test_works_are_done_in_their_order_by_one_other_process(
    started: list[subprocess.Popen[bytes]],
) -> None:
    with helping(2) as do:
        outcomes = [do(os.getpid), do(divmod, 7, 2), do(os.getpid)]
        time.sleep(1)  # what has not begun when it is waited for is done here
        found = [outcome() for outcome in outcomes]
    assert found == [started[0].pid, (3, 1), started[0].pid]
    assert len(started) == 1


def test_one_hand_does_them_here_when_it_waits(
    started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    with helping(1) as do:
        outcome = do(os.mkdir, tmp_path / "made")
        assert not (tmp_path / "made").exists()
        outcome()
        assert (tmp_path / "made").exists()
        assert do(os.getpid)() == os.getpid()
    assert not started


def test_what_was_not_begun_when_it_is_waited_for_is_done_here() -> None:
    with helping(2) as do:
        do(time.sleep, 30)  # nobody waits for it
        assert do(os.getpid)() == os.getpid()


def test_what_a_work_raises_is_raised_here_and_the_next_is_done() -> None:
    with helping(2) as do:
        wrong, fine = do(os.mkdir, "/nowhere/at/all"), do(divmod, 9, 3)
        with pytest.raises(FileNotFoundError, match="/nowhere/at/all"):
            wrong()
        assert fine() == (3, 0)


def test_a_process_that_was_killed_is_told_of(started: list[subprocess.Popen[bytes]]) -> None:
    with helping(2) as do:
        os.kill(started[0].pid, signal.SIGKILL)
        with pytest.raises(TryAgain, match=r"\(signal 9\).*`processes = 1` under `\[publish\]`"):
            do(divmod, 7, 2)()


def test_a_process_that_is_never_asked_ends_with_the_block(
    started: list[subprocess.Popen[bytes]],
) -> None:
    with helping(2):
        assert started[0].poll() is None
    assert started[0].poll() is not None


def test_a_process_that_nobody_waits_for_ends_with_the_block(
    started: list[subprocess.Popen[bytes]],
) -> None:
    def marts_fail() -> None:
        with helping(2) as do:
            do(time.sleep, 30)
            raise GiveUp("no disk")

    with pytest.raises(GiveUp, match="no disk"):
        marts_fail()
    assert started[0].poll() is not None


def test_what_is_being_done_ends_when_who_asked_is_gone() -> None:
    process = start(flows.publishing.helping.PROGRAM)
    pickle.dump((time.sleep, (60,)), pipe(process.stdin))
    pipe(process.stdin).close()  # as the system does when a process is killed
    assert process.wait(timeout=30) == 0
    pipe(process.stdout).close()


def test_what_can_not_be_understood_is_told_of() -> None:
    process = start(flows.publishing.helping.PROGRAM)
    pipe(process.stdin).write(b"cno_such_module\nnothing\n.")
    pipe(process.stdin).flush()
    is_done, error = pickle.load(pipe(process.stdout))
    assert (is_done, type(error)) == (False, ModuleNotFoundError)
    process.kill()
    process.communicate()
