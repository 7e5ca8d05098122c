"""What every command uses: how flows are run from a terminal, and how their reports are shown."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC
from typing import TYPE_CHECKING, Any

import click

# Everything heavy is imported inside the commands: `resonanz --help` must answer at once.
if TYPE_CHECKING:
    from flows.running.report import StageReport

EXIT_REJECTED = 3

DAY = click.DateTime(["%Y-%m-%d"])

AS_OF = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    metavar="DATE",
    help="The moment (UTC) that counts as now; for reruns.",
)


def run(flow: Callable[..., Any], **arguments: Any) -> Any:
    """Run a flow; `as_of` is taken as UTC."""
    moment = arguments.pop("as_of", None)
    with surroundings():
        return flow(**arguments, as_of=moment.replace(tzinfo=UTC) if moment else None)


def surroundings() -> AbstractContextManager[None]:
    """How flows run: with Prefect, or as plain functions where the command line says so."""
    if click.get_current_context().find_root().params["without_prefect"]:
        from flows.running.direct import without_prefect

        return without_prefect()
    from flows.running.quiet import at_a_terminal

    return at_a_terminal()


def show(*reports: "StageReport") -> None:
    """One line a stage on stdout; below it, indented, what a person should look at."""
    for report in reports:
        click.echo(str(report))
        for line in report.details:
            click.echo(f"  {line}")


def show_tables() -> None:
    """Where the published tables lie, and how much is in each."""
    from flows.ask import published_tables

    click.echo(published_tables())


def verdict(*reports: "StageReport") -> int:
    """The exit code that these reports deserve."""
    return EXIT_REJECTED if any(report.rejected_count for report in reports) else 0
