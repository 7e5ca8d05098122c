"""Comments of Remark42 in, as its backup has them or its interface answers; pages and comments out.

Format: https://remark42.com/docs/backup/backup/ (a line of settings, then a comment a line) and
https://remark42.com/docs/contributing/api/ (`find`, as a list or as a tree). IP, picture and votes
of single people are in it and are never taken over.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any

from flows.reading.iso_times import moment_of
from flows.reading.json_objects import broken, json_objects, object_of
from flows.reading.json_values import JsonObject, object_in, packed, text_in
from flows.reading.json_window import utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected

PLATFORM = "remark42"
CHANNEL = "blog"

FIRST_YEAR = 1990
"""Go writes the year 1 for no time."""

BACKUP = re.compile(rb'\{\s*"version"\s*:\s*\d+\s*,\s*"users"\s*:\s*(?:null|\[)')
FIELDS = (
    re.compile(rb'"pid"\s*:\s*"'),
    re.compile(rb'"locator"\s*:\s*\{\s*"(?:site|url)"\s*:\s*"'),
    re.compile(rb'"user"\s*:\s*\{'),
)
OPENING = re.compile(rb'(?:\[\s*)?\{\s*"(?:comments|comment|id)"\s*:')


def recognise(sample: bytes) -> bool:
    """Whether it is JSON that begins as a backup does, or holds Remark42's comments."""
    text = utf_8_start(sample)
    has_comments = all(pattern.search(text) for pattern in FIELDS)
    return bool(BACKUP.match(text) or (OPENING.match(text) and has_comments))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each page when it is named first, and each comment, before the answers in it."""
    positions, pages = count(1), set[tuple[str, str]]()
    for found in json_objects(landed.path, "comments"):
        value = object_of(found, 0)
        if isinstance(value, Rejected):
            yield broken(next(positions), value.line, value.detail)
            continue
        for item in _with_answers(value):
            if "version" in item and "locator" not in item:
                continue  # the settings that a backup begins with
            position = next(positions)
            if not text_in(item, "id"):
                yield broken(position, found.line, "found no `id`, expected one in each comment")
                continue
            site, page = _place(item)
            if page and (site, page) not in pages:
                pages.add((site, page))
                yield _post(item, site, page, position)
            yield _comment(item, position, found.line)


def _with_answers(value: JsonObject) -> Iterator[JsonObject]:
    """A comment, or the comments of a branch of the tree, however deep it is."""
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, dict):
            yield {}
        elif "comment" in item and "locator" not in item:
            replies = item.get("replies")
            waiting += reversed(replies if isinstance(replies, list) else [])
            waiting.append(item["comment"])
        else:
            yield item


def _place(item: JsonObject) -> tuple[str, str | None]:
    locator = object_in(item, "locator")
    return text_in(locator, "site") or "", text_in(locator, "url")


def _post(item: JsonObject, site: str, page: str, position: int) -> Post:
    return Post(
        platform=PLATFORM,
        site=site,
        native_id=page,
        position=position,
        channel=CHANNEL,
        title=text_in(item, "title"),
        url=page,
    )


def _comment(item: JsonObject, position: int, line: int) -> Comment:
    user, native, raw = object_in(item, "user"), text_in(item, "id"), text_in(item, "time")
    is_deleted, (site, page) = item.get("delete") is True, _place(item)
    edited = _moment(text_in(object_in(item, "edit"), "time"))
    likes, dislikes = _votes(item)
    # Of what is deleted for good the user is called so, too.
    author = text_in(user, "id") if text_in(user, "id") != "deleted" else None
    text = text_in(item, "text")
    return Comment(
        platform=PLATFORM,
        site=site,
        position=position,
        line=line,
        native_id=native,
        channel=CHANNEL,
        post_native_id=page,
        parent_native_id=text_in(item, "pid"),
        reply_semantics="tree",
        author=author,
        author_name=text_in(user, "name") if author else None,
        is_owner=user.get("admin") is True,
        text=None if is_deleted else text or text_in(item, "orig"),
        text_format="html" if text else "markdown",
        created_at=_moment(raw),
        created_at_raw=raw,
        edited_at=edited,
        is_edited=edited is not None,
        status="deleted" if is_deleted else "published",
        like_count=likes,
        dislike_count=dislikes,
        platform_labels=_labels(item),
        permalink=f"{page}#remark42__comment-{native}" if page else None,
    )


def _votes(item: JsonObject) -> tuple[int | None, int | None]:
    """Votes for and against; where they are not listed, the sum stands for those for it."""
    votes, score = item.get("votes"), _score(item)
    if isinstance(votes, dict) and votes:
        up = sum(vote is True for vote in votes.values())
        return up, sum(vote is False for vote in votes.values())
    return (score if score is not None and score >= 0 else None), None


def _labels(item: JsonObject) -> str | None:
    """What Remark42 says beside: that it is pinned, and a sum of votes that is negative."""
    score = _score(item)
    labels: dict[str, Any] = {"pinned": True} if item.get("pin") is True else {}
    if score is not None and score < 0:
        labels["score"] = score
    return packed(labels)


def _score(item: JsonObject) -> int | None:
    score = item.get("score")
    return score if isinstance(score, int) and not isinstance(score, bool) else None


def _moment(raw: str | None) -> datetime | None:
    moment = moment_of(raw)
    return moment if moment and moment.year >= FIRST_YEAR else None


SOURCE = FileSource(
    name="remark42_export",
    about="Backup of Remark42, or answers of its interface: pages and their comments",
    how_to_get="On the server: `docker exec -it remark42 backup -s your-site`, which writes a "
    "`userbackup-...gz`; or take one of the daily ones from its folder `backup`.",
    recognise=recognise,
    read=read,
)
