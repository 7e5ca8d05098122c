"""Processes that are spoken to through pipes."""

import signal

import pytest

from flows.running.processes import end, ended, pipe, start

ECHO = "import sys; print(sys.argv[1], input(), flush=True)"


def test_a_process_hears_and_answers() -> None:
    process = start(ECHO, "heard")
    pipe(process.stdin).write(b"something\n")
    pipe(process.stdin).flush()
    assert pipe(process.stdout).readline() == b"heard something\n"
    end(process)


def test_what_a_process_says_of_an_error_is_heard_by_nobody(
    capfd: pytest.CaptureFixture[str],
) -> None:
    process = start("raise ValueError('a comment')")
    assert pipe(process.stdout).read() == b""
    assert ended([process]) == "exit code 1"
    end(process)
    assert capfd.readouterr() == ("", "")


def test_a_process_that_waits_is_ended() -> None:
    process = start("input()")
    end(process)
    assert process.returncode == -signal.SIGKILL


def test_of_a_line_the_one_that_was_killed_is_named() -> None:
    killed, deaf = start("import os; os.kill(os.getpid(), 9)"), start("raise SystemExit(3)")
    assert ended([killed, deaf]) == "signal 9"
    assert ended([deaf]) == "exit code 3"
    for process in (killed, deaf):
        end(process)


def test_a_process_without_a_pipe_is_not_spoken_to() -> None:
    with pytest.raises(ValueError, match="without a pipe"):
        pipe(None)
