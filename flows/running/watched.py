"""What a Prefect server shows of a run: reports, published files, tables written, progress.

Nothing is sent where no server listens, and a server that goes away stops no run.
"""

import html
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from flows.running.report import StageReport

logger = logging.getLogger(__name__)

TABLE_WRITTEN = "resonanz.table.written"
"""The event that a run has written a table; its resource is `resonanz.table.<layer>.<name>`."""


def is_watched() -> bool:
    """Whether this is a run that a Prefect server knows of."""
    from prefect.context import FlowRunContext
    from prefect.settings import PREFECT_API_URL

    return FlowRunContext.get() is not None and bool(PREFECT_API_URL.value())


@contextmanager
def if_it_listens() -> Iterator[None]:
    """Let the run go on if the server can't be reached, or refuses."""
    import httpx
    from prefect.exceptions import PrefectException

    try:
        yield
    except (httpx.HTTPError, PrefectException) as error:
        logger.warning("Prefect's server does not show all of this run (%s)", type(error).__name__)


def show_reports(stage: str, reports: Sequence[StageReport]) -> None:
    """A table of what each stage of a run did, on the run's page and under its key."""
    if not is_watched():
        return
    from prefect.artifacts import create_table_artifact

    rows = [
        {
            "stage": report.stage,
            "in": report.rows_in,
            "out": report.rows_out,
            "rejected": report.rejected_count,
            "note": told_in_a_cell(report),
        }
        for report in reports
    ]
    with if_it_listens():
        # The newest artifact under a key is its face on Prefect's page of artifacts.
        create_table_artifact(rows, key=f"{stage}-report", description=f"What `{stage}` did")


def told_in_a_cell(report: StageReport) -> str:
    """The sentences of a report as a cell of an artifact: markup in them is none.

    They name files and columns, which whoever sends a file calls as he likes.
    """
    return "<br>".join(html.escape(line) for line in (report.note, *report.details))


def show_published(folder: Path, rows: Mapping[str, int]) -> None:
    """What was published in `folder`: a link to it, its files, and an event for each table."""
    if not is_watched():
        return
    from prefect.artifacts import create_link_artifact

    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"| [{path.relative_to(folder)}]({path.as_uri()}) | {path.stat().st_size:,} |"
        for path in files
    ]
    table = "\n".join(["| file | bytes |", "|---|---|", *lines])
    with if_it_listens():
        create_link_artifact(folder.as_uri(), link_text=str(folder), key="published-folder")
    show_page("published-files", table, f"In `{folder}`")
    tell_tables([f"mart.{name}" for name in rows], rows)


def show_page(key: str, markdown: str, about: str) -> None:
    """A page in Markdown, on the run's page and under `key`."""
    if not is_watched():
        return
    from prefect.artifacts import create_markdown_artifact

    with if_it_listens():
        create_markdown_artifact(markdown, key=key, description=about)


def tell_tables(tables: Sequence[str], rows: Mapping[str, int] | None = None) -> None:
    """An event for each of `tables`, which stands on the page of the run that wrote it."""
    if not (tables and is_watched()):
        return
    from prefect.events import emit_event

    for table in tables:
        count = (rows or {}).get(table.rpartition(".")[2])
        emit_event(
            TABLE_WRITTEN,
            {"prefect.resource.id": f"resonanz.table.{table}", "prefect.resource.name": table},
            payload={} if count is None else {"rows": count},
        )


@contextmanager
def shown_progress(about: str) -> Iterator[Callable[[float], None]]:
    """A bar on the run's page; gives the function that sets how much is done, from 0 to 1."""
    if not is_watched():
        yield lambda share: None
        return
    from prefect.artifacts import create_progress_artifact, update_progress_artifact

    bar: Any = None
    with if_it_listens():
        bar = create_progress_artifact(0.0, key="labelling", description=about)

    def show(share: float) -> None:
        with if_it_listens():
            if isinstance(bar, UUID):
                update_progress_artifact(bar, progress=round(100 * share, 1))

    yield show
