"""Posts and comments as WordPress' REST interface writes them in, records out.

Format: https://developer.wordpress.org/rest-api/reference/comments/ and .../posts/. E-mail, IP,
address and picture of commenters are never taken over.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from flows.reading.api_pages import LandedPage
from flows.reading.iso_times import WrittenTime, aware
from flows.reading.landed import ReadingRules
from flows.reading.wordpress_times import moment_of
from models.canonical import Comment, Post, Record, Rejected, Status

PLATFORM = "wordpress"
CHANNEL = "blog"

POST_STATUS: dict[str, Status] = {
    "publish": "published",
    "draft": "pending",
    "pending": "pending",
    "future": "pending",
    "private": "hidden",
    "trash": "trash",
}
COMMENT_STATUS: dict[str, Status] = {
    "approved": "published",
    "hold": "pending",
    "spam": "spam",
    "trash": "trash",
}
EDITORS_OWN = ("note", "reaction")
"""Types of what editors write in the margin of a post (WordPress 6.9), and of answers by a sign:
whoever asks for all types gets them too, open ones as `hold`, resolved ones as `approved`."""

COMMENT_KINDS = {
    "review": "review",
    "pingback": "pingback",
    "trackback": "trackback",
    "order_note": "system",
    "action_log": "system",
    **dict.fromkeys(EDITORS_OWN, "system"),
}
"""Types that WordPress, its shop and its scheduler write; those of other plugins are comments."""

WordPressObject = Mapping[str, Any]


def read_page(page: LandedPage, rules: ReadingRules) -> Iterator[Record]:
    """The posts or the comments of one answer."""
    kind = page.about["kind"]
    for item in page.body if kind in ("posts", "comments") else ():
        if not has_id(item):
            detail = f"an object of `{kind}` without a whole `id`, expected one in each"
            yield Rejected(position=0, reason="broken record", detail=detail, line=page.line)
        elif kind == "posts":
            yield _post(item, page, rules)
        else:
            yield _comment(item, page, rules)


def has_id(item: Any) -> bool:
    """Whether it is an object with an id."""
    return isinstance(item, dict) and _number(item, "id") is not None


def _post(item: WordPressObject, page: LandedPage, rules: ReadingRules) -> Post:
    native, author = str(item["id"]), _number(item, "author")
    status = _text(item, "status") or ""
    created = _time(item, "date", rules)
    modified = aware(_text(item, "modified_gmt"), "UTC")
    return Post(
        platform=PLATFORM,
        site=page.about["site"],
        native_id=native,
        position=0,
        channel=CHANNEL,
        kind=_text(item, "type") or "post",
        title=_written(item, "title") or _shown(item, "title"),
        text=_shown(item, "content") or _written(item, "content"),
        text_format="html",
        url=_text(item, "link"),
        author=f"user:{author}" if author else None,
        created_at=created.at,
        created_at_raw=created.raw,
        updated_at=modified,
        status=POST_STATUS.get(status, "unknown"),
        visibility="private" if status == "private" else None,
        reported_comment_count=(page.about.get("totals") or {}).get(native),
    )


def _comment(item: WordPressObject, page: LandedPage, rules: ReadingRules) -> Comment:
    user, post, name = _number(item, "author"), _number(item, "post"), _text(item, "author_name")
    owner = page.about["authors"].get(post)
    created = _time(item, "date", rules)
    return Comment(
        platform=PLATFORM,
        site=page.about["site"],
        position=0,
        line=page.line,
        native_id=str(item["id"]),
        channel=CHANNEL,
        kind=COMMENT_KINDS.get(_text(item, "type") or "", "comment"),
        post_native_id=post,
        parent_native_id=_number(item, "parent"),
        reply_semantics="tree",
        author=f"user:{user}" if user else name,
        author_name=name,
        is_owner=user is not None and user == owner,
        text=_written(item, "content") or _shown(item, "content"),
        text_format="html",
        created_at=created.at,
        created_at_raw=created.raw,
        created_tz_assumed=created.zone_assumed,
        status=COMMENT_STATUS.get(_text(item, "status") or "", "unknown"),
        permalink=_text(item, "link"),
    )


def _time(item: WordPressObject, name: str, rules: ReadingRules) -> WrittenTime:
    """The time in UTC, which `name`_gmt tells, else `name` in the blog's own zone."""
    return moment_of(_text(item, f"{name}_gmt"), _text(item, name), rules.time_zone)


def _text(item: WordPressObject, name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) and value else None


def _number(item: WordPressObject, name: str) -> str | None:
    """An id; None for 0, which WordPress writes for "none"."""
    value = item.get(name)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value else None


def _written(item: WordPressObject, name: str) -> str | None:
    """A text as it was written, which only a token shows."""
    value = item.get(name)
    return _text(value, "raw") if isinstance(value, dict) else None


def _shown(item: WordPressObject, name: str) -> str | None:
    """A text as the blog shows it."""
    value = item.get(name)
    return _text(value, "rendered") if isinstance(value, dict) else None
