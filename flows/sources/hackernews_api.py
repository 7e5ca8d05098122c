"""Stories of Hacker News, through Algolia's search: each answer is a whole tree of comments.

Format: https://hn.algolia.com/api. Ids are Hacker News' own; `text` is HTML. A comment that was
deleted keeps its place in the tree without text or author.
"""

import hashlib
import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flows.fetching.ledger import Ledger
from flows.fetching.named import NotThere, named_all
from flows.fetching.session import Absent
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.landed import ReadingRules
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Comment, Post, Record

NAME = "hackernews_api"
PLATFORM = "hackernews"
OPTION = "pollopt"
"""One answer of a poll, which stands in the poll: neither a post nor a comment."""

BASE = "https://hn.algolia.com/api/v1/"

STORY = re.compile(r"(?:(?:https?://)?news\.ycombinator\.com/item\?id=)?(\d+)(?:[&#].*)?", re.ASCII)
EXPECTED = "numbers of stories, or their addresses as `news.ycombinator.com/item?id=41000001`"


def pages(errand: Errand) -> Iterator[Page]:
    """The tree of each story, if anything in it has changed or in a full sweep.

    Raises `NotThere` after all else for stories that are not there.
    """
    ledger = Ledger(errand.memory, errand.now, errand.is_full_sweep)
    stories, missing = _wanted(errand), list[str]()
    with errand.connect(BASE) as session:
        for story in stories:
            if ledger.is_swept(story):
                continue
            try:
                tree = session.get(f"items/{story}")
            except Absent:
                missing.append(f"`{story}`")
                continue
            mark = f"{tree['id']} {hashlib.sha256(json.dumps(tree).encode()).hexdigest()[:8]}"
            if ledger.is_due(story, mark):
                yield Page(tree, memory=ledger.asked(story, mark), completes=story)
    if errand.is_full_sweep:
        yield Page(None, memory=ledger.swept())
    if missing:
        raise NotThere(
            f"Hacker News has no story {', '.join(missing)}: check what stands in `stories`."
        )


def _wanted(errand: Errand) -> list[str]:
    return named_all("stories", errand.options["stories"], STORY, EXPECTED)


def _live_count(tree: dict[str, Any]) -> int:
    """How many comments a tree holds, without those that were deleted and options of a poll."""
    waiting, count = list(tree.get("children") or []), 0
    while waiting:
        item = waiting.pop()
        waiting += item.get("children") or []
        count += 1 if item.get("author") and item.get("type") != OPTION else 0
    return count


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """The story, then its comments, each before its answers."""
    story = page.body
    yield _post(story)
    waiting = list(reversed(story.get("children") or []))
    while waiting:
        item = waiting.pop()
        if item.get("type") != OPTION:
            yield _comment(item, str(story["id"]), story.get("author"))
        waiting += reversed(item.get("children") or [])


def _post(story: dict[str, Any]) -> Post:
    return Post(
        platform=PLATFORM,
        site="",
        native_id=str(story["id"]),
        position=0,
        channel=PLATFORM,
        title=_title(story),
        text=story.get("text"),
        text_format="html",
        url=f"https://news.ycombinator.com/item?id={story['id']}",
        author=story.get("author"),
        created_at=_moment(story),
        created_at_raw=story.get("created_at"),
        status="published",
        reported_comment_count=_live_count(story),
    )


def _title(story: dict[str, Any]) -> str | None:
    """The title, which is plain, as the HTML that it would be taken for beside an HTML text."""
    title = story.get("title")
    return html.escape(title, quote=False) if isinstance(title, str) else None


def _comment(item: dict[str, Any], story: str, story_author: str | None) -> Comment:
    native, parent, author = str(item["id"]), item.get("parent_id"), item.get("author")
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        native_id=native,
        channel=PLATFORM,
        post_native_id=story,
        parent_native_id=str(parent) if parent and str(parent) != story else None,
        reply_semantics="tree",
        author=author,
        author_name=author,
        is_owner=author is not None and author == story_author,
        text=item.get("text"),
        text_format="html",
        created_at=_moment(item),
        created_at_raw=item.get("created_at"),
        status="published" if author else "deleted",
        like_count=item.get("points"),
        permalink=f"https://news.ycombinator.com/item?id={native}",
    )


def _moment(item: dict[str, Any]) -> datetime | None:
    seconds = item.get("created_at_i")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


SOURCE = ApiSource(
    name=NAME,
    about="Stories of Hacker News and their comments",
    how_to_get="Name stories by the number at the end of their addresses; no account is needed.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page),
    pages=pages,
    options={"stories": "ids of the stories, or their addresses, separated by commas"},
    needs=("stories",),
    version=2,
)
