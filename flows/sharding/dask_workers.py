"""Workers of Dask: processes of this machine, or those of a scheduler that runs elsewhere.

A shard of a worker that is lost is read by another one: that is Dask's own business
(https://distributed.dask.org/en/stable/resilience.html).
"""

import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import polars as pl

from flows.settings import Classify
from flows.sharding.base import Crew, Engine, Load
from flows.sharding.worker import Shard, read_shard
from models.errors import GiveUp, TryAgain
from transforms.classify import Answers

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

NO_PAGES: dict[str, list[str]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
"""Schedulers and workers have pages that anybody who can reach the port can read."""

LOGGERS = ("distributed", "distributed.client")
"""They tell of every connection, and of each lost worker, which is nothing to act on."""

WORKER_ENVIRONMENT = {"TOKENIZERS_PARALLELISM": "false"}
"""A worker has its share of the cores; its tokenizer would take all of them."""


@contextmanager
def dask_workers(load: Load, settings: Classify) -> Iterator[Crew]:
    """A crew of the workers at `dask_address`, or of `workers` new processes on this machine.

    Raises `TryAgain` if the scheduler or all workers are gone, and `GiveUp` if a shard was with
    one worker after another that ended.
    """
    require_dask()
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    with client_of(settings) as client:
        pool = client.get_executor(pure=False)

        def submit(inputs: pl.DataFrame) -> Future[Answers]:
            future: Future[Answers] = pool.submit(read_shard, load, Shard(inputs))
            return future

        try:
            # Twice the hands: one shard is on its way while another one is read.
            yield Crew(2 * hands(client), submit, lambda: require_workers(client))
        except KilledWorker as error:
            raise GiveUp(
                "A shard was with several of Dask's workers, and each of them ended: is there "
                "enough memory? Try fewer `workers` or a smaller `batch` under `[classify]`."
            ) from error
        except (CancelledError, CommClosedError) as error:
            raise gone() from error


def require_dask() -> None:
    """Raise `GiveUp` if Dask is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise GiveUp(
            '`engine = "dask"` under `[classify]` needs the extra `dask`: '
            "in the project's folder, `pip install --constraint constraints.txt --editable "
            "'.[dask]'`, or take `engine = \"threads\"`."
        ) from error


@contextmanager
def client_of(settings: Classify) -> Iterator["Client"]:
    """A client of the scheduler; one of our own ends with the block, and its workers with it."""
    import dask
    from distributed import Client

    require_keys(settings.dask_address)
    with quietly(), ExitStack() as held, dask.config.set(NO_PAGES):
        where = settings.dask_address or held.enter_context(own_cluster(settings.hands))
        try:
            client = held.enter_context(Client(where, set_as_default=False))
        except OSError as error:
            raise TryAgain(
                f"No Dask scheduler answers at `{settings.dask_address}`, which `dask_address` "
                "names: start it (`dask scheduler`), or let the address be empty."
            ) from error
        yield client


@contextmanager
def quietly() -> Iterator[None]:
    """Let this side of Dask write no log: what a person should know is raised."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def require_keys(address: str) -> None:
    """Raise `GiveUp` if `address` is encrypted and nobody said where this side's keys are."""
    from distributed.security import Security

    if address.startswith("tls:") and not Security().get_connection_args("client")["ssl_context"]:
        raise GiveUp(
            f"`{address}` is encrypted and there are no keys for it here: let "
            "`DASK_DISTRIBUTED__COMM__TLS__CA_FILE`, `..._CLIENT__CERT` and `..._CLIENT__KEY` name "
            "them, as docs/sharding.md says."
        )


def own_cluster(hands: int) -> "LocalCluster":
    """A scheduler and `hands` worker processes that only this run can talk to.

    Whoever can talk to a scheduler can run code as its user, so even on this machine keys are asked
    for; they live in memory, for this run. No worker puts data aside on disk.
    """
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=hands,
        threads_per_worker=1,
        host="127.0.0.1",
        security=True,
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        memory_limit=0,
        silence_logs=logging.CRITICAL,
        env=WORKER_ENVIRONMENT,
    )


def hands(client: "Client") -> int:
    """Shards that can be read at the same time; workers may still come, so at least one."""
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))


def require_workers(client: "Client") -> None:
    """Raise `TryAgain` if nobody is there who could read."""
    try:
        found = client.nthreads() if client.status == "running" else {}
    except (OSError, ValueError) as error:  # how a client says that it has lost its scheduler
        raise gone() from error
    if not found:
        raise gone()


def gone() -> TryAgain:
    """What to tell when Dask can't go on."""
    return TryAgain(
        "Dask's scheduler or all of its workers are gone. What was finished is kept; start them, "
        "and call again."
    )


ENGINE: Engine = dask_workers
