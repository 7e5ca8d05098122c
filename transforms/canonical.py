"""Canonical records in, frames out: ids, channels and pseudonyms in place, texts plain."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from models.canonical import Comment, Comments, Post
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
    comments: Sequence[Comment] | Comments, origin: Origin, repeats: Counter[str]
) -> pl.DataFrame:
    """One row a comment in `DRAFT_COMMENT`'s columns, in the order given.

    `repeats` counts, over one file, the comments that have no native id and are alike in all
    else; it is updated, so that each of them keeps an id of its own.
    """
    side = comments if isinstance(comments, Comments) else Comments.of(comments)
    columns: dict[str, Sequence[Any]] = {name: side.column(name) for name in AS_TOLD}
    columns |= _identity(side, origin, repeats)
    columns |= _words(side)
    columns |= _times(side, origin)
    columns |= _circumstances(side, origin)
    return frame_of(columns, DRAFT_COMMENT)


def naive_utc(moment: datetime | None) -> datetime | None:
    """An aware time as tables hold it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def aware_utc(moment: datetime | None) -> datetime | None:
    """A time as tables hold it, with its zone."""
    return moment.replace(tzinfo=UTC) if moment else None


def channel_of(*candidates: str | None, link: str | None = None) -> str:
    """The first channel that is named, else the one the link leads to, else "other"."""
    for name in candidates:
        if name and name.strip():
            wanted = name.strip().casefold()
            return CHANNEL_NAMES.get(wanted, wanted)
    return channel_of_host(_host(link) or "") or UNKNOWN_CHANNEL


def channel_of_host(host: str) -> str | None:
    """The channel of a host or of the one it lies below: `de-de.facebook.com` is Facebook's."""
    while host and host not in CHANNEL_OF_HOST:
        host = host.partition(".")[2]
    return CHANNEL_OF_HOST.get(host)


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
    """Who, when, what and where of a comment that has no id, as a keyed hash."""
    who = comment.author or comment.author_name
    return said_digest(who, comment.created_at_raw, comment.text, comment.post_native_id, key=key)


def said_digest(
    who: str | None, when: str | None, what: str | None, where: str | None, *, key: bytes
) -> str:
    """The same of its parts. Keyed: else names could be tried until one gives the same."""
    return keyed(json.dumps([who, when, what, where]), key)


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
        "forgotten_wording": None,
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


def _circumstances(side: Comments, origin: Origin) -> dict[str, Sequence[Any]]:
    """Where it was said, by whom on whose behalf, and what a platform adds to it."""
    posts, links = side.column("post_native_id"), side.column("permalink")
    return {
        "channel": _channels(side, origin),
        "is_owner": _owned(side, origin.owners),
        "attachments": list(map(redact_json, side.column("attachments"))),
        "platform_labels": list(map(redact_json, side.column("platform_labels"))),
        "community": [
            told or group_in(link, post)
            for told, link, post in zip(side.column("community"), links, posts, strict=True)
        ],
        "email_domain": [
            known_domain(domain, origin.email_domains) for domain in side.column("email_domain")
        ],
        "depth": [0] * len(side),
        "landed_file": [origin.landed_file] * len(side),
    }


def _channels(side: Comments, origin: Origin) -> list[str]:
    """The channel of each: nearly all name one, and few different ones."""
    channels = side.column("channel")
    told = {origin.channel, *channels}
    named = {name: channel_of(origin.channel, name) for name in told if name and name.strip()}
    return [
        named.get(channel or "") or named.get(origin.channel or "") or channel_of(link=link)
        for channel, link in zip(channels, side.column("permalink"), strict=True)
    ]


def _identity(side: Comments, origin: Origin, repeats: Counter[str]) -> dict[str, Sequence[Any]]:
    """Which comment it is, whose, on what and in answer to what."""
    key, told = origin.key, side.column("native_id")
    platforms, sites = side.column("platform"), side.column("site")
    posts, parents = side.column("post_native_id"), side.column("parent_native_id")
    who = [a or b for a, b in zip(side.column("author"), side.column("author_name"), strict=True)]
    said = (who, side.column("created_at_raw"), side.column("text"), posts)
    natives = [
        native or _derived_id(said_digest(*parts, key=key), repeats)
        for native, *parts in zip(told, *said, strict=True)
    ]
    places = list(zip(platforms, sites, strict=True))
    ids = [comment_id_of(*at, native, key) for at, native in zip(places, natives, strict=True)]
    return {
        "comment_id": ids,
        "id_number": [None] * len(side),
        "native_id": [None if _is_made_up(native) else native for native in told],
        "id_basis": [
            basis if native else "hash"
            for basis, native in zip(side.column("id_basis"), told, strict=True)
        ],
        "aliases": side.column("aliases"),
        "post_id": [
            _id(*at, post) if post else None for at, post in zip(places, posts, strict=True)
        ],
        "parent_id": [
            comment_id_of(*at, parent, key) if parent else None
            for at, parent in zip(places, parents, strict=True)
        ],
        "root_id": ids,
        "author_key": [_author_key(*of, key) for of in zip(platforms, who, strict=True)],
        "forgotten_author": [None] * len(side),
    }


def _words(side: Comments) -> dict[str, Sequence[Any]]:
    """What was said, plain and without personal data, and what follows from it."""
    told = zip(*(side.column(name) for name in ("text", "mentions", "text_format")), strict=True)
    plain = [
        _text_or_none(without_mentioned(text, mentions, written), written) or ""
        for text, mentions, written in told
    ]
    texts, counts = redact_all(plain)
    found = {place: json.dumps(dict(sorted(kinds.items()))) for place, kinds in counts.items()}
    return {
        "text": [text or None for text in texts],
        "text_hash": [text_hash(text) for text in texts],
        "forgotten_input": [None] * len(texts),
        "redacted": [found.get(place, "{}") for place in range(len(texts))],
        "mentions": [mention_places(text) for text in texts],
    }


def _times(side: Comments, origin: Origin) -> dict[str, Sequence[Any]]:
    """When it was made, edited and seen."""
    seen = [naive_utc(origin.received_at)] * len(side)
    unknown = [None] * len(side)
    edits = list(zip(side.column("edited_at"), side.column("is_edited"), strict=True))
    return {
        "created_at_utc": [naive_utc(moment) for moment in side.column("created_at")],
        "edited_at_utc": [naive_utc(moment) for moment, _ in edits],
        "is_edited": [True if moment else is_edited for moment, is_edited in edits],
        "edit_basis": ["api" if moment or is_edited else None for moment, is_edited in edits],
        "gone_at_utc": unknown,
        "deletion_told_at_utc": unknown,
        "first_seen_at_utc": seen,
        "last_seen_at_utc": seen,
    }


def _id(platform: str, site: str, native_id: str) -> str:
    return f"{platform}:{site}:{native_id}" if site else f"{platform}:{native_id}"


def _is_made_up(native_id: str | None) -> bool:
    """Whether a reader has made the id of what a record says."""
    return bool(native_id and native_id[0] == "h" and HASHED_BY_READER.fullmatch(native_id))


def _derived_id(digest: str, repeats: Counter[str]) -> str:
    """An id of who, when, what and where; the second of two that are alike gets another one."""
    repeats[digest] += 1
    return f"k-{digest}" if repeats[digest] == 1 else f"k-{digest}-{repeats[digest]}"


def _author_key(platform: str, author: str | None, key: bytes) -> str | None:
    return author_key(platform, author, key) if author and author.strip() else None


def _owned(side: Comments, owners: frozenset[str]) -> Sequence[bool]:
    """Whether each is an answer of the owners: as its platform says, or by who wrote it."""
    told = side.column("is_owner")
    if not owners:
        return told
    names = zip(side.column("author"), side.column("author_name"), strict=True)
    return [
        is_owner or any(name is not None and account(name) in owners for name in both)
        for is_owner, both in zip(told, names, strict=True)
    ]


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
