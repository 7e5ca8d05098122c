"""A progress bar on stderr for long work, and nothing where nobody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        bar = bars.add_task(about, total=total)
        yield lambda count: bars.advance(bar, count)
