"""Saved answers of Hacker News: items as its own interface gives them, or Algolia's tree of them.

Formats: https://github.com/HackerNews/API (one item an answer: a file, lines, or an array) and
https://hn.algolia.com/api (`items/{id}`). An item says only what it answers, so the file is read
twice: first for who answers whom, then for the records. What is not in the file is not guessed: of
a cut one, posts and owners of comments may stay unknown.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from flows.reading.json_window import BrokenJson, Found, JsonWindow, open_text, utf_8_start
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected, Status

PLATFORM = "hackernews"
PAGE = "https://news.ycombinator.com/item?id="

STORIES = frozenset({"story", "poll", "job"})
OPTION = "pollopt"
"""One answer of a poll, which stands in the poll: neither a post nor a comment."""

DEEPEST = 300
"""Levels of answers: far more than a thread has, fewer than Python can go down."""

ITEM = (
    re.compile(rb'"type"\s*:\s*"(?:story|comment|poll|pollopt|job)"'),
    re.compile(rb'"time"\s*:\s*\d{9,10}\b'),
    re.compile(rb'"(?:by|deleted|kids)"\s*:'),
)
TREE = (
    re.compile(rb'"created_at_i"\s*:\s*\d{9,10}\b'),
    re.compile(rb'"children"\s*:\s*\['),
    re.compile(rb'"(?:story_id|parent_id)"\s*:'),
)
OPENING = re.compile(rb'(?:\[\s*)?\{\s*"(?!resonanz_page")')

Item = dict[str, Any]


@dataclass
class Threads:
    """Who answers whom in a file: parents by item, and authors by story."""

    parents: dict[int, int] = field(default_factory=dict)
    stories: dict[int, str | None] = field(default_factory=dict)

    def note(self, item: Item) -> None:
        """Take in an item."""
        native, parent = _number(item, "id"), _parent(item)
        if native is not None and _type(item) in STORIES:
            self.stories[native] = _author(item)
        elif native is not None and parent is not None:
            self.parents[native] = parent

    def story_of(self, item: Item) -> int | None:
        """The story that a comment stands under, if it says so or the file leads there."""
        if (story := _number(item, "story_id")) is not None:
            return story
        place, seen = _parent(item), set[int]()
        while place in self.parents and place not in seen:
            seen.add(place)
            place = self.parents[place]
        return place if place in self.stories else None


def recognise(sample: bytes) -> bool:
    """Whether it is JSON with the names that items, or trees of them, have."""
    return _holds(sample, ITEM) or _holds(sample, TREE)


def _holds(sample: bytes, names: tuple[re.Pattern[bytes], ...]) -> bool:
    text = utf_8_start(sample)
    return bool(OPENING.match(text)) and all(name.search(text) for name in names)


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each story and comment as the file has them: in a tree, answers come first."""
    threads = Threads()
    for found in _items(landed.path):
        if isinstance(found, Found) and isinstance(found.value, dict):
            threads.note(found.value)
    positions = count(1)
    for found in _items(landed.path):
        is_option = isinstance(found, Found) and _type(found.value) == OPTION
        if not is_option:
            yield _record(found, threads, next(positions))


def _items(path: Path) -> Iterator[Found | BrokenJson]:
    """The items of a file; after damage, from the next line on that starts like one."""
    with path.open("rb") as start:
        is_tree = _holds(start.read(SAMPLE_SIZE), TREE)
    with open_text(path) as file:
        window = JsonWindow(file)
        is_damaged = False
        while window.peek():
            if is_damaged and any(map(window.takes, ",]}")):
                continue  # of the array that the damage was in
            try:
                yield from _values(window, is_tree)
            except BrokenJson as error:
                is_damaged = True
                yield error
                window.skip_document()


def _values(window: JsonWindow, is_tree: bool) -> Iterator[Found]:
    if window.peek() != "[":
        yield from _value(window, is_tree)
        return
    for _ in window.elements():
        yield from _value(window, is_tree)


def _value(window: JsonWindow, is_tree: bool, depth: int = 0) -> Iterator[Found]:
    """An item; in a tree, its answers as far as they stand in it, then the item without them."""
    if not is_tree or window.peek() != "{":
        yield window.found()
        return
    line = window.line()
    if depth > DEEPEST:
        raise BrokenJson(f"not a thread: more than {DEEPEST} levels of answers", line)
    fields: Item = {}
    has_stray_bytes = False
    for key in window.members():
        if key == "children" and window.peek() == "[":
            fields[key] = True
            for _ in window.elements():
                yield from _value(window, is_tree, depth + 1)
        else:
            found = window.found()
            fields[key] = found.value
            has_stray_bytes = has_stray_bytes or found.has_stray_bytes
    yield Found(fields, line, has_stray_bytes)


def _record(found: Found | BrokenJson, threads: Threads, position: int) -> Record:
    if isinstance(found, BrokenJson):
        return _rejected(position, found.detail, found.line)
    item = found.value
    if item is None:
        return _rejected(position, "`null`, which stands for an item that is not there", found.line)
    if found.has_stray_bytes:
        return _rejected(position, "bytes that are not UTF-8 in an item", found.line)
    if not isinstance(item, dict) or _number(item, "id") is None:
        return _rejected(position, "not an item: it has no `id`", found.line)
    if _type(item) in STORIES:
        return _post(item, position)
    if _type(item) == "comment":
        return _comment(item, threads, position, found.line)
    detail = "an item whose `type` is none of story, poll, job and comment"
    return _rejected(position, detail, found.line)


def _rejected(position: int, detail: str, line: int) -> Rejected:
    return Rejected(position=position, reason="broken record", detail=detail, line=line)


def _post(item: Item, position: int) -> Post:
    raw = _seconds(item)
    title = item.get("title")
    is_tree = "children" in item
    return Post(
        platform=PLATFORM,
        site="",
        native_id=str(item["id"]),
        position=position,
        channel=PLATFORM,
        kind="post" if item["type"] == "story" else str(item["type"]),
        # Algolia's titles are plain, but beside an HTML text they would be taken for HTML.
        title=(html.escape(title, quote=False) if is_tree else title)
        if isinstance(title, str)
        else None,
        text=_text(item),
        text_format="html",
        url=f"{PAGE}{item['id']}",
        author=_author(item),
        created_at=_moment(raw),
        created_at_raw=None if raw is None else str(raw),
        status=_status(item),
        reported_comment_count=_number(item, "descendants"),
    )


def _comment(item: Item, threads: Threads, position: int, line: int) -> Comment:
    native, story, parent = str(item["id"]), threads.story_of(item), _parent(item)
    author, raw = _author(item), _seconds(item)
    owner = threads.stories.get(story) if story is not None else None
    return Comment(
        platform=PLATFORM,
        site="",
        position=position,
        line=line,
        native_id=native,
        channel=PLATFORM,
        post_native_id=str(story) if story is not None else None,
        parent_native_id=str(parent) if parent is not None and parent != story else None,
        reply_semantics="tree",
        author=author,
        author_name=author,
        is_owner=author is not None and author == owner,
        text=_text(item),
        text_format="html",
        created_at=_moment(raw),
        created_at_raw=None if raw is None else str(raw),
        status=_status(item),
        like_count=_number(item, "points"),
        permalink=f"{PAGE}{native}",
    )


def _status(item: Item) -> Status:
    """Deleted items have no author; dead ones are shown to nobody who doesn't ask for them."""
    if item.get("deleted") is True or _author(item) is None:
        return "deleted"
    return "hidden" if item.get("dead") is True else "published"


def _type(item: Any) -> str | None:
    kind = item.get("type") if isinstance(item, dict) else None
    return kind if isinstance(kind, str) else None


def _parent(item: Item) -> int | None:
    own = _number(item, "parent")
    return _number(item, "parent_id") if own is None else own


def _author(item: Item) -> str | None:
    name = item.get("by") or item.get("author")
    return name if isinstance(name, str) else None


def _text(item: Item) -> str | None:
    text = item.get("text")
    return text or None if isinstance(text, str) else None


def _seconds(item: Item) -> Any:
    return item.get("time", item.get("created_at_i"))


def _moment(seconds: Any) -> datetime | None:
    """The time of an item: whole seconds since 1970, and none before the site began in 2006."""
    is_time = isinstance(seconds, int) and not isinstance(seconds, bool)
    if not is_time or seconds < 1_136_073_600:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _number(item: Item, name: str) -> int | None:
    found = item.get(name)
    is_number = isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**63
    return found if is_number else None


SOURCE = FileSource(
    name="hackernews_file",
    about="Saved answers of Hacker News: items, or the tree of a story",
    how_to_get="Open `https://hn.algolia.com/api/v1/items/` with the number of the story behind it "
    "and save the page: it holds the story and every comment.",
    recognise=recognise,
    read=read,
)
