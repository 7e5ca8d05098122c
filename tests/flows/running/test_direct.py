import pytest
from prefect import flow, get_run_logger, task

from flows.running.direct import without_prefect
from flows.running.retry import may_recover
from models.errors import GiveUp, TryAgain

tries: list[int] = []


@task(retries=2, retry_delay_seconds=[0, 0], retry_condition_fn=may_recover)
def busy(failures: int, error: type[Exception]) -> str:
    tries.append(1)
    if len(tries) <= failures:
        raise error("busy")
    return "done"


@flow
def inner(failures: int, error: type[Exception]) -> str:
    get_run_logger().info("working")
    return busy(failures, error)


@flow
def outer(failures: int = 0, error: type[Exception] = TryAgain) -> str:
    return inner(failures, error)


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts a server of Prefect's fails."""

    def refuse(*_: object) -> None:
        raise AssertionError("a server was started")

    monkeypatch.setattr("prefect.server.api.server.SubprocessASGIServer.start", refuse)
    tries.clear()


def test_flows_in_flows_and_their_tasks_run_without_a_server() -> None:
    with without_prefect():
        assert outer() == "done"


def test_a_task_is_tried_again_as_often_as_it_declares() -> None:
    with without_prefect():
        assert outer(failures=2) == "done"
    assert len(tries) == 3


def test_what_stays_busy_and_what_gives_up_is_raised() -> None:
    with without_prefect(), pytest.raises(TryAgain):
        outer(failures=9)
    assert len(tries) == 3
    tries.clear()
    with without_prefect(), pytest.raises(GiveUp):
        outer(failures=1, error=GiveUp)
    assert len(tries) == 1


def test_afterwards_flows_are_prefects_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect import Flow

    before = Flow.__call__
    with pytest.raises(GiveUp), without_prefect():
        raise GiveUp("x")
    assert Flow.__call__ is before
