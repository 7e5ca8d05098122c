"""The dashboard: one HTML file that opens offline, from a mail attachment, on a phone."""

from pathlib import Path

from flows.dashboard.page import render
from flows.exports.base import Export
from flows.publishing.publication import Publication

FILE_NAME = "dashboard.html"


def write(publication: Publication, folder: Path) -> None:
    """Write `dashboard.html`."""
    (folder / FILE_NAME).write_text(render(publication), encoding="utf-8")


EXPORT = Export(
    "dashboard", "One HTML page that tells what changed and how sure that is", write, is_whole=True
)
