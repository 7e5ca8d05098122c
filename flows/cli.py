"""The command line `resonanz`: answers on stdout, logs on stderr, exit codes for schedulers."""

import os
import sys

import click

from flows.commands import changing, looking, model, privacy, review, stages
from models.errors import GateFailed, ResonanzError, TryAgain

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


for room in (stages, review, privacy, looking, model, changing):
    for command in room.COMMANDS:
        cli.add_command(command)


if __name__ == "__main__":
    main()
