"""The command line `resonanz`: answers on stdout, logs on stderr, exit codes for schedulers."""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from models.errors import GateFailed, GiveUp, ResonanzError, TryAgain
from models.questions import HEADS

# Everything heavy is imported inside the commands: `resonanz --help` must answer at once.
if TYPE_CHECKING:
    from flows.report import StageReport

EXIT_REJECTED = 3
EXIT_GATE = 4
EXIT_TRY_AGAIN = 75
"""`EX_TEMPFAIL` of BSD's sysexits.h."""

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_LOGGING_LEVEL": "ERROR",
    # The server that lives only for one command complains when it is stopped at its end.
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    # Its first start makes a database, which takes longer than 20 s on a machine that is busy.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "GX_ANALYTICS_ENABLED": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "true",
    "TRANSFORMERS_VERBOSITY": "error",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
}
"""No call leaves the machine unasked; each of these can be set otherwise in the environment."""

EPILOG = """\b
Exit codes:
  0   done
  1   can't be done until somebody changes something; the message says what. Of `status`:
      something is too old, or has failed
  2   the command was called the wrong way
  3   done, but some records were rejected (see `clean.rejected_comment`)
  4   the quality gate failed; what was published before stays in place
  75  something was busy or away: the same call may succeed later
"""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EPILOG,
)
@click.version_option(package_name="resonanz")
@click.option(
    "--without-prefect",
    is_flag=True,
    envvar="RESONANZ_WITHOUT_PREFECT",
    help="Start no Prefect server, and tell none; saves its start, shows the run nowhere.",
)
def cli(without_prefect: bool) -> None:
    """What an audience answers when IT speaks.

    Resonanz takes in the comments on your posts, says what they feel and about what, and publishes
    tables for spreadsheets, dashboards and SQL.

    Drop export files in the inbox folder, or name accounts in settings.toml, and run `resonanz
    daily`; the tables are then in `data/published/latest`. The steps of `daily` also run alone:
    fetch, ingest, refine, classify, publish. All of them are safe to run twice.
    """


def main() -> None:
    """Run the command line; errors become one sentence on stderr and an exit code."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        sys.exit(cli(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was finished is kept; the next run goes on from there.", err=True)
        sys.exit(130)
    except ResonanzError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does: not an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def exit_code(error: ResonanzError) -> int:
    """What a scheduler should know of `error`."""
    if isinstance(error, TryAgain):
        return EXIT_TRY_AGAIN
    return EXIT_GATE if isinstance(error, GateFailed) else 1


AS_OF = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    metavar="DATE",
    help="The moment (UTC) that counts as now; for reruns.",
)


@cli.command()
@AS_OF
def daily(as_of: datetime | None) -> int:
    """Take in the inbox and bring every table up to date."""
    from flows.daily import daily as flow

    reports = run(flow, as_of=as_of)
    show(*reports)
    show_tables()
    return verdict(*reports)


DAY = click.DateTime(["%Y-%m-%d"])


@cli.command()
@click.argument("names", nargs=-1)
@click.option("--from", "first_day", type=DAY, metavar="DATE", required=True, help="First day.")
@click.option("--to", "last_day", type=DAY, metavar="DATE", help="Last day; today if left out.")
@AS_OF
def backfill(
    names: tuple[str, ...],
    first_day: datetime,
    last_day: datetime | None,
    as_of: datetime | None,
) -> int:
    """Bring a window of days up to date once more, as after an outage or a loss.

    The accounts NAMES, or all, are asked for everything since the first day, whatever they were
    asked before. Files that landed in these days are read again. What is missing is then labelled,
    and the tables are published. What is known already changes nothing.
    """
    from flows.backfill import backfill as flow

    last = last_day.date() if last_day else None
    reports = run(flow, first_day=first_day.date(), last_day=last, names=names, as_of=as_of)
    show(*reports)
    show_tables()
    return verdict(*reports)


@cli.command()
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


@cli.command()
def automations() -> None:
    """Let the Prefect server tell the webhook of settings.toml when a run fails or is late.

    The server is the one that `PREFECT_API_URL` names. Call it again after a change of the
    settings; see docs/operations.md.
    """
    from flows.automations import deploy
    from flows.quiet import reaching_prefect

    with reaching_prefect():
        for name in deploy():
            click.echo(name)


@cli.command()
@click.argument("names", nargs=-1)
@click.option("--full", is_flag=True, help="Ask for every comment again, to notice deletions.")
@AS_OF
def fetch(names: tuple[str, ...], full: bool, as_of: datetime | None) -> int:
    """Ask the accounts NAMES of settings.toml, or all of them, for new comments."""
    from flows.fetch import fetch as flow

    show(run(flow, names=names, is_full_sweep=full, as_of=as_of))
    return 0


@cli.group(invoke_without_command=True)
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


@cli.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--channel", help="Where the audience was met: facebook, linkedin, intranet, ...")
@AS_OF
def ingest(files: tuple[Path, ...], channel: str | None, as_of: datetime | None) -> int:
    """Take in FILES, or without any the files of the inbox.

    The format is recognised from the content. Archives (zip, gz, zst, tar) are unpacked; what of
    them no source knows stays outside. For tables, the columns that were recognised are
    shown; set them in settings.toml where the guess is wrong. In the inbox, files of a subfolder
    belong to the channel that it is named after.
    """
    from flows.ingest import ingest as flow

    paths = [path.expanduser().resolve() for path in files]
    report = run(flow, files=paths, channel=channel, as_of=as_of)
    show(report)
    return verdict(report)


@cli.command()
@AS_OF
def refine(as_of: datetime | None) -> int:
    """Read what has landed into the clean tables; reject, with reasons, what can't be used."""
    from flows.refine import refine as flow

    report = run(flow, as_of=as_of)
    show(report)
    return verdict(report)


@cli.command()
@AS_OF
def classify(as_of: datetime | None) -> int:
    """Let the model label the comments that it has not labelled yet."""
    from flows.classify import classify as flow

    show(run(flow, as_of=as_of))
    return 0


@cli.command()
@AS_OF
def publish(as_of: datetime | None) -> int:
    """Build the tables, check them, and put them in data/published/latest."""
    from flows.publish import publish as flow

    show(run(flow, as_of=as_of))
    show_tables()
    return 0


@cli.command()
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


@cli.command()
@click.option("--again", is_flag=True, help="Send it once more, even if it has gone out.")
@AS_OF
def digest(again: bool, as_of: datetime | None) -> None:
    """Write the weekly letter from what is published; send it where settings.toml says so."""
    from flows.digest import digest as flow

    show(run(flow, again=again, as_of=as_of))


@cli.command()
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


@cli.command()
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


@cli.command()
@click.option("--plain", is_flag=True, help="Each line of the input is a text, not JSON.")
def predict(plain: bool) -> None:
    """Label texts from stdin; one JSON line each on stdout, in the same order.

    A line of the input is {"id": ..., "text": ...}, with an optional "post": the text of the post
    that is commented on. A line that can't be read gets an "error", and the rest goes on.

    \b
    echo '{"id": 1, "text": "Endlich weniger Passwörter!"}' | resonanz predict
    """
    from flows.predict import predict_lines

    predict_lines(sys.stdin.buffer, sys.stdout, plain)


@cli.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--from-reviews", is_flag=True, help="On your own comments that people reviewed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def evaluate(file: Path | None, from_reviews: bool, as_json: bool) -> None:
    """Measure the model on the gold labels of FILE, or on reviews, with 95 % intervals.

    A line of the file is a JSON object with "text", optionally "post" (or "post_text"), and gold
    labels: "sentiment", "stance" (one label), "topics", "intents" (lists), "needs_reply", "toxic"
    (true or false). Heads without gold labels are left out.

    From reviews, each head is measured over all randomly drawn comments, and by language and
    channel; those that were picked for training are harder than others, and reported apart.
    """
    if from_reviews == (file is not None):
        raise click.UsageError("Name a FILE, or ask for --from-reviews.")
    if file is None:
        from flows.evaluate_reviews import evaluate_reviews

        click.echo(evaluate_reviews(as_json))
    else:
        from flows.evaluate import evaluate_file

        click.echo(evaluate_file(file, as_json))


@cli.group()
def review() -> None:
    """Let people judge comments in Excel, and take their answers in.

    Every week: `sample` writes a sheet, somebody fills it in, `import` takes it in, `publish`
    corrects the shares by it. See docs/review.md.
    """


@review.command()
@click.option("--name", help="Name of the sheet; its period if left out. Equal names, equal rows.")
@click.option("--from", "first_day", type=DAY, metavar="DATE", help="First day of the comments.")
@click.option("--to", "last_day", type=DAY, metavar="DATE", help="Last day of the comments.")
@click.option("--audit", type=click.IntRange(0), help="Comments to draw at random.")
@click.option("--training", type=click.IntRange(0), help="Comments to pick for training.")
@click.option("--head", "heads", multiple=True, type=click.Choice(HEADS), help="What is asked.")
@click.option("--reviewer", "reviewers", multiple=True, help="Who reads; one file each.")
@click.option("--language", type=click.Choice(["de", "en"]), help="Of the sheet's own words.")
@AS_OF
def sample(as_of: datetime | None, **order: Any) -> int:
    """Write a sheet of comments to judge, of the last full week or of the days given.

    What is left out is taken from settings.toml, `[review]`. The files lie in data/reviews; one
    that exists is left as it is.
    """
    from flows.review_sample import sample as flow
    from flows.reviewing.plan import Order

    days = {key: order[key].date() if order[key] else None for key in ("first_day", "last_day")}
    show(run(flow, order=Order(**(order | days)), as_of=as_of))
    return 0


@review.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@AS_OF
def take_in(files: tuple[Path, ...], as_of: datetime | None) -> int:
    """Take in filled sheets, saved by Excel or LibreOffice, half-filled or corrected ones, too.

    A sheet is checked cell by cell and taken in whole or not at all. Comments that were edited
    since it was written are left out (exit code 3).
    """
    from flows.review_import import take_in as flow

    reports = run(flow, files=[path.expanduser().resolve() for path in files], as_of=as_of)
    show(*reports)
    return verdict(*reports)


@review.command()
@click.option("--sheet", help="Of one sheet only.")
def agreement(sheet: str | None) -> None:
    """Tell how far two readers of the same comments agree: Krippendorff's alpha by head."""
    from flows.review_agreement import agreement_text

    click.echo(agreement_text(sheet))


@review.command()
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    """Write the comments reviewed for training to FILE.jsonl, with people's answers.

    The file holds texts of people. Comments that were drawn at random stay out: what measures and
    corrects the model must not teach it. See models/training/README.md.
    """
    from flows.review_export import export_reviews

    click.echo(export_reviews(file))


AUTHOR = click.option(
    "--author", help="Handle, name or id of the person, as the platform writes it."
)
PLATFORM = click.option("--platform", help="The platform that the handle is of: facebook, x, ...")
LINK = click.option("--link", help="Instead: permalink or comment_id of one of the comments.")


@cli.command()
@AUTHOR
@PLATFORM
@LINK
@AS_OF
def erase(
    author: str | None, platform: str | None, link: str | None, as_of: datetime | None
) -> int:
    """Take a person out of everything that is stored, and print the proof.

    Landing files, tables, labels, reviews, published states and other files of the data folder are
    edited; only keyed hashes are remembered, so that no later file brings the person back.

    \b
    resonanz erase --author anna_b --platform x
    resonanz erase --link https://x.com/anna_b/status/17
    """
    from flows.erase import erase as flow

    report = run(flow, author=author, platform=platform, link=link, as_of=as_of)
    show(report)
    return verdict(report)


@cli.command()
@AUTHOR
@PLATFORM
@LINK
def access(author: str | None, platform: str | None, link: str | None) -> None:
    """Print what is stored about a person, as JSON: the answer to a request for access."""
    from flows.access import access as answer

    click.echo(answer(author, platform, link))


@cli.command()
@AS_OF
def retention(as_of: datetime | None) -> int:
    """Delete what has been kept for longer than settings.toml allows under [retention]."""
    from flows.retention import retention as flow

    show(run(flow, as_of=as_of))
    return 0


@cli.group()
def privacy() -> None:
    """Keys, and what redaction takes out of a text."""


@privacy.command("rotate-key")
def rotate_key() -> None:
    """Exchange the author key; every stored pseudonym follows."""
    from flows.rotation import rotate_author_key

    click.echo(rotate_author_key())


@privacy.command("open")
@click.argument("file", type=click.Path(path_type=Path))
def open_sealed(file: Path) -> None:
    """Write what the sealed landing FILE holds to stdout."""
    from flows.landing_key import read_landing_key
    from flows.sealing import is_sealed, unsealed
    from flows.settings import load_settings

    if not file.is_file() or not is_sealed(file):
        raise GiveUp(f"`{file}` is not a sealed file of the landing folder.")
    for piece in unsealed(file, read_landing_key(load_settings().privacy)):
        sys.stdout.buffer.write(piece)


@privacy.command()
def redact() -> None:
    """Redact texts from stdin, one a line; a JSON line each on stdout, with counts by kind."""
    import json

    from transforms.redact import redact as redacted

    for line in sys.stdin:
        found = redacted(line.rstrip("\n"))
        answer = {"text": found.text, "redacted": dict(found.counts)}
        click.echo(json.dumps(answer, ensure_ascii=False))


def run(flow: Callable[..., Any], **arguments: Any) -> Any:
    """Run a flow; `as_of` is taken as UTC."""
    moment = arguments.pop("as_of", None)
    with surroundings():
        return flow(**arguments, as_of=moment.replace(tzinfo=UTC) if moment else None)


def surroundings() -> AbstractContextManager[None]:
    """How flows run: with Prefect, or as plain functions where the command line says so."""
    if click.get_current_context().find_root().params["without_prefect"]:
        from flows.direct import without_prefect

        return without_prefect()
    from flows.quiet import at_a_terminal

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


if __name__ == "__main__":
    main()
