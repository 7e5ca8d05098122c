"""What a person downloads from their own Facebook account, as JSON: their comments and posts.

Schema: https://github.com/SamuelePilleri/facebook-schemas, and the `_v2` lists of later years; the
folders of the download changed four times, the objects did not. Nothing in it has an id, a link or
a count. Titles are sentences in the language of the account and name others: they are not used.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flows.reading.json_window import Found, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.meta_export import filled, listed, moment
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected

PLATFORM = "facebook"
CHANNEL = "facebook"

LISTS = frozenset(
    [
        "comments",
        "comments_v2",
        "group_comments",
        "group_comments_v2",
        "group_posts",
        "group_posts_v2",
        "status_updates",
    ]
)
"""What the lists of comments and posts are called, in one year or another."""

ROOT = re.compile(
    rb'(?:\[|\{\s*"(?:' + b"|".join(name.encode() for name in sorted(LISTS)) + rb')"\s*:\s*'
    rb'(?:\{\s*"activity_log_data"\s*:\s*)?\[)\s*\{'
)
EMPTY = re.compile(rb'\{\s*"(?:comments|group_comments|group_posts)_v2"\s*:\s*\[\s*(?:\]|$)')
TIMESTAMP = re.compile(rb'"timestamp"\s*:\s*\d{9,10}\s*[,}]')
ENTRY = re.compile(
    rb'"data"\s*:\s*\[\s*\{\s*"(?:comment"\s*:\s*\{|post"\s*:\s*"|update_timestamp"\s*:\s*\d)'
    rb'|"attachments"\s*:\s*\[\s*\{\s*"data"\s*:\s*\[\s*\{\s*"(?:media|external_context|place)"'
)


def recognise(sample: bytes) -> bool:
    """Whether it is a list of what one did, each with a time and a comment, a post or media."""
    text = utf_8_start(sample)
    if EMPTY.match(text):
        return True
    return bool(ROOT.match(text) and TIMESTAMP.search(text) and ENTRY.search(text))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each comment and each post; every one of them is by the owner of the account."""
    position = 0
    for found in listed(landed.path, LISTS):
        if isinstance(found, Rejected) and found.reason == "broken file":
            yield found
            continue
        position += 1
        record = found if isinstance(found, Rejected) else _record(found)
        yield replace(record, position=position)


def _record(found: Found) -> Comment | Post | Rejected:
    entry = found.value if isinstance(found.value, dict) else {}
    parts = _parts(entry)
    for part in parts:
        if isinstance(part.get("comment"), dict):
            return _comment(entry, part["comment"], found.line)
    is_post = any("post" in part or "update_timestamp" in part for part in parts)
    if is_post or (not parts and "timestamp" in entry):
        return _post(entry, parts)
    return Rejected(
        position=0,
        line=found.line,
        reason="broken record",
        detail="an object that is neither a comment nor a post",
    )


def _parts(entry: dict[str, Any]) -> list[dict[str, Any]]:
    parts = entry.get("data")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _comment(entry: dict[str, Any], comment: dict[str, Any], line: int) -> Comment:
    seconds = comment.get("timestamp", entry.get("timestamp"))
    author, group = filled(comment.get("author")), filled(comment.get("group"))
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        line=line,
        id_basis="hash",
        channel=CHANNEL,
        author=author,
        author_name=author,
        is_owner=True,
        text=filled(comment.get("comment")),
        created_at=moment(seconds),
        created_at_raw=_raw(seconds),
        status="published",
        attachments=_json(_attachments(entry)),
        platform_labels=_json({"group": group} if group else {}),
    )


def _post(entry: dict[str, Any], parts: list[dict[str, Any]]) -> Post:
    seconds = entry.get("timestamp")
    text = next(filter(None, (filled(part.get("post")) for part in parts)), None)
    updates = [moment(part.get("update_timestamp")) for part in parts]
    return Post(
        platform=PLATFORM,
        site="",
        native_id=_post_id(entry),
        position=0,
        channel=CHANNEL,
        text=text or _caption(entry),
        created_at=moment(seconds),
        created_at_raw=_raw(seconds),
        updated_at=max(filter(None, updates), default=None),
        status="published",
    )


def _post_id(entry: dict[str, Any]) -> str:
    """What stands in for the id of a post: its time and content, hashed."""
    content = json.dumps([entry.get("timestamp"), entry.get("data"), entry.get("attachments")])
    return f"h-{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def _caption(entry: dict[str, Any]) -> str | None:
    """What stands below the first picture that has a description."""
    media = (hung.get("media") for hung in _hung(entry))
    captions = (filled(one.get("description")) for one in media if isinstance(one, dict))
    return next(filter(None, captions), None)


def _attachments(entry: dict[str, Any]) -> list[dict[str, str | None]]:
    """Kind and address of what hangs on a comment; a picture's path means nothing elsewhere."""
    found = []
    for hung in _hung(entry):
        link = hung.get("external_context")
        if "media" in hung:
            found.append({"type": "media", "url": None})
        elif isinstance(link, dict):
            found.append({"type": "link", "url": filled(link.get("url"))})
    return found


def _hung(entry: dict[str, Any]) -> list[dict[str, Any]]:
    attachments = entry.get("attachments")
    if not isinstance(attachments, list):
        return []
    return [part for one in attachments if isinstance(one, dict) for part in _parts(one)]


def _raw(seconds: Any) -> str | None:
    return None if seconds is None else str(seconds)


def _json(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else None


SOURCE = FileSource(
    name="facebook_dyi",
    about="Download of one's own Facebook account: the comments and posts one wrote oneself",
    how_to_get="Facebook > Settings > Accounts Center > Your information and permissions > "
    "Download your information: choose comments, posts and groups, and the format JSON, not HTML.",
    recognise=recognise,
    read=read,
)
