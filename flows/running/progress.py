"""How far long work is: a bar at a terminal, lines in the log and a bar in Prefect elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flows.running.watched import is_watched, shown_progress

TOLD_EVERY = 0.1
"""Share of the work between two lines of the log: ten lines, however long it takes."""

Advance = Callable[[int], None]
"""Called with how many items were done since the last call."""


@contextmanager
def progress(about: str, total: int) -> Iterator[Advance]:
    """Show how far `about` is; gives the function that moves it on."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with (
        shown_progress(about) as show,
        Progress(*columns, console=console, disable=not console.is_terminal) as bars,
    ):
        bar = bars.add_task(about, total=total)
        told = 0.0

        def advance(count: int) -> None:
            nonlocal told
            bars.advance(bar, count)
            share = min(bars.tasks[0].completed / total, 1.0)
            if share >= told + TOLD_EVERY or share == 1.0:
                told = share
                show(share)
                tell(f"{about}: {share:.0%} of {total:,}")

        yield advance


def tell(sentence: str) -> None:
    """Write `sentence` to the log of the run, where Prefect keeps one."""
    if is_watched():
        from prefect import get_run_logger

        get_run_logger().info("%s", sentence)
