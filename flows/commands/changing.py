"""Let another model or list of topics take over, without surprise."""

from datetime import datetime
from pathlib import Path

import click

from flows.commands.terminal import AS_OF, run, show

TAXONOMY = click.option(
    "--taxonomy",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of topics to go with it; those of settings.toml if left out.",
)
LABELS = click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="THEIRS=OURS",
    help="Of another maker's checkpoint: what its label stands for, for each of them.",
)


@click.group()
def model() -> None:
    """Try another checkpoint or list of topics beside the one that answers, and let it take over.

    `shadow` tries it on the last weeks and reports what would change, `promote` switches, `list`
    shows what there is. See docs/model-change.md.
    """


@model.command()
@click.argument("checkpoint", required=False)
@click.option("--weeks", type=click.IntRange(1), default=8, show_default=True, help="How many.")
@TAXONOMY
@LABELS
@AS_OF
def shadow(
    checkpoint: str | None,
    weeks: int,
    taxonomy: Path | None,
    labels: tuple[str, ...],
    as_of: datetime | None,
) -> int:
    """Try CHECKPOINT (a folder, a Hub id or a version) on the comments of the last weeks.

    Without CHECKPOINT only the topics are tried. Its labels are stored under its version, where
    nothing that is published looks. The report lies in data/models/shadow: answers that differ,
    shares before and after, alerts, quality on comments that people judged, speed.
    """
    if checkpoint is None and taxonomy is None:
        raise click.UsageError("Name a CHECKPOINT, or topics with --taxonomy.")
    from flows.model_shadow import shadow as flow

    show(
        run(
            flow,
            checkpoint=absolute(checkpoint),
            weeks=weeks,
            taxonomy=str(taxonomy.resolve()) if taxonomy else None,
            labels=mapping(labels),
            as_of=as_of,
        )
    )
    return 0


@model.command()
@click.argument("checkpoint", required=False, metavar="VERSION_OR_FOLDER")
@TAXONOMY
@LABELS
@AS_OF
def promote(
    checkpoint: str | None,
    taxonomy: Path | None,
    labels: tuple[str, ...],
    as_of: datetime | None,
) -> int:
    """Let VERSION_OR_FOLDER answer from now on, or the topics of --taxonomy.

    Comments that it has not labelled yet are labelled first. Old labels stay under their version,
    so that going back labels only what came in since.
    """
    if checkpoint is None and taxonomy is None:
        raise click.UsageError("Name a VERSION_OR_FOLDER, or topics with --taxonomy.")
    from flows.model_promote import promote as flow

    show(
        run(
            flow,
            checkpoint=absolute(checkpoint),
            taxonomy=str(taxonomy.resolve()) if taxonomy else None,
            labels=mapping(labels),
            as_of=as_of,
        )
    )
    return 0


@model.command("list")
def listed() -> None:
    """Show whose labels are stored, which answer now, and what was promoted when."""
    from flows.model_list import known_models

    click.echo(known_models())


def absolute(checkpoint: str | None) -> str | None:
    """A folder as its whole path; a version or a Hub id as it is."""
    if checkpoint is None:
        return None
    folder = Path(checkpoint).expanduser()
    return str(folder.resolve()) if folder.is_dir() else checkpoint


def mapping(labels: tuple[str, ...]) -> dict[str, str]:
    """`THEIRS=OURS` of the command line as a mapping."""
    pairs = [label.rpartition("=") for label in labels]
    if strange := [
        label
        for label, (theirs, _, ours) in zip(labels, pairs, strict=True)
        if not theirs or not ours
    ]:
        raise click.UsageError(f"`{strange[0]}` is no mapping, expected THEIRS=OURS.")
    return {theirs: ours for theirs, _, ours in pairs}


COMMANDS: tuple[click.Command, ...] = (model,)
