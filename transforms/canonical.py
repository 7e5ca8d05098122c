"""Canonical records in, frames out: ids, channels and pseudonyms in place, texts plain."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import polars as pl
import pyarrow

from models.canonical import Comment, Post
from models.tables.comment import COMMENT
from models.tables.post import POST
from transforms.communities import group_in
from transforms.email_domains import known_domain
from transforms.plain_text import plain_text
from transforms.pseudonymise import author_key, keyed
from transforms.redact import OF_POSTS, redact, redact_json
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

ROWS_AT_A_TIME = 1_000
"""Comments that stand in memory as rows of Python: 3 KB each, ten times as much as in a frame."""


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
    return _frame(list(rows.values()), POST.schema())


def comments_frame(
    comments: Sequence[Comment], origin: Origin, repeats: Counter[str]
) -> pl.DataFrame:
    """One row a comment in `DRAFT_COMMENT`'s columns, in the order given.

    `repeats` counts, over one file, the comments that have no native id and are alike in all
    else; it is updated, so that each of them keeps an id of its own.
    """
    frames = [pl.DataFrame(schema=DRAFT_COMMENT)]
    for start in range(0, len(comments), ROWS_AT_A_TIME):
        part = comments[start : start + ROWS_AT_A_TIME]
        rows = [_comment_row(comment, origin, repeats) for comment in part]
        frames.append(_frame(rows, DRAFT_COMMENT))
    return pl.concat(frames)


def _frame(rows: list[dict[str, object]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """`rows` as a frame of `schema`, which has one column of lists: `aliases`."""
    single = {name: kind for name, kind in schema.items() if name != "aliases"}
    try:
        frame, aliases = _columns(rows, single)
    except UnicodeEncodeError:  # half a character, as JSON can write it: rare, so looked for late
        frame, aliases = _columns([_whole(row) for row in rows], single)
    return frame.with_columns(aliases=aliases).select(*schema)


def _columns(
    rows: list[dict[str, object]], single: Mapping[str, pl.DataType]
) -> tuple[pl.DataFrame, pl.Series]:
    """The columns of one value a row, and that of lists."""
    return pl.DataFrame(rows, schema=single, orient="row"), _lists([row["aliases"] for row in rows])


def _lists(values: list[object]) -> pl.Series:
    """Lists of texts as a column. By Arrow: Polars would make a series of each list first."""
    if not any(values):
        # Most often. Arrow imports pandas with its first array, for half a second.
        return pl.repeat([], len(values), dtype=pl.List(pl.String), eager=True)
    kind = pyarrow.large_list(pyarrow.large_string())
    return pl.Series(pyarrow.array(values, kind))


def _whole(row: dict[str, object]) -> dict[str, object]:
    """`row` with U+FFFD in place of surrogates that are not part of a pair."""
    return {
        name: [_whole_text(part) for part in value]
        if isinstance(value, list)
        else _whole_text(value)
        for name, value in row.items()
    }


def _whole_text(value: object) -> object:
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


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
    return name.strip().removeprefix("@").casefold()


def post_id_of(platform: str, site: str, native_id: str) -> str:
    """The `post_id` of a post, by the names its platform gives it."""
    return _id(platform, site, native_id)


def comment_id_of(platform: str, site: str, native_id: str, key: bytes) -> str:
    """The `comment_id` of a comment, by the names its platform gives it.

    An id that a reader made by hashing is hashed once more, with `key`: its author may be part of
    it, so that names could be tried until one gives the same.
    """
    if found := HASHED_BY_READER.fullmatch(native_id):
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
        "aliases": list(post.aliases),
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


def _comment_row(comment: Comment, origin: Origin, repeats: Counter[str]) -> dict[str, object]:
    redacted = redact(_text_or_none(without_mentioned(comment), comment.text_format) or "")
    text = redacted.text or None
    native = comment.native_id or _derived_id(comment, origin.key, repeats)
    comment_id = comment_id_of(comment.platform, comment.site, native, origin.key)
    parent_id = (
        comment_id_of(comment.platform, comment.site, comment.parent_native_id, origin.key)
        if comment.parent_native_id
        else None
    )
    seen = naive_utc(origin.received_at)
    return {
        "comment_id": comment_id,
        "platform": comment.platform,
        "site": comment.site,
        "channel": channel_of(origin.channel, comment.channel, link=comment.permalink),
        "native_id": None
        if HASHED_BY_READER.fullmatch(comment.native_id or "")
        else comment.native_id,
        "id_basis": comment.id_basis if comment.native_id else "hash",
        "aliases": list(comment.aliases),
        "kind": comment.kind,
        "post_id": _optional_id(comment, comment.post_native_id),
        "parent_id": parent_id,
        "root_id": comment_id,
        "depth": 0,
        "reply_semantics": comment.reply_semantics,
        "author_key": _author_key(
            comment.platform, comment.author or comment.author_name, origin.key
        ),
        "is_owner": comment.is_owner or _is_named_owner(comment, origin.owners),
        "text": text,
        "text_hash": text_hash(text or ""),
        "redacted": json.dumps(dict(sorted(redacted.counts.items()))),
        "language_declared": comment.language_declared,
        "created_at_utc": naive_utc(comment.created_at),
        "created_at_raw": comment.created_at_raw,
        "created_tz_assumed": comment.created_tz_assumed,
        "time_precision": comment.time_precision,
        "edited_at_utc": naive_utc(comment.edited_at),
        "is_edited": True if comment.edited_at else comment.is_edited,
        "edit_basis": "api" if comment.edited_at or comment.is_edited else None,
        "status": comment.status,
        "visibility": comment.visibility,
        "gone_at_utc": None,
        "deletion_told_at_utc": None,
        "like_count": comment.like_count,
        "dislike_count": comment.dislike_count,
        "reply_count": comment.reply_count,
        "reactions": comment.reactions,
        "attachments": redact_json(comment.attachments),
        "mentions": mention_places(text),
        "platform_labels": redact_json(comment.platform_labels),
        "community": comment.community or group_in(comment.permalink, comment.post_native_id),
        "email_domain": known_domain(comment.email_domain, origin.email_domains),
        "permalink": comment.permalink,
        "first_seen_at_utc": seen,
        "last_seen_at_utc": seen,
        "landed_file": origin.landed_file,
        "position": comment.position,
        "line": comment.line,
    }


def _id(platform: str, site: str, native_id: str) -> str:
    return f"{platform}:{site}:{native_id}" if site else f"{platform}:{native_id}"


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
    names = (comment.author, comment.author_name)
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
