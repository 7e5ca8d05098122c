"""A topic of a Discourse forum and its posts in; the post and the comments that they are out.

Fields: https://docs.discourse.org. A post's own number within its topic (`57/3`, as in its address)
is its id here, because answers name what they answer by number; the id of the database is its other
name. The topic's first post is the text of the topic, and its author the owner.
"""

import html
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flows.reading.iso_times import moment_of
from models.canonical import Comment, Post, Status

PLATFORM = "discourse"
CHANNEL = "forum"

LIKE = 2
"""The action that is a like."""

SMALL_ACTION, WHISPER = 3, 4
"""Types of posts: a notice such as "closed this topic", and what only the staff sees."""

SYSTEM_USER = -1

DiscourseObject = dict[str, Any]


def site_of(forum: str) -> str:
    """Host and folder of a forum's address, the same for all ways to write it."""
    address = urlsplit(forum if "//" in forum else f"//{forum}")
    return f"{address.hostname or ''}{address.path.rstrip('/')}"


def posts_of(topic: DiscourseObject) -> list[DiscourseObject]:
    """The posts that stand in an answer."""
    stream = topic.get("post_stream")
    posts = stream.get("posts") if isinstance(stream, dict) else topic.get("latest_posts")
    return [post for post in posts or [] if isinstance(post, dict)]


def is_first(post: DiscourseObject) -> bool:
    """Whether a post is the text of its topic."""
    return post.get("post_number") == 1


def is_notice(post: DiscourseObject) -> bool:
    """Whether a post only says what happened to the topic."""
    return post.get("post_type") == SMALL_ACTION


def owner_of(topic: DiscourseObject) -> str | None:
    """Who made a topic."""
    first = next((_text(post, "username") for post in posts_of(topic) if is_first(post)), None)
    details = topic.get("details")
    maker = details.get("created_by") if isinstance(details, dict) else None
    return first or (_text(maker, "username") if isinstance(maker, dict) else None)


def topic_of(
    topic: DiscourseObject, first: DiscourseObject | None, position: int, forum: str = ""
) -> Post | None:
    """The post that a topic is, with the text of its `first` post; None if it has no id."""
    native = _number(topic, "id")
    if native is None:
        return None
    text, status = _text_and_status(first or {})
    title = _text(topic, "title")
    written = _text(topic, "created_at") or _text(first or {}, "created_at")
    count = _number(topic, "posts_count")
    return Post(
        platform=PLATFORM,
        site=site_of(forum),
        native_id=str(native),
        position=position,
        channel=CHANNEL,
        # The plain title would be taken for HTML, as the text is.
        title=_text(topic, "fancy_title") or (html.escape(title) if title else None),
        text=text,
        text_format="html",
        url=_address(forum, f"t/{_text(topic, 'slug') or '-'}/{native}"),
        author=owner_of(topic),
        created_at=moment_of(written),
        created_at_raw=written,
        updated_at=_edited_at(first or {}),
        status=_status_of_topic(topic, status),
        reported_comment_count=max(count - 1, 0) if count is not None else None,
        reported_counts=_json(
            {name: _number(topic, f"{name}_count") for name in ("like", "participant")}
            | {"view": _number(topic, "views")}
        ),
    )


def comment_of(
    post: DiscourseObject,
    position: int,
    *,
    line: int | None = None,
    forum: str = "",
    topic: int | None = None,
    owner: str | None = None,
) -> Comment:
    """The comment that a post is; it stands in `topic`, made by `owner`, where it says neither."""
    stated = _number(post, "topic_id")
    under = topic if stated is None else stated
    number, key = _number(post, "post_number"), _number(post, "id")
    text, status = _text_and_status(post)
    name, written = _text(post, "username"), _text(post, "created_at")
    native = _joined(under, number) or (str(key) if key is not None else None)
    return Comment(
        platform=PLATFORM,
        site=site_of(forum),
        position=position,
        line=line,
        native_id=native,
        id_basis="native" if native else "hash",
        channel=CHANNEL,
        kind="system" if post.get("user_id") == SYSTEM_USER else "comment",
        post_native_id=str(under) if under is not None else None,
        parent_native_id=_parent(post, under),
        reply_semantics="tree",
        author=name,
        author_name=_text(post, "name") or name,
        is_owner=name is not None and name == owner,
        text=text,
        text_format="html",
        created_at=moment_of(written),
        created_at_raw=written,
        edited_at=_edited_at(post),
        is_edited=_is_edited(post),
        status=status,
        visibility="private" if post.get("post_type") == WHISPER else None,
        like_count=_likes(post),
        reply_count=_number(post, "reply_count"),
        reactions=_reactions(post),
        platform_labels=_labels(post),
        permalink=_address(forum, f"t/{_text(post, 'topic_slug') or '-'}/{native}")
        if native and "/" in native
        else None,
        aliases=(str(key),) if key is not None and native != str(key) else (),
    )


def _text_and_status(post: DiscourseObject) -> tuple[str | None, Status]:
    """The text, None where a notice stands in its place, and whether the public sees it."""
    text = _text(post, "cooked")
    if post.get("user_deleted") is True:
        return None, "deleted"
    if post.get("deleted_at"):
        return text, "deleted"
    if post.get("hidden") is True:
        return (None if post.get("cooked_hidden") else text), "hidden"
    if post.get("post_type") == WHISPER:
        return text, "hidden"
    return text, "published"


def _status_of_topic(topic: DiscourseObject, of_text: Status) -> Status:
    if topic.get("deleted_at"):
        return "deleted"
    return "hidden" if topic.get("visible") is False else of_text


def _parent(post: DiscourseObject, topic: int | None) -> str | None:
    """What it answers; an answer to the topic's text is one to no comment."""
    number = _number(post, "reply_to_post_number")
    return _joined(topic, number) if number and number > 1 else None


def _joined(topic: int | None, number: int | None) -> str | None:
    return f"{topic}/{number}" if topic is not None and number is not None else None


def _is_edited(post: DiscourseObject) -> bool | None:
    version = _number(post, "version")
    return None if version is None else version > 1


def _edited_at(post: DiscourseObject) -> datetime | None:
    return moment_of(_text(post, "updated_at")) if _is_edited(post) else None


def _likes(post: DiscourseObject) -> int | None:
    """Likes; an action that nobody took is left out of the summary."""
    actions = post.get("actions_summary")
    if not isinstance(actions, list):
        return None
    likes = [one for one in actions if isinstance(one, dict) and one.get("id") == LIKE]
    return (_number(likes[0], "count") or 0) if likes else 0


def _reactions(post: DiscourseObject) -> str | None:
    """Counts by kind, where the forum has more than likes."""
    given = post.get("reactions")
    listed = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    return _json({str(one.get("id")): _number(one, "count") for one in listed})


def _labels(post: DiscourseObject) -> str | None:
    flags = ("moderator", "accepted_answer", "wiki")
    return _json({name: True if post.get(name) is True else None for name in flags})


def _address(forum: str, path: str) -> str | None:
    if not forum:
        return None
    return f"{forum if '//' in forum else f'https://{forum}'}".rstrip("/") + f"/{path}"


def _text(value: DiscourseObject, name: str) -> str | None:
    found = value.get(name)
    return found or None if isinstance(found, str) else None


def _number(value: DiscourseObject, name: str) -> int | None:
    found = value.get(name)
    is_number = isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**63
    return found if is_number else None


def _json(values: dict[str, Any]) -> str | None:
    known = {name: value for name, value in values.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, sort_keys=True) if known else None
