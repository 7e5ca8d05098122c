"""Rights of persons: erase, access, keys, and what redaction takes out."""

import sys
from datetime import datetime
from pathlib import Path

import click

from flows.commands.terminal import AS_OF, run, show, verdict
from models.errors import GiveUp

AUTHOR = click.option(
    "--author", help="Handle, name or id of the person, as the platform writes it."
)
PLATFORM = click.option("--platform", help="The platform that the handle is of: facebook, x, ...")
LINK = click.option("--link", help="Instead: permalink or comment_id of one of the comments.")


@click.command()
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


@click.command()
@AUTHOR
@PLATFORM
@LINK
def access(author: str | None, platform: str | None, link: str | None) -> None:
    """Print what is stored about a person, as JSON: the answer to a request for access."""
    from flows.access import access as answer

    click.echo(answer(author, platform, link))


@click.group()
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
    from flows.keys.landing import read_landing_key
    from flows.landing.sealing import is_sealed, unsealed
    from flows.settings import load_settings

    if not file.is_file() or not is_sealed(file):
        raise GiveUp(f"`{file}` is not a sealed file of the landing folder.")
    for piece in unsealed(file, read_landing_key(load_settings().privacy)):
        sys.stdout.buffer.write(piece)


@privacy.command()
def redact() -> None:
    """Redact texts from stdin, one a line; a JSON line each on stdout, with counts by kind."""
    import json

    from transforms.plain_text import tidy
    from transforms.redact import redact as redacted

    for line in sys.stdin:
        found = redacted(tidy(line))
        answer = {"text": found.text, "redacted": dict(found.counts)}
        click.echo(json.dumps(answer, ensure_ascii=False))


COMMANDS: tuple[click.Command, ...] = (erase, access, privacy)
