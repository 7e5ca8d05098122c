"""One post of Bluesky in, the post or the comment that it is out; and the nodes of a thread.

Fields: https://docs.bsky.app/docs/api/app-bsky-feed-get-post-thread with the lexicons
app.bsky.feed.defs and app.bsky.feed.post. A post is named by its at:// address: that of the first
post of a thread holds whose thread it is.
"""

import re
from datetime import datetime

from flows.reading.iso_times import moment_of
from flows.reading.json_values import JsonObject, count_in, object_in, objects_in, packed, text_in
from models.canonical import Comment, Post, Rejected

PLATFORM = "bluesky"
CHANNEL = "bluesky"

ADDRESS = re.compile(r"at://(did:[\w:.%-]+)/app\.bsky\.feed\.post/([\w.~:-]+)", re.ASCII)

MENTION = "app.bsky.richtext.facet#mention"

Above = tuple[str, str] | None
"""Addresses of the post of a thread and of what a node answers, as the tree tells them."""


def record_of_node(node: JsonObject, above: Above) -> Post | Comment | Rejected:
    """What a node of a thread is, without those below it: a post, a comment, or one that is gone.

    `above` is for nodes that have nothing to tell themselves.
    """
    view = object_in(node, "post")
    if view:
        return record_of_view(view)
    address = text_in(node, "uri")
    if not address or not above or not (node.get("notFound") or node.get("blocked")):
        return Rejected(position=0, reason="broken record", detail="a node without its post")
    post, parent = above
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        native_id=address,
        channel=CHANNEL,
        post_native_id=post,
        parent_native_id=parent if parent != post else None,
        reply_semantics="tree",
        author=text_in(object_in(node, "author"), "did") or did_of(address),
        status="hidden" if node.get("blocked") else "deleted",
    )


def record_of_view(view: JsonObject) -> Post | Comment | Rejected:
    """The post that a view (`postView`) shows, or the comment, if it answers another."""
    address, record = text_in(view, "uri"), object_in(view, "record")
    if not address or not record:
        return Rejected(position=0, reason="broken record", detail="a post without its record")
    return _comment(view, record, address) if record.get("reply") else _post(view, record, address)


def did_of(address: str | None) -> str | None:
    """Whose post an address names."""
    found = ADDRESS.fullmatch(address or "")
    return found[1] if found else None


def root_of(view: JsonObject) -> str | None:
    """The address of the post that a view stands under: its own, if it answers none."""
    reply = object_in(object_in(view, "record"), "reply")
    return text_in(object_in(reply, "root"), "uri") if reply else text_in(view, "uri")


def _post(view: JsonObject, record: JsonObject, address: str) -> Post:
    links = _links(view, address)
    counts = _counts(view) | _count(view, "like", "likeCount")
    return Post(
        platform=PLATFORM,
        site="",
        native_id=address,
        position=0,
        channel=CHANNEL,
        text=text_in(record, "text"),
        url=links[0] if links else None,
        author=_author(view, address),
        created_at=_created(view, record),
        created_at_raw=_created_raw(view, record),
        status="published",
        visibility="public",
        language_declared=_language(record),
        reported_comment_count=count_in(view, "replyCount"),
        reported_counts=packed(counts),
        aliases=links,
    )


def _comment(view: JsonObject, record: JsonObject, address: str) -> Comment:
    reply = object_in(record, "reply")
    post, parent = root_of(view), text_in(object_in(reply, "parent"), "uri")
    author, links = _author(view, address), _links(view, address)
    person = object_in(view, "author")
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        native_id=address,
        channel=CHANNEL,
        post_native_id=post,
        parent_native_id=parent if parent != post else None,
        reply_semantics="tree",
        author=author,
        author_name=text_in(person, "displayName") or text_in(person, "handle"),
        is_owner=author is not None and author == did_of(post),
        text=text_in(record, "text"),
        language_declared=_language(record),
        created_at=_created(view, record),
        created_at_raw=_created_raw(view, record),
        status="published",
        visibility="public",
        like_count=count_in(view, "likeCount"),
        reply_count=count_in(view, "replyCount"),
        reactions=packed(_counts(view)),
        attachments=packed(_attachments(record)),
        mentions=packed(_mentions(record)),
        platform_labels=packed(_labels(view, record)),
        permalink=links[0] if links else None,
        aliases=links,
    )


def _created(view: JsonObject, record: JsonObject) -> datetime | None:
    """When a post was made, as its maker's device says, but not later than it was first seen.

    Bluesky itself sorts by this; a device whose clock tells no zone is not asked.
    """
    moments = (moment_of(text_in(record, "createdAt")), moment_of(text_in(view, "indexedAt")))
    return min((moment for moment in moments if moment), default=None)


def _created_raw(view: JsonObject, record: JsonObject) -> str | None:
    return text_in(record, "createdAt") or text_in(view, "indexedAt")


def _author(view: JsonObject, address: str) -> str | None:
    """The did: handles change."""
    return text_in(object_in(view, "author"), "did") or did_of(address)


def _links(view: JsonObject, address: str) -> tuple[str, ...]:
    """Addresses of a post on bsky.app, by its author's did and by the handle."""
    found = ADDRESS.fullmatch(address)
    if not found:
        return ()
    names = (found[1], text_in(object_in(view, "author"), "handle"))
    return tuple(f"https://bsky.app/profile/{name}/post/{found[2]}" for name in names if name)


def _language(record: JsonObject) -> str | None:
    languages = record.get("langs")
    one = languages[0] if isinstance(languages, list) and len(languages) == 1 else None
    return one if isinstance(one, str) else None


def _count(view: JsonObject, name: str, key: str) -> dict[str, int]:
    count = count_in(view, key)
    return {} if count is None else {name: count}


def _counts(view: JsonObject) -> dict[str, int]:
    return _count(view, "repost", "repostCount") | _count(view, "quote", "quoteCount")


def _labels(view: JsonObject, record: JsonObject) -> dict[str, object]:
    """Labels that the author or moderation has put on it, and when the network first saw it."""
    own = objects_in(object_in(record, "labels"), "values")
    names = [text_in(label, "val") for label in (*own, *objects_in(view, "labels"))]
    labels = sorted({name for name in names if name})
    seen = text_in(view, "indexedAt")
    return ({"labels": labels} if labels else {}) | ({"indexed_at": seen} if seen else {})


def _mentions(record: JsonObject) -> list[dict[str, int]]:
    """Where the text mentions somebody, in characters, without saying whom."""
    raw = (text_in(record, "text") or "").encode()
    places = []
    for facet in objects_in(record, "facets"):
        features = objects_in(facet, "features")
        start, end = (count_in(object_in(facet, "index"), key) for key in ("byteStart", "byteEnd"))
        is_mention = any(text_in(feature, "$type") == MENTION for feature in features)
        if is_mention and start is not None and end is not None and start < end <= len(raw):
            places.append(
                {"offset": _characters(raw[:start]), "length": _characters(raw[start:end])}
            )
    return places


def _characters(raw: bytes) -> int:
    return len(raw.decode("utf-8", "ignore"))


def _attachments(record: JsonObject) -> list[dict[str, str | None]]:
    """Pictures, links and quoted posts that hang on a post."""
    embed = object_in(record, "embed")
    media = object_in(embed, "media") or embed
    link, quoted = object_in(media, "external"), object_in(embed, "record")
    found: list[dict[str, str | None]] = [
        {"type": "image", "alt": text_in(image, "alt")} for image in objects_in(media, "images")
    ]
    if media.get("video"):
        found.append({"type": "video", "alt": text_in(media, "alt")})
    if link:
        found.append({"type": "link", "url": text_in(link, "uri")})
    if quoted:
        quoted = object_in(quoted, "record") or quoted
        found.append({"type": "quote", "url": text_in(quoted, "uri")})
    return found
