"""Review sheets: written, taken in, compared, exported."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from flows.commands.terminal import AS_OF, DAY, run, show, verdict
from models.questions import HEADS


@click.group()
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


COMMANDS: tuple[click.Command, ...] = (review,)
