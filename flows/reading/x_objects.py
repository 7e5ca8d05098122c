"""What X's interface and archive share: ids and the times in them, texts, and posts as answers.

Fields: https://docs.x.com/x-api/fundamentals/data-dictionary (API v2). Two dialects are live: the
older one says tweet and retweet where the newer one says post and repost.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flows.reading.iso_times import moment_of
from flows.reading.json_values import object_in, text_in
from models.canonical import Comment, Post

PLATFORM = "x"
CHANNEL = "x"

EPOCH = 1_288_834_974_657
"""Milliseconds since 1970 at which X began to count the times in its ids."""

FIRST_DATED_ID = 30_000_000_000
"""Below lie the ids of before November 2010, which hold no time."""

ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
"""All that X escapes; `&amp;` last, so that `&amp;lt;` becomes `&lt;`."""

MENTIONS_BEFORE = re.compile(r"^(?:@\w+\s+)+")
LINKS = re.compile(r"https?://\S*")
HEAD = 40
"""Characters that tell one long text of a second from another."""

NOTE = "note-"
"""What ids of long texts begin with, whose post or answer is in another file of an archive."""

GONE = ("resource-not-found", "not-authorized-for-resource", "resource-unavailable")
"""Kinds of partial errors that tell of posts which are deleted or protected: data, no fault."""

XObject = Mapping[str, Any]


def address_of(native_id: str) -> str:
    """Where a post or an answer can be read, whoever wrote it."""
    return f"https://x.com/i/web/status/{native_id}"


LONGEST_ID = 19
"""Digits of an id, which is a number of 63 bits."""


def moment_of_id(native_id: str) -> datetime | None:
    """When a post was made, from its id; None for ids that do not tell."""
    is_id = native_id.isdecimal() and len(native_id) <= LONGEST_ID
    if not is_id or int(native_id) < FIRST_DATED_ID:
        return None
    return datetime.fromtimestamp(((int(native_id) >> 22) + EPOCH) / 1000, UTC)


def plain(text: str) -> str:
    """A text as people wrote it: X escapes three signs, and nothing else."""
    for escaped, sign in ENTITIES:
        text = text.replace(escaped, sign)
    return text


def language_of(declared: object) -> str | None:
    """The language that X detected; its codes for none (`und`, `zxx`, `qme`, ...) are longer."""
    return declared if isinstance(declared, str) and len(declared) == 2 else None


def long_alias(at: datetime | None, text: str) -> str | None:
    """A name for a long post by its second and first words: an archive has them in two files."""
    words = LINKS.sub("", MENTIONS_BEFORE.sub("", " ".join(text.split())))
    head = words.removesuffix("…")[:HEAD]
    if not at or len(head) < HEAD:
        return None
    what = f"{at.astimezone(UTC):%Y%m%dT%H%M%S} {head}"
    return f"long-{hashlib.sha256(what.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"


def id_of(value: XObject) -> str:
    """The id of a post or an answer; raises KeyError where it has none that is a text."""
    if native_id := text_in(value, "id"):
        return native_id
    raise KeyError("id")


def post_of(value: XObject) -> Post:
    """The own post that an answer of API v2 holds; raises KeyError without an id."""
    native_id, metrics = id_of(value), object_in(value, "public_metrics")
    counts = {"like": "like_count", "quote": "quote_count", "view": "impression_count"}
    told = {kind: count_of(metrics.get(name)) for kind, name in counts.items()}
    told["share"] = count_of(metrics.get("repost_count", metrics.get("retweet_count")))
    return Post(
        platform=PLATFORM,
        site="",
        native_id=native_id,
        position=0,
        channel=CHANNEL,
        text=text_of(value),
        url=address_of(native_id),
        author=value.get("author_id"),
        created_at=moment_of(text_in(value, "created_at")),
        created_at_raw=value.get("created_at"),
        status="published",
        language_declared=language_of(value.get("lang")),
        reported_comment_count=count_of(metrics.get("reply_count")),
        reported_counts=json_of({kind: n for kind, n in told.items() if n is not None}),
        aliases=_other_versions(value),
    )


def comment_of(value: XObject, root: str, owner: str) -> Comment:
    """The answer below the post `root` of the account `owner`; raises KeyError without an id."""
    native_id, metrics = id_of(value), object_in(value, "public_metrics")
    answered, author = answered_id(value), value.get("author_id")
    others = _other_versions(value)
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        native_id=native_id,
        channel=CHANNEL,
        post_native_id=root,
        parent_native_id=answered if answered != root else None,
        reply_semantics="tree",
        author=author,
        is_owner=author is not None and author == owner,
        text=text_of(value),
        language_declared=language_of(value.get("lang")),
        created_at=moment_of(text_in(value, "created_at")),
        created_at_raw=value.get("created_at"),
        is_edited=bool(others) if _versions(value) else None,
        status="published",
        like_count=count_of(metrics.get("like_count")),
        reply_count=count_of(metrics.get("reply_count")),
        attachments=json_of([{"id": key} for key in _list(value, "attachments", "media_keys")]),
        mentions=_mentions(value),
        permalink=address_of(native_id),
        aliases=others,
    )


def problems_in(body: XObject) -> Iterator[str]:
    """Why X could not give a post, for each of which an answer says so; never in X's own words."""
    for error in body.get("errors", []):
        kind = str(error.get("type", "")).rpartition("/")[2] if isinstance(error, dict) else ""
        if kind not in GONE:
            shown = kind if kind.replace("-", "").isalpha() else "unknown"
            yield f"X could not give a post, a problem of the kind `{shown}`"


def text_of(value: XObject) -> str | None:
    """The whole text: of one with more than 280 characters `text` is only the beginning."""
    for name in ("note_post", "note_tweet"):
        if isinstance(long := object_in(value, name).get("text"), str) and long:
            return plain(long)
    text = value.get("text")
    return plain(text) if isinstance(text, str) and text else None


def answered_id(value: XObject) -> str | None:
    """The id of the post that a post answers, in either dialect; None if it answers none."""
    references = value.get("referenced_posts") or value.get("referenced_tweets") or []
    ids = (str(one["id"]) for one in references if one.get("type") == "replied_to")
    return next(ids, None)


def count_of(value: object) -> int | None:
    """A count, which archives write as a text; None for what is none."""
    if isinstance(value, str) and value.isdecimal() and len(value) < LONGEST_ID:
        return int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None  # type: ignore[return-value]


def json_of(value: object) -> str | None:
    """JSON in one fixed way of writing it; None for nothing."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else None


def _versions(value: XObject) -> list[str]:
    versions = value.get("edit_history_post_ids") or value.get("edit_history_tweet_ids") or []
    return [str(version) for version in versions]


def _other_versions(value: XObject) -> tuple[str, ...]:
    """Each edit of a post has an id of its own."""
    return tuple(version for version in _versions(value) if version != id_of(value))


def _mentions(value: XObject) -> str | None:
    places = [
        {"id": one.get("id"), "offset": one["start"], "length": one["end"] - one["start"]}
        for one in _list(value, "entities", "mentions")
        if isinstance(one, dict) and isinstance(one.get("start"), int)
    ]
    return json_of(places)


def _list(value: XObject, key: str, inner: str) -> list[Any]:
    found = object_in(value, key).get(inner)
    return found if isinstance(found, list) else []
