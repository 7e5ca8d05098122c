"""Do several workers read more comments in a second than one, and do they say the same?"""

import argparse
import hashlib
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from importlib.util import find_spec

import polars as pl

from benchmarks.classification import comments
from benchmarks.measure import Cell, machine, note, parser, show, table
from flows.checkpoint import current_version
from flows.settings import Classify
from flows.sharding import crew_of
from flows.sharding.base import Crew
from flows.sharding.here import alone
from flows.sharding.loader import CheckpointLoader
from flows.sharding.reading import read_all
from models.cores import cores
from transforms.shards import shards

COMMENTS, QUICK_COMMENTS = 2_000, 400
SHARDS = 20
"""Enough that the last ones, for which not all workers are needed, weigh little."""

PROMISED_RATIO = 1.7
"""Of two of Dask's workers against one, where there are two cores for them."""

ALONE, PAIR = "dask, 1 worker", "dask, 2 workers"
WAYS = {
    "here, 1 thread": Classify(threads=1),
    "here, 2 threads": Classify(threads=2),
    "threads, 2 workers": Classify(engine="threads", workers=2, threads=1),
    ALONE: Classify(engine="dask", workers=1, threads=1),
    PAIR: Classify(engine="dask", workers=2, threads=1),
}
"""Name -> how it reads; a worker reads on one thread."""

Rates = dict[str, list[float]]
"""Way -> comments a second, a number a turn."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the same shards in every way, in turns, after a turn that is not counted."""
    chosen = options().parse_args(arguments)
    repeats = chosen.repeats or (2 if chosen.quick else 5)
    about, count = machine(), chosen.comments or (QUICK_COMMENTS if chosen.quick else COMMENTS)
    rates, starts = measured(count, repeats)
    facts = {"comments": count, "repeats": repeats, "start_s": starts, "runs": rates}
    show("sharding", about, shown(rates, starts), facts if chosen.json else None)


def options() -> argparse.ArgumentParser:
    """Those of every benchmark, and how many comments are read."""
    made = parser(__doc__, repeats=5)
    made.add_argument("--comments", type=int, help="default 2,000; quick: 400")
    return made


def measured(count: int, repeats: int) -> tuple[Rates, dict[str, float]]:
    """Comments a second of each way, and the seconds until it had read the first time.

    All are open all the time, so that turns can take turns: those whose turn it is not only wait.
    Raises RuntimeError if two ways do not say exactly the same.
    """
    cut = shards(inputs(count), max(1, count // SHARDS))
    rates: Rates = {}
    starts: dict[str, float] = {}
    with ExitStack() as held:
        crews: dict[str, Crew] = {}
        first: tuple[pl.DataFrame, pl.DataFrame] | None = None
        for name, settings in available().items():
            note(f"starting: {name}")
            begun = time.perf_counter()
            crews[name], rates[name] = held.enter_context(opened(settings)), []
            answers = said(cut, crews[name])
            starts[name] = time.perf_counter() - begun
            first = first or answers
            if not is_same(first, answers):
                raise RuntimeError(f"`{name}` says something else than the ways before it")
        for turn in range(repeats):
            note(f"turn {turn + 1} of {repeats}")
            for name in list(crews)[:: 1 if turn % 2 == 0 else -1]:
                begun = time.perf_counter()
                for _ in read_all(cut, crews[name]):
                    pass
                rates[name].append(count / (time.perf_counter() - begun))
    return rates, starts


def available() -> dict[str, Classify]:
    """The ways that are installed."""
    if find_spec("distributed"):
        return WAYS
    note("Dask is left out: the extra `dask` is not installed")
    return {name: way for name, way in WAYS.items() if way.engine != "dask"}


def opened(settings: Classify) -> AbstractContextManager[Crew]:
    """Whoever reads in this way."""
    load = CheckpointLoader.of(settings, current_version(settings))
    crew: Callable[[], AbstractContextManager[Crew]] | None = crew_of(settings, load)
    return crew() if crew else alone(load)


def inputs(count: int) -> pl.DataFrame:
    """Comments of the corpus with their posts, as the flow hands them out."""
    texts, posts = comments(count)
    ids = [str(place) for place in range(count)]
    hashes = [hashlib.sha256(name.encode()).hexdigest() for name in ids]
    return pl.DataFrame(
        {"comment_id": ids, "input_hash": hashes, "text": texts, "post_text": posts}
    )


def said(cut: list[pl.DataFrame], crew: Crew) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All labels and all embeddings of the shards, in an order of their own; nothing is rounded."""
    answered = [answers for _, answers in read_all(cut, crew)]
    labels = pl.concat([answers.labels for answers in answered])
    vectors = pl.concat([answers.embeddings for answers in answered])
    return labels.sort("comment_id", "head", "label"), vectors.sort("input_hash")


def is_same(
    one: tuple[pl.DataFrame, pl.DataFrame], other: tuple[pl.DataFrame, pl.DataFrame]
) -> bool:
    """Whether two ways say the same, to the last bit."""
    return all(a.equals(b) for a, b in zip(one, other, strict=True))


def shown(rates: Rates, starts: dict[str, float]) -> str:
    """The ways side by side; the answers of all are the same, or there would be no table."""
    medians = {name: statistics.median(each) for name, each in rates.items()}
    first = next(iter(medians.values()))
    rows: list[list[Cell]] = [
        [name, len(each), medians[name], min(each), max(each), medians[name] / first, starts[name]]
        for name, each in rates.items()
    ]
    header = ("", "runs", "comments/s", "min", "max", "times the first", "first turn s")
    return f"{table(header, rows)}\n\n{verdict(medians)}"


def verdict(medians: dict[str, float]) -> str:
    """Whether Dask keeps its promise; only a machine with two cores can tell."""
    if PAIR not in medians:
        return "all answers are the same, bit for bit"
    ratio = medians[PAIR] / medians[ALONE]
    kept = "pass" if ratio >= PROMISED_RATIO else "FAIL"
    judged = kept if cores() >= 2 else "not judged on one core"
    return (
        f"all answers are the same, bit for bit; two of Dask's workers read {ratio:.2f} times what "
        f"one reads: {judged} (>= {PROMISED_RATIO})"
    )


if __name__ == "__main__":
    main()
