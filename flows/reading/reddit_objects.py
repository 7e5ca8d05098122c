"""One object of Reddit in, the post or the comment that it is out: the same in dumps and answers.

Fields: https://www.reddit.com/dev/api/ and, for `_meta`, what the makers of the dumps say:
https://github.com/ArthurHeitmann/arctic_shift/blob/master/file_content_explanations.md.
A comment's owner is who made its post. What is missing or of another type is None.
"""

import html
import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from models.canonical import Comment, Post, Status

PLATFORM = "reddit"
SITE = "https://www.reddit.com/"

RedditObject = dict[str, Any]

FIRST_SECOND = 1_104_537_600
"""2005-01-01, the year Reddit began: a time before it was never meant."""

GONE: dict[str, Status] = {
    "[deleted]": "deleted",
    "[removed]": "hidden",
    "[ Removed by Reddit ]": "hidden",
    "[ Removed by reddit in response to a copyright notice. ]": "hidden",
}
"""What stands in the place of a text that its author (deleted) or others (hidden) took away."""

BY_AUTHOR = frozenset({"deleted", "author"})
"""Who removed something, where that was its author."""

ESCAPED = re.compile(r"&(?:amp|lt|gt);")
BARE = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")
EDITORS_SIGN = re.compile(r"&(?:#x200b|nbsp);", re.IGNORECASE)
"""Reddit's own editor writes these between paragraphs; nobody sees them."""

FULL_NAME = re.compile(r"(t\d)_([0-9a-z]+)")
"""A kind (t1 a comment, t3 a post) and an id."""


def is_comment(value: RedditObject) -> bool:
    """Whether an object is a comment, to go by its fields."""
    return "body" in value and "link_id" in value


def is_post(value: RedditObject) -> bool:
    """Whether an object is a post, to go by its fields."""
    return "title" in value and bool(value.keys() & {"selftext", "num_comments", "is_self"})


def post_of(value: RedditObject, position: int) -> Post | None:
    """The post that an object is; None if it has no id."""
    native = _text(value, "id")
    if not native:
        return None
    text, status = _text_and_status(value, "selftext")
    return Post(
        platform=PLATFORM,
        site="",
        native_id=native,
        position=position,
        channel=PLATFORM,
        title=unescaped(_text(value, "title")),
        text=text,
        text_format="markdown",
        url=_address(value) or f"{SITE}comments/{native}/",
        author=_author(value),
        created_at=moment(value.get("created_utc")),
        created_at_raw=_raw(value.get("created_utc")),
        updated_at=moment(value.get("edited")),
        status=status,
        visibility=_visibility(value),
        reported_comment_count=_count(value.get("num_comments")),
        reported_counts=_json({"score": _score(value)}),
    )


def comment_of(
    value: RedditObject, position: int, line: int | None = None, submitter: str | None = None
) -> Comment:
    """The comment that an object is; `submitter` made the post, where old objects don't say."""
    native, post = _text(value, "id"), _id_of(value, "link_id", "t3")
    text, status = _text_and_status(value, "body")
    author = _author(value)
    is_submitter = value.get("is_submitter")
    if not isinstance(is_submitter, bool):
        is_submitter = author is not None and author == submitter
    return Comment(
        platform=PLATFORM,
        site="",
        position=position,
        line=line,
        native_id=native,
        id_basis="native" if native else "hash",
        channel=PLATFORM,
        post_native_id=post,
        parent_native_id=_id_of(value, "parent_id", "t1"),
        reply_semantics="tree",
        author=author,
        author_name=author,
        is_owner=is_submitter and author is not None,
        text=text,
        text_format="markdown",
        created_at=moment(value.get("created_utc")),
        created_at_raw=_raw(value.get("created_utc")),
        edited_at=moment(value.get("edited")),
        is_edited=_is_edited(value),
        status=status,
        visibility=_visibility(value),
        like_count=_likes(value),
        attachments=_attachments(value),
        platform_labels=_labels(value),
        permalink=_address(value) or (f"{SITE}comments/{post}/_/{native}/" if post else None),
    )


def things(listing: Any) -> Iterator[tuple[str, RedditObject]]:
    """The (kind, object) pairs of a listing and of the answers in it, each before its answers."""
    waiting = _children(listing)[::-1]
    while waiting:
        child = waiting.pop()
        value = child.get("data")
        if isinstance(value, dict):
            yield str(child.get("kind")), value
            # `replies` is "" where there are none.
            waiting += _children(value.get("replies"))[::-1]


def _children(listing: Any) -> list[RedditObject]:
    inner = listing.get("data") if isinstance(listing, dict) else None
    children = inner.get("children") if isinstance(inner, dict) else None
    return [child for child in children or [] if isinstance(child, dict)]


def moment(seconds: Any) -> datetime | None:
    """The time of `created_utc` or `edited`: seconds as a number, in old dumps as a text."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float | str):
        return None
    try:
        number = float(seconds)
        is_time = math.isfinite(number) and number >= FIRST_SECOND
        return datetime.fromtimestamp(number, UTC) if is_time else None
    except (ValueError, OverflowError, OSError):
        return None


def unescaped(text: str | None) -> str | None:
    """A text as it was typed: Reddit escapes `&`, `<` and `>` unless it is asked not to.

    A text with any of these signs bare was not escaped.
    """
    if not text:
        return text
    typed = text if BARE.search(text) else ESCAPED.sub(lambda sign: html.unescape(sign[0]), text)
    return EDITORS_SIGN.sub(" ", typed)


def _text_and_status(value: RedditObject, name: str) -> tuple[str | None, Status]:
    """The text, None where a sign stands in its place, and whether the public sees it."""
    text = _text(value, name)
    if text and text.strip() in GONE:
        return None, GONE[text.strip()]
    meta = value.get("_meta")
    meta = meta if isinstance(meta, dict) else {}
    remover = value.get("removed_by_category")
    if meta.get("was_deleted_later") is True:
        remover = meta.get("removal_type") or "deleted"
    if isinstance(remover, str) and remover:
        return unescaped(text), "deleted" if remover in BY_AUTHOR else "hidden"
    return unescaped(text), "published"


def _is_edited(value: RedditObject) -> bool | None:
    edited, meta = value.get("edited"), value.get("_meta")
    if isinstance(meta, dict) and meta.get("is_edited") is True:
        # A text that went away counts as changed there.
        return meta.get("was_deleted_later") is not True or bool(edited)
    if edited is None:
        return None
    return edited if isinstance(edited, bool) else moment(edited) is not None


def _author(value: RedditObject) -> str | None:
    name = _text(value, "author")
    return None if name == "[deleted]" else name


def _id_of(value: RedditObject, name: str, kind: str) -> str | None:
    """The id in a full name such as `t3_4b1tfm`, if it is of that kind."""
    found = FULL_NAME.fullmatch(_text(value, name) or "")
    return found[2] if found and found[1] == kind else None


def _address(value: RedditObject) -> str | None:
    path = _text(value, "permalink")
    try:
        return urljoin(SITE, path) if path and path.startswith("/") else path
    except ValueError:  # brackets that hold no IPv6 address
        return None


def _visibility(value: RedditObject) -> str | None:
    kind = value.get("subreddit_type")
    if kind in ("public", "restricted", "user", "archived"):
        return "public"
    return "private" if isinstance(kind, str) else None


def _score(value: RedditObject) -> int | None:
    """Likes less dislikes; None while Reddit hides it."""
    is_hidden = value.get("score_hidden") is True or value.get("hide_score") is True
    score = value.get("score")
    is_number = isinstance(score, int) and not isinstance(score, bool)
    return score if is_number and not is_hidden else None


def _likes(value: RedditObject) -> int | None:
    score = _score(value)
    return score if score is not None and score >= 0 else None


def _labels(value: RedditObject) -> str | None:
    score = _score(value)
    return _json(
        {
            "distinguished": _text(value, "distinguished"),
            "stickied": value.get("stickied") is True or None,
            "score": score if score is not None and score < 0 else None,
        }
    )


def _attachments(value: RedditObject) -> str | None:
    media = value.get("media_metadata")
    found = list(media.values()) if isinstance(media, dict) else []
    kinds = [{"type": item["e"]} for item in found if isinstance(item, dict) and item.get("e")]
    return json.dumps(kinds, ensure_ascii=False) if kinds else None


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None


def _text(value: RedditObject, name: str) -> str | None:
    found = value.get(name)
    return found or None if isinstance(found, str) else None


def _raw(value: Any) -> str | None:
    return None if value is None else str(value)


def _json(values: dict[str, Any]) -> str | None:
    known = {name: value for name, value in values.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, sort_keys=True) if known else None
