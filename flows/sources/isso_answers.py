"""Answers of an Isso server, saved as files, in; why they can't be taken out.

Format: https://isso-comments.de/docs/reference/server-api/. Ids are numbers that each server counts
from 1, and an answer names neither its server nor, of one page, that page: comments of two blogs
would be taken for one another's. `isso_api` knows whom it asks, and `isso_export` has the pages.
"""

import re
from collections.abc import Iterator

from flows.reading.json_window import utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Record, Rejected

OPENING = re.compile(rb'\{\s*"|\[\s*\{\s*"')
COMMENT = tuple(
    re.compile(rb'"%s"\s*:' % name) for name in (b"mode", b"created", b"website", b"dislikes")
)
OF_PAGE = re.compile(rb'\{\s*"(?:id|total_replies|hidden_replies|replies)"\s*:')
COUNTS = re.compile(rb'"hidden_replies"\s*:\s*\d')


def recognise(sample: bytes) -> bool:
    """Whether it is the comments of a page, or the latest ones, as a server answers them."""
    text = utf_8_start(sample)
    if OF_PAGE.match(text) and COUNTS.search(text):
        return True
    return bool(OPENING.match(text)) and all(sign.search(text) for sign in COMMENT)


def read(_landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield why the file can't be taken."""
    yield Rejected(
        position=0,
        reason="missing column",
        detail="a saved answer of an Isso server, which does not say of which server and page it "
        "is, so that its comments could be taken for another blog's: let `isso_api` ask the server "
        "(docs/sources/isso_api.md), or take its export",
    )


SOURCE = FileSource(
    name="isso_answers",
    about="Saved answers of an Isso server, which are told and not taken",
    how_to_get="Use `isso_api`, which asks the server itself, or `isso_export`: a saved answer "
    "does not say of which blog it is.",
    recognise=recognise,
    read=read,
)
