"""The `outbox.json` of a Mastodon archive in, the posts and answers that its owner wrote out.

Format: https://docs.joinmastodon.org/user/moving/#export and
https://www.w3.org/TR/activitystreams-vocabulary/. `orderedItems` is in it twice, first empty; what
was shared is the address of somebody else's post, and letters to followers or single people are in
it too: neither becomes a record.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from flows.reading.iso_times import moment_of
from flows.reading.json_values import JsonObject, count_in, object_in, objects_in, packed, text_in
from flows.reading.json_window import BrokenJson, Found, JsonWindow, open_text, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected

PLATFORM = "mastodon"
CHANNEL = "mastodon"

COLLECTION = re.compile(rb'"type"\s*:\s*"OrderedCollection(?:Page)?"')
ACTIVITY = re.compile(rb'"type"\s*:\s*"(?:Create|Announce)"')
OUTBOX = re.compile(rb'"id"\s*:\s*"[^"]*outbox[^"]*"')
"""Favourites and bookmarks are collections too, but of addresses only."""

EVERYBODY = frozenset(["https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"])

STATUS_ADDRESS = re.compile(r"https?://([^/]+)/.*statuses/([\w-]+)/?")
"""How Mastodon names a status everywhere: its server, and its id there."""


@dataclass(frozen=True)
class Name:
    """A status as its own server knows it: by an id; elsewhere by its address."""

    site: str
    native_id: str


def recognise(sample: bytes) -> bool:
    """Whether it is a collection of what somebody did, as ActivityPub writes it."""
    text = utf_8_start(sample)
    if not text.startswith(b"{") or not COLLECTION.search(text[:4096]):
        return False
    return b'"orderedItems"' in text and bool(OUTBOX.search(text[:4096]) or ACTIVITY.search(text))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each post and answer; of a file that is cut those before the cut.

    Positions count everything in the outbox, also what becomes no record.
    """
    position, roots = 0, Roots()
    with open_text(landed.path) as file:
        window = JsonWindow(file)
        try:
            for found in _items(window):
                position += 1
                record = _record(found, roots)
                if record:
                    yield replace(record, position=position)
        except BrokenJson as error:
            is_all = position == 0
            yield Rejected(
                position=0 if is_all else position + 1,
                line=error.line,
                reason="broken file" if is_all else "broken record",
                detail=error.detail,
            )


def _items(window: JsonWindow) -> Iterator[Found]:
    """The members of every array that is called `orderedItems`."""
    for key in window.members():
        if key == "orderedItems" and window.peek() == "[":
            yield from (window.found() for _ in window.elements())
        else:
            window.value()


@dataclass
class Roots:
    """The post that each own status stands under; grows by two ids with each status."""

    posts: dict[Name, str] = field(default_factory=dict)

    def post_of(self, name: Name, above: Name | None) -> str | None:
        """The post that the status `name` is under, None if that is not in the outbox."""
        post = self.posts.get(above) if above else name.native_id
        if post:
            self.posts[name] = post
        return post


def _record(found: Found, roots: Roots) -> Post | Comment | Rejected | None:
    """The record that an item of the outbox is; None for what is shared or not for everybody."""
    activity = found.value
    if not isinstance(activity, dict) or found.has_stray_bytes:
        return _rejected(found.line, "an item that is no object, or not in UTF-8")
    note = activity.get("object")
    if activity.get("type") == "Announce" or (isinstance(note, dict) and not _visibility(note)):
        return None
    if not isinstance(note, dict):
        return _rejected(found.line, "an item without the object that it is about")
    address = text_in(note, "id")
    if not address:
        return _rejected(found.line, "a status without `id`")
    name = _name(address)
    above = text_in(note, "inReplyTo")
    post = roots.post_of(name, _name(above) if above else None)
    if not above:
        return _post(note, name, activity)
    return _comment(note, name, activity, post, found.line)


def _name(address: str) -> Name:
    found = STATUS_ADDRESS.fullmatch(address)
    return Name(found[1].lower(), found[2]) if found else Name(_host(address), address)


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower() if "://" in address else ""
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def _visibility(note: JsonObject) -> str | None:
    """`public` or `unlisted`; None for what is not for everybody."""
    if EVERYBODY & set(_addresses(note, "to")):
        return "public"
    return "unlisted" if EVERYBODY & set(_addresses(note, "cc")) else None


def _addresses(note: JsonObject, key: str) -> list[str]:
    found = note.get(key)
    listed = found if isinstance(found, list) else [found]
    return [address for address in listed if isinstance(address, str)]


def _post(note: JsonObject, name: Name, activity: JsonObject) -> Post:
    counts = {"like": _total(note, "likes"), "repost": _total(note, "shares")}
    raw = text_in(note, "published")
    return Post(
        platform=PLATFORM,
        site=name.site,
        native_id=name.native_id,
        position=0,
        channel=CHANNEL,
        title=text_in(note, "summary"),
        text=text_in(note, "content"),
        text_format="html",
        url=text_in(note, "url"),
        author=_author(note, activity, name.site),
        created_at=moment_of(raw),
        created_at_raw=raw,
        updated_at=moment_of(text_in(note, "updated")),
        status="published",
        visibility=_visibility(note),
        language_declared=_language(note),
        reported_counts=packed({key: n for key, n in counts.items() if n is not None}),
        aliases=_aliases(note, name),
    )


def _comment(
    note: JsonObject, name: Name, activity: JsonObject, post: str | None, line: int
) -> Comment:
    """An answer: to an own status, or to one of somebody else that the archive does not have."""
    above = _name(text_in(note, "inReplyTo") or "")
    parent = above.native_id if above.site == name.site else text_in(note, "inReplyTo")
    raw, edited = text_in(note, "published"), moment_of(text_in(note, "updated"))
    warning, shares = text_in(note, "summary"), _total(note, "shares")
    return Comment(
        platform=PLATFORM,
        site=name.site,
        position=0,
        line=line,
        native_id=name.native_id,
        channel=CHANNEL,
        post_native_id=post,
        parent_native_id=None if parent == post else parent,
        reply_semantics="tree",
        author=_author(note, activity, name.site),
        is_owner=True,
        text=text_in(note, "content"),
        text_format="html",
        language_declared=_language(note),
        created_at=moment_of(raw),
        created_at_raw=raw,
        edited_at=edited,
        is_edited=edited is not None,
        status="published",
        visibility=_visibility(note),
        like_count=_total(note, "likes"),
        reactions=packed({} if shares is None else {"repost": shares}),
        attachments=packed(_attachments(note)),
        platform_labels=packed({"content_warning": warning} if warning else {}),
        permalink=text_in(note, "url") or text_in(note, "id"),
        aliases=_aliases(note, name),
    )


def _author(note: JsonObject, activity: JsonObject, site: str) -> str | None:
    """`name@server`, as the interface of the server gives it; a newer address holds no name."""
    actor = text_in(note, "attributedTo") or text_in(activity, "actor") or ""
    found = re.fullmatch(r"https?://[^/]+/(?:users/|@)([\w.-]+)", actor)
    return f"{found[1]}@{site}" if found else actor or None


def _language(note: JsonObject) -> str | None:
    """The language of a text in one language."""
    languages = list(object_in(note, "contentMap"))
    return languages[0] if len(languages) == 1 else None


def _aliases(note: JsonObject, name: Name) -> tuple[str, ...]:
    names = (text_in(note, key) for key in ("id", "url"))
    return tuple(dict.fromkeys(one for one in names if one and one != name.native_id))


def _total(note: JsonObject, key: str) -> int | None:
    return count_in(object_in(note, key), "totalItems")


def _attachments(note: JsonObject) -> list[dict[str, Any]]:
    return [
        {"type": text_in(media, "mediaType"), "alt": text_in(media, "name")}
        | {"url": text_in(media, "url")}
        for media in objects_in(note, "attachment")
    ]


def _rejected(line: int, detail: str) -> Rejected:
    return Rejected(position=0, line=line, reason="broken record", detail=detail)


SOURCE = FileSource(
    name="mastodon_outbox",
    about="A Mastodon archive: the posts and answers that the account itself has written",
    how_to_get="On your server open Preferences, Import and export, Data export, and request your "
    "archive; put it into the inbox, or only the file `outbox.json` in it.",
    recognise=recognise,
    read=read,
)
