"""What can be asked of the tables, the pipeline and the sources; nothing is changed."""

import sys
from datetime import UTC, datetime
from typing import Any

import click

from flows.commands.terminal import AS_OF


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@AS_OF
def status(as_of: datetime | None, as_json: bool) -> int:
    """Tell how the pipeline is: last runs, freshness, backlog, disk, model.

    Ends with exit code 1 if a run failed or something is older than settings.toml allows under
    `[status]`, so that a monitor can ask it. Nothing is changed, and no server is asked.
    """
    from flows import status as pipeline

    found = pipeline.status(as_of.replace(tzinfo=UTC) if as_of else None)
    click.echo(pipeline.as_json(found) if as_json else pipeline.as_text(found))
    return 0 if found.is_healthy else 1


@click.command()
def automations() -> None:
    """Let the Prefect server tell the webhook of settings.toml when a run fails or is late.

    The server is the one that `PREFECT_API_URL` names. Call it again after a change of the
    settings; see docs/operations.md.
    """
    from flows.automations import deploy
    from flows.running.quiet import reaching_prefect

    with reaching_prefect():
        for name in deploy():
            click.echo(name)


@click.group(invoke_without_command=True)
@click.pass_context
def sources(context: click.Context) -> None:
    """List what can be taken in, what each needs, and when it last ran."""
    if context.invoked_subcommand is None:
        from flows.catalogue import catalogue

        click.echo(catalogue())


@sources.command()
@click.argument("name")
def check(name: str) -> None:
    """Try the account NAME of settings.toml with one cheap question."""
    from flows.catalogue import check as ask

    click.echo(ask(name))


@click.command()
@click.argument("query")
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    help="How rows are written.",
)
def sql(query: str, style: str) -> None:
    """Answer QUERY, in DuckDB's SQL, from the published tables; nothing can be changed.

    \b
    resonanz sql "FROM mart.channel_weekly"
    resonanz sql "SELECT text FROM mart.comments_to_answer LIMIT 5" --format csv
    """
    from flows.ask import answer

    answer(query, style, sys.stdout)


@click.command()
@click.argument("earlier", default="previous")
@click.argument("later", default="latest")
def diff(earlier: str, later: str) -> None:
    """Say what moved between two snapshots: EARLIER and LATER, by the start of their names.

    \b
    resonanz diff                    the last publish against the one before
    resonanz diff 20251110 latest
    """
    from flows.compare import compare

    click.echo(compare(earlier, later))


@click.command()
@click.argument("name", required=False)
@click.option("--markdown", is_flag=True, help="All tables as one Markdown page.")
@click.option(
    "--contract",
    type=click.File(encoding="utf-8"),
    help="What readers may rely on, as JSON; names the file of last time, which must be kept.",
)
def tables(name: str | None, markdown: bool, contract: Any) -> None:
    """Describe the tables, or the table NAME column by column."""
    from flows.dictionary import as_contract, as_markdown, describe

    if contract:
        click.echo(as_contract(contract.read()))
    else:
        click.echo(as_markdown() if markdown else describe(name))


COMMANDS: tuple[click.Command, ...] = (status, automations, sources, sql, diff, tables)
