"""Answers of the YouTube Data API, saved as files, in; the videos and comments in them out.

Format: https://developers.google.com/youtube/v3/docs/commentThreads/list, .../comments/list and
.../videos/list. Ids and texts become what `youtube_api` makes of them. A comment that was asked for
by its own id or its parent's does not say under which video it stands.
"""

import re
from collections.abc import Iterator

from flows.reading.api_pages import LandedPage
from flows.reading.json_values import JsonObject, text_in
from flows.reading.json_window import utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.saved_answers import saved_records
from flows.reading.youtube_objects import read_page
from flows.sources.base import FileSource
from models.canonical import Record

OPENING = re.compile(rb'(?:\[\s*)?\{\s*"(?:kind|etag|items|pageInfo|nextPageToken|id|snippet)"\s*:')
KIND = re.compile(rb'"kind"\s*:\s*"youtube#(?:comment|commentThread|video)(?:ListResponse)?"')

KINDS = frozenset({"youtube#comment", "youtube#commentThread", "youtube#video"})


def recognise(sample: bytes) -> bool:
    """Whether it is JSON that begins as an answer does, of comments or of videos."""
    text = utf_8_start(sample)
    return bool(OPENING.match(text) and KIND.search(text))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each video, and each comment before the answers that stand with it."""
    yield from saved_records(landed.path, read_page, _page, rules, page_key="items")


def _page(item: JsonObject, line: int) -> LandedPage | str:
    """The answer that an object would have come in."""
    if text_in(item, "kind") not in KINDS:
        return "an object that is neither a video nor a comment, to go by its `kind`"
    return LandedPage({"items": [item]}, line=line)


SOURCE = FileSource(
    name="youtube_answers",
    about="Saved answers of the YouTube Data API: comments of a video, or videos",
    how_to_get="Ask `https://www.googleapis.com/youtube/v3/commentThreads` with a key, "
    "`part=snippet,replies` and the `videoId`, and save each answer as a file.",
    recognise=recognise,
    read=read,
    version=2,
)
