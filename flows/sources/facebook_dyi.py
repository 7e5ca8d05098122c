"""What a person downloads from their own Facebook account, as JSON: their comments and posts.

Schema: https://github.com/SamuelePilleri/facebook-schemas, and the `_v2` lists of later years; the
folders of the download changed four times, the objects did not. Nothing in it has an id, a link or
a count, but for the posts on other pages, whose parts are labelled in the language of the account.
Titles are sentences in that language and name others: they are not used.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from flows.reading.json_window import Found, utf_8_start
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.reading.meta_export import filled, listed, moment
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected

PLATFORM = "facebook"
CHANNEL = "facebook"


def _escaped(name: str) -> bytes:
    """A name as the download writes it: each byte of UTF-8 as if it were a character."""
    written = json.dumps(name.encode().decode("latin-1"))[1:-1]
    return re.escape(written.encode())


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

COMMENT_LIST = re.compile(rb'\{\s*"(?:group_)?comments')
"""A list in which every entry is a comment, if only a picture; lists of groups hold posts, too."""

TEXT_LABELS = frozenset(
    ["Message", "Nachricht", "Post", "Beitrag", "Text", "Publication", "Publicación", "Messaggio"]
)
"""What the text is called among `label_values`; the other labels are names and addresses."""

LABELLED = re.compile(rb'\[\s*\{.*?"label_values"\s*:\s*\[', re.DOTALL)
TEXT_LABEL = re.compile(
    rb'"label"\s*:\s*"(?:' + b"|".join(_escaped(name) for name in sorted(TEXT_LABELS)) + rb')"'
)

WEB_PAGE = re.compile(rb"(?:<!doctype html>\s*)?<html\b", re.IGNORECASE)
WEB_TITLE = re.compile(rb"<title>\s*(?:Comments|Kommentare)\s*</title>", re.IGNORECASE)
WEB_STYLE = re.compile(rb'class="[^"]*\b(?:_a6-\w|_a706|_3-95|pam)\b')
"""How the same download looks in HTML, which people choose by mistake."""

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
    if EMPTY.match(text) or _is_web_page(text):
        return True
    if LABELLED.match(text) and TIMESTAMP.search(text) and TEXT_LABEL.search(text):
        return True
    return bool(ROOT.match(text) and TIMESTAMP.search(text) and ENTRY.search(text))


def _is_web_page(text: bytes) -> bool:
    is_page = WEB_PAGE.match(text) and WEB_TITLE.search(text)
    return bool(is_page and WEB_STYLE.search(text))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each comment and each post; every one of them is by the owner of the account."""
    with landed.path.open("rb") as file:
        start = utf_8_start(file.read(SAMPLE_SIZE))
    if _is_web_page(start):
        detail = "the download in HTML; ask Facebook for it again and choose the format JSON"
        yield Rejected(position=0, reason="unknown format", detail=detail)
        return
    are_comments = bool(COMMENT_LIST.match(start))
    positions = count(1)
    for found in listed(landed.path, LISTS):
        if isinstance(found, Rejected) and found.reason == "broken file":
            yield found
            continue
        records = [found] if isinstance(found, Rejected) else _records(found, are_comments)
        for record in records:
            yield replace(record, position=next(positions))


def _records(found: Found, are_comments: bool) -> list[Comment | Post | Rejected]:
    """What an entry is: a post, or one comment or more."""
    entry = found.value if isinstance(found.value, dict) else {}
    parts = _parts(entry)
    comments = [part["comment"] for part in parts if isinstance(part.get("comment"), dict)]
    if are_comments and not any(parts) and "timestamp" in entry:
        comments = [{}]  # nothing but a picture or a sticker
    if comments:
        return [_comment(entry, comment, found.line) for comment in comments]
    if isinstance(entry.get("label_values"), list):
        return [_labelled_post(entry)]
    is_post = any("post" in part or "update_timestamp" in part for part in parts)
    if is_post or (not parts and "timestamp" in entry):
        return [_post(entry, parts)]
    detail = "an object that is neither a comment nor a post"
    return [Rejected(position=0, line=found.line, reason="broken record", detail=detail)]


def _labelled_post(entry: dict[str, Any]) -> Post:
    """A post on another page or profile; whose it is stands beside the text and is not taken."""
    values = [value for value in entry["label_values"] if isinstance(value, dict)]
    texts = (filled(one.get("value")) for one in values if one.get("label") in TEXT_LABELS)
    seconds, native_id = entry.get("timestamp"), filled(entry.get("fbid"))
    return Post(
        platform=PLATFORM,
        site="",
        native_id=native_id or _post_id(entry),
        position=0,
        channel=CHANNEL,
        text=next(filter(None, texts), None),
        created_at=moment(seconds),
        created_at_raw=_raw(seconds),
        status="published",
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
        community=group,
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
    names = ["timestamp", "data", "attachments"]
    if "label_values" in entry:
        names.append("label_values")
    content = json.dumps([entry.get(name) for name in names])
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
    version=3,
)
