"""Canonical records in, frames out: ids, channels and pseudonyms in place, texts plain."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from models.canonical import Comment, Post
from models.tables.comment import COMMENT
from models.tables.post import POST
from transforms.columns import frame_of
from transforms.communities import group_in
from transforms.email_domains import known_domain
from transforms.plain_text import plain_text
from transforms.pseudonymise import author_key, keyed
from transforms.redact import OF_POSTS, redact, redact_all, redact_json
from transforms.redaction.platform import mention_places, without_mentioned

CHANNEL_OF_HOST = {
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "linkedin.com": "linkedin",
    "lnkd.in": "linkedin",
    "x.com": "x",
    "twitter.com": "x",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
    "instagram.com": "instagram",
    "reddit.com": "reddit",
    "bsky.app": "bluesky",
    "yammer.com": "intranet",
    "sharepoint.com": "intranet",
    "teams.microsoft.com": "intranet",
}
"""Where a link leads tells where the audience was met."""

CHANNEL_NAMES = {
    "twitter": "x",
    "x (twitter)": "x",
    "fb": "facebook",
    "yt": "youtube",
    "insta": "instagram",
    "li": "linkedin",
    "wordpress": "blog",
    "disqus": "blog",
    "viva engage": "intranet",
    "yammer": "intranet",
    "teams": "intranet",
    "sharepoint": "intranet",
}
"""Other names of a channel, as people and exports write them."""

DERIVED_ID = re.compile(r"(?P<before>.*:)k-(?P<digest>[0-9a-f]{32})(?P<after>-\d+)?")
"""A `comment_id` that was made of who, when, what and where."""

HASHED_BY_READER = re.compile(r"h-(?P<digest>[0-9a-f]{32})(?P<after>-\d+)?")
"""An id that a reader made of what a record says, where its platform gives none."""

UNKNOWN_CHANNEL = "other"

DRAFT_COMMENT: Mapping[str, pl.DataType] = COMMENT.schema() | {"line": pl.Int64()}
"""A comment before it was judged: text and time may be missing, and its line is known."""


@dataclass(frozen=True)
class Origin:
    """What all records of a landed file share; `received_at` is aware, `owners` are accounts.

    Of authors' e-mail addresses only which of `email_domains` they lie in is kept. `is_live`: the
    platform was asked then; what an export tells is older, by how much is not known.
    """

    landed_file: str
    received_at: datetime
    channel: str | None
    owners: frozenset[str]
    key: bytes
    email_domains: tuple[str, ...] = ()
    is_live: bool = False


def posts_frame(posts: Sequence[Post], origin: Origin) -> pl.DataFrame:
    """One row a post, fit for `clean.post`; of posts with one id the later one counts."""
    rows = {row["post_id"]: row for row in (_post_row(post, origin) for post in posts)}
    columns = {name: [row[name] for row in rows.values()] for name in POST.column_names}
    return frame_of(columns, POST.schema())


def comments_frame(
    comments: Sequence[Comment], origin: Origin, repeats: Counter[str]
) -> pl.DataFrame:
    """One row a comment in `DRAFT_COMMENT`'s columns, in the order given.

    `repeats` counts, over one file, the comments that have no native id and are alike in all
    else; it is updated, so that each of them keeps an id of its own.
    """
    columns: dict[str, list[Any]] = {
        name: list(map(attrgetter(name), comments)) for name in AS_TOLD
    }
    columns |= _identity(comments, origin, repeats)
    columns |= _words(comments)
    columns |= _times(comments, origin)
    columns |= {
        "channel": _channels(comments, origin),
        "is_owner": [c.is_owner or _is_named_owner(c, origin.owners) for c in comments],
        "attachments": [redact_json(comment.attachments) for comment in comments],
        "platform_labels": [redact_json(comment.platform_labels) for comment in comments],
        "community": [c.community or group_in(c.permalink, c.post_native_id) for c in comments],
        "email_domain": [known_domain(c.email_domain, origin.email_domains) for c in comments],
        "depth": [0] * len(comments),
        "landed_file": [origin.landed_file] * len(comments),
    }
    return frame_of(columns, DRAFT_COMMENT)


def naive_utc(moment: datetime | None) -> datetime | None:
    """An aware time as tables hold it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def channel_of(*candidates: str | None, link: str | None = None) -> str:
    """The first channel that is named, else the one the link leads to, else "other"."""
    for name in candidates:
        if name and name.strip():
            wanted = name.strip().casefold()
            return CHANNEL_NAMES.get(wanted, wanted)
    host = (_host(link) or "").removeprefix("www.").removeprefix("m.").removeprefix("de.")
    return CHANNEL_OF_HOST.get(host, UNKNOWN_CHANNEL)


def account(name: str) -> str:
    """A name, handle or id as accounts are compared: `@CIO_Nordhafen ` is `cio_nordhafen`."""
    return unicodedata.normalize("NFC", name).strip().removeprefix("@").casefold()


def post_id_of(platform: str, site: str, native_id: str) -> str:
    """The `post_id` of a post, by the names its platform gives it."""
    return _id(platform, site, native_id)


def comment_id_of(platform: str, site: str, native_id: str, key: bytes) -> str:
    """The `comment_id` of a comment, by the names its platform gives it.

    An id that a reader made by hashing is hashed once more, with `key`: its author may be part of
    it, so that names could be tried until one gives the same.
    """
    if native_id.startswith("h-") and (found := HASHED_BY_READER.fullmatch(native_id)):
        native_id = f"k-{keyed(found['digest'], key)}{found['after'] or ''}"
    return _id(platform, site, native_id)


def derived_digest(comment: Comment, key: bytes) -> str:
    """Who, when, what and where of a comment that has no id, as a keyed hash.

    Keyed, as the author is part of it: else names could be tried until one gives the same.
    """
    what = [
        comment.author or comment.author_name,
        comment.created_at_raw,
        comment.text,
        comment.post_native_id,
    ]
    return keyed(json.dumps(what), key)


def text_hash(text: str) -> str:
    """First 32 hex digits of the SHA-256 of `text`: 128 bits tell any two wordings apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _post_row(post: Post, origin: Origin) -> dict[str, object]:
    seen = naive_utc(origin.received_at)
    return {
        "post_id": post_id_of(post.platform, post.site, post.native_id),
        "platform": post.platform,
        "site": post.site,
        "channel": channel_of(origin.channel, post.channel, link=post.url),
        "native_id": post.native_id,
        "aliases": post.aliases,
        "kind": post.kind,
        "title": _post_text(post.title, "html" if post.text_format == "html" else "plain"),
        "text": _post_text(post.text, post.text_format),
        "url": post.url,
        "author_key": _author_key(post.platform, post.author, origin.key),
        "created_at_utc": naive_utc(post.created_at),
        "created_at_raw": post.created_at_raw,
        "time_precision": post.time_precision,
        "updated_at_utc": naive_utc(post.updated_at),
        "status": post.status,
        "visibility": post.visibility,
        "language_declared": post.language_declared,
        "reported_comment_count": post.reported_comment_count,
        "reported_counts": post.reported_counts,
        "first_seen_at_utc": seen,
        "last_seen_at_utc": seen,
        "landed_file": origin.landed_file,
        "position": post.position,
    }


AS_TOLD = (
    *("platform", "site", "kind", "reply_semantics", "language_declared", "created_at_raw"),
    *("created_tz_assumed", "time_precision", "status", "visibility", "like_count"),
    *("dislike_count", "reply_count", "reactions", "permalink", "position", "line"),
)
"""Columns that hold what the platform says, as it says it."""


def _channels(comments: Sequence[Comment], origin: Origin) -> list[str]:
    """The channel of each: nearly all name one, and few different ones."""
    told = {origin.channel, *(comment.channel for comment in comments)}
    named = {name: channel_of(origin.channel, name) for name in told if name and name.strip()}
    return [
        named.get(c.channel or "")
        or named.get(origin.channel or "")
        or channel_of(link=c.permalink)
        for c in comments
    ]


def _identity(
    comments: Sequence[Comment], origin: Origin, repeats: Counter[str]
) -> dict[str, list[Any]]:
    """Which comment it is, whose, on what and in answer to what."""
    key = origin.key
    natives = [c.native_id or _derived_id(c, key, repeats) for c in comments]
    ids = [
        comment_id_of(c.platform, c.site, native, key)
        for c, native in zip(comments, natives, strict=True)
    ]
    return {
        "comment_id": ids,
        "native_id": [None if _is_made_up(c.native_id) else c.native_id for c in comments],
        "id_basis": [c.id_basis if c.native_id else "hash" for c in comments],
        "aliases": [c.aliases for c in comments],
        "post_id": [_optional_id(c, c.post_native_id) for c in comments],
        "parent_id": [
            comment_id_of(c.platform, c.site, c.parent_native_id, key)
            if c.parent_native_id
            else None
            for c in comments
        ],
        "root_id": ids,
        "author_key": [_author_key(c.platform, c.author or c.author_name, key) for c in comments],
    }


def _words(comments: Sequence[Comment]) -> dict[str, list[Any]]:
    """What was said, plain and without personal data, and what follows from it."""
    plain = [_text_or_none(without_mentioned(c), c.text_format) or "" for c in comments]
    texts, counts = redact_all(plain)
    told = {place: json.dumps(dict(sorted(found.items()))) for place, found in counts.items()}
    return {
        "text": [text or None for text in texts],
        "text_hash": [text_hash(text) for text in texts],
        "redacted": [told.get(place, "{}") for place in range(len(texts))],
        "mentions": [mention_places(text) for text in texts],
    }


def _times(comments: Sequence[Comment], origin: Origin) -> dict[str, list[Any]]:
    """When it was made, edited and seen."""
    seen = [naive_utc(origin.received_at)] * len(comments)
    return {
        "created_at_utc": [naive_utc(comment.created_at) for comment in comments],
        "edited_at_utc": [naive_utc(comment.edited_at) for comment in comments],
        "is_edited": [True if c.edited_at else c.is_edited for c in comments],
        "edit_basis": ["api" if c.edited_at or c.is_edited else None for c in comments],
        "gone_at_utc": [None] * len(comments),
        "deletion_told_at_utc": [None] * len(comments),
        "first_seen_at_utc": seen,
        "last_seen_at_utc": seen,
    }


def _id(platform: str, site: str, native_id: str) -> str:
    return f"{platform}:{site}:{native_id}" if site else f"{platform}:{native_id}"


def _is_made_up(native_id: str | None) -> bool:
    """Whether a reader has made the id of what a record says."""
    return bool(native_id and native_id[0] == "h" and HASHED_BY_READER.fullmatch(native_id))


def _optional_id(comment: Comment, native_id: str | None) -> str | None:
    return _id(comment.platform, comment.site, native_id) if native_id else None


def _derived_id(comment: Comment, key: bytes, repeats: Counter[str]) -> str:
    """An id of who, when, what and where; the second of two that are alike gets another one."""
    digest = derived_digest(comment, key)
    repeats[digest] += 1
    return f"k-{digest}" if repeats[digest] == 1 else f"k-{digest}-{repeats[digest]}"


def _author_key(platform: str, author: str | None, key: bytes) -> str | None:
    return author_key(platform, author, key) if author and author.strip() else None


def _is_named_owner(comment: Comment, owners: frozenset[str]) -> bool:
    names = (comment.author, comment.author_name) if owners else ()
    return any(name is not None and account(name) in owners for name in names)


def _text_or_none(text: str | None, text_format: str) -> str | None:
    return (plain_text(text, text_format) or None) if text else None


def _post_text(text: str | None, text_format: str) -> str | None:
    """A post's text as it is stored: names in it stay, numbers and addresses of people do not."""
    plain = _text_or_none(text, text_format)
    return redact(plain, OF_POSTS).text if plain else None


def _host(link: str | None) -> str | None:
    try:
        return urlsplit(link).hostname if link else None
    except ValueError:
        return None
