"""Answers of the Instagram Graph API, saved as files, in; the comments or posts in them out.

Format: https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/comments.
Ids and texts become what `instagram_api` makes of them. An answer with comments does not name their
post. The address of its next page may carry the token of who asked, which does not land.
"""

import re
from collections.abc import Iterator

from flows.reading.api_pages import LandedPage
from flows.reading.instagram_objects import read_page
from flows.reading.json_values import JsonObject
from flows.reading.json_window import utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.saved_answers import saved_records
from flows.sources.base import FileSource
from models.canonical import Record

OPENING = re.compile(rb'\{\s*"(?:data|id|text|timestamp|username|like_count)"\s*:')
SIGNS = (
    re.compile(rb'"timestamp"\s*:\s*"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}"'),
    re.compile(rb'"id"\s*:\s*"\d{6,}"'),
)
COMMENT = re.compile(rb'"text"\s*:')
POST = re.compile(rb'"(?:comments_count|media_type|media_product_type)"\s*:')
OTHERS = re.compile(rb'"(?:created_time|message|edit_history_tweet_ids|conversation_id)"\s*:')
"""Of a Facebook page, or of X."""


def recognise(sample: bytes) -> bool:
    """Whether it is an answer with comments or posts whose fields are Instagram's."""
    text = utf_8_start(sample)
    is_answer = OPENING.match(text) and all(sign.search(text) for sign in SIGNS)
    is_told = COMMENT.search(text) or POST.search(text)
    return bool(is_answer and is_told and not OTHERS.search(text))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each post, and each comment before the answers that stand with it."""
    yield from saved_records(landed.path, read_page, _page, rules, page_key="data")


def _page(item: JsonObject, line: int) -> LandedPage | str:
    """The answer that an object would have come in; whose post comments answer, it does not say."""
    if "text" not in item and not item.keys() & {"caption", "media_type", "comments_count"}:
        return "an object that is neither a post nor a comment, to go by its fields"
    edge = "comments" if "text" in item else "media"
    return LandedPage({"data": [item]}, {"edge": edge, "post": None, "account": None}, line=line)


SOURCE = FileSource(
    name="instagram_answers",
    about="Saved answers of the Instagram Graph API: comments of a post, or posts",
    how_to_get="Ask `POST-ID/comments?fields=id,text,timestamp,username,from,like_count` in Meta's "
    "Graph API Explorer, and save each answer as a file.",
    recognise=recognise,
    read=read,
    holds_tokens=True,
)
