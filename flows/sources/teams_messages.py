"""Messages of Teams channels as Microsoft Graph answers (JSON): posts and the answers below them.

Format: https://learn.microsoft.com/graph/api/resources/chatmessage; a file holds pages, lists of
messages or single ones. An id is only unique in its channel, which is the site. What was said in
chats is turned away.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import unquote

from flows.reading.api_pages import OPENING
from flows.reading.iso_times import moment_of
from flows.reading.json_objects import broken, json_objects, object_of, private
from flows.reading.json_values import JsonObject, count_in, object_in, objects_in, packed, text_in
from flows.reading.json_window import utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected, Status, TextFormat

PLATFORM = "teams"
CHANNEL = "intranet"

FIELDS = tuple(
    re.compile(rb'"%s"\s*:' % name) for name in (b"messageType", b"createdDateTime", b"body")
)
PLACE = re.compile(rb'"(?:channelIdentity|chatId|replyToId)"\s*:')

MENTION = re.compile(r'<at id="([^"]*)"[^>]*>[^<]*</at>')
EMOJI = re.compile(r'<(emoji|customemoji)\b[^>]*?\balt="([^"]*)"[^>]*>(?:</\1>)?')
CHANNEL_IN_ADDRESS = re.compile(r"/l/message/([^/?]+)/")

LIKES = frozenset({"like", "👍"})
"""A reaction is called by a word or, since 2023, by its emoji."""


@dataclass(frozen=True)
class Message:
    """A message, the site and the post it belongs to, and where it stands."""

    value: JsonObject
    native_id: str
    site: str
    post: str | None
    position: int
    line: int


def recognise(sample: bytes) -> bool:
    """Whether it is JSON with the fields of Graph's messages."""
    text = utf_8_start(sample)
    if not text.startswith((b"{", b"[")) or text.startswith(OPENING):
        return False
    return bool(PLACE.search(text)) and all(field.search(text) for field in FIELDS)


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each message of a channel that answers none as a post, the others as comments."""
    positions = count(1)
    starters: dict[tuple[str, str], str] = {}
    for found in json_objects(landed.path, page_key="value"):
        value = object_of(found, 0)
        if isinstance(value, Rejected):
            yield broken(next(positions), value.line, value.detail)
            continue
        for item in (value, *objects_in(value, "replies")):
            message = _message(item, value, next(positions), found.line)
            yield message if isinstance(message, Rejected) else _record(message, starters)


def _message(item: JsonObject, above: JsonObject, position: int, line: int) -> Message | Rejected:
    native_id = text_in(item, "id")
    if not native_id or not item.keys() & {"messageType", "body"}:
        return broken(position, line, "found an object without `id` or `body`, expected a message")
    site = _site(item) or _site(above)
    if not site and (text_in(item, "chatId") or text_in(above, "chatId")):
        return private(position, line)
    outer = text_in(above, "id") if item is not above else None
    return Message(item, native_id, site, text_in(item, "replyToId") or outer, position, line)


def _site(item: JsonObject) -> str:
    """The id of the channel: as the message says, or as its address does."""
    address = CHANNEL_IN_ADDRESS.search(text_in(item, "webUrl") or "")
    linked = unquote(address[1]) if address else ""
    if text_in(item, "chatId"):
        linked = ""
    return text_in(object_in(item, "channelIdentity"), "channelId") or linked


def _record(message: Message, starters: dict[tuple[str, str], str]) -> Record:
    author = _author(message.value)
    if message.post is None and _is_said(message.value):
        if author:
            starters[message.site, message.native_id] = author
        return _post(message)
    starter = starters.get((message.site, message.post or ""))
    return _comment(message, is_owner=author is not None and author == starter)


def _post(message: Message) -> Post:
    value = message.value
    text, text_format = _text(value)
    raw = text_in(value, "createdDateTime")
    return Post(
        platform=PLATFORM,
        site=message.site,
        native_id=message.native_id,
        position=message.position,
        channel=CHANNEL,
        title=_title(value, text_format),
        text=text,
        text_format=text_format,
        url=text_in(value, "webUrl"),
        author=_author(value),
        created_at=moment_of(raw),
        created_at_raw=raw,
        updated_at=moment_of(text_in(value, "lastEditedDateTime")),
        status=_status(value),
        visibility="members",
        reported_comment_count=count_in(value, "replies@odata.count"),
        reported_counts=packed(_reaction_total(value)),
    )


def _comment(message: Message, is_owner: bool) -> Comment:
    value = message.value
    text, text_format = _text(value)
    raw = text_in(value, "createdDateTime")
    reactions = _reactions(value)
    edited = moment_of(text_in(value, "lastEditedDateTime"))
    return Comment(
        platform=PLATFORM,
        site=message.site,
        position=message.position,
        line=message.line,
        native_id=message.native_id,
        channel=CHANNEL,
        community=text_in(object_in(value, "channelIdentity"), "teamId"),
        kind="comment" if _is_said(value) and _user(value) else "system",
        post_native_id=message.post,
        reply_semantics="flat",
        author=_author(value),
        author_name=text_in(_user(value), "displayName"),
        is_owner=is_owner,
        text=text,
        text_format=text_format,
        created_at=moment_of(raw),
        created_at_raw=raw,
        edited_at=edited,
        is_edited=edited is not None,
        status=_status(value),
        visibility="members",
        like_count=sum(reactions[name] for name in LIKES) if "reactions" in value else None,
        reactions=packed(dict(reactions)),
        attachments=packed(_attachments(value)),
        permalink=text_in(value, "webUrl"),
    )


def _is_said(value: JsonObject) -> bool:
    """Whether it is a message, not a note of Teams itself; a trimmed answer does not say."""
    return text_in(value, "messageType") in (None, "message")


def _user(value: JsonObject) -> JsonObject:
    return object_in(object_in(value, "from"), "user")


def _author(value: JsonObject) -> str | None:
    """The id of the person, or of the program, that wrote it."""
    sender = object_in(value, "from")
    return text_in(_user(value), "id") or text_in(object_in(sender, "application"), "id")


def _text(value: JsonObject) -> tuple[str | None, TextFormat]:
    """The text without the names it mentions; emojis are written out, as HTML drops them."""
    body = object_in(value, "body")
    text = text_in(body, "content")
    if text_in(body, "contentType") != "html":
        return text, "plain"
    people = {
        text_in(mention, "id")
        for mention in objects_in(value, "mentions")
        if object_in(object_in(mention, "mentioned"), "user")
    }
    shown = MENTION.sub(lambda at: "@user" if at[1] in people else "@group", text or "")
    return EMOJI.sub(r"\2", shown) or None, "html"


def _title(value: JsonObject, text_format: TextFormat) -> str | None:
    """The subject, which is plain, but beside an HTML text would be taken for HTML."""
    subject = text_in(value, "subject")
    return html.escape(subject, quote=False) if subject and text_format == "html" else subject


def _status(value: JsonObject) -> Status:
    if text_in(value, "deletedDateTime"):
        return "deleted"
    is_blocked = "blockAccess" in (text_in(object_in(value, "policyViolation"), "dlpAction") or "")
    return "hidden" if is_blocked else "published"


def _reactions(value: JsonObject) -> Counter[str]:
    """Kind of reaction -> how many; who reacted is left out."""
    kinds = (text_in(reaction, "reactionType") for reaction in objects_in(value, "reactions"))
    return Counter(kind for kind in kinds if kind)


def _reaction_total(value: JsonObject) -> dict[str, int]:
    return {"reaction": _reactions(value).total()} if "reactions" in value else {}


def _attachments(value: JsonObject) -> list[dict[str, str | None]]:
    """Kinds of attachments; their addresses hold the names of people's folders."""
    return [
        {"type": text_in(attachment, "contentType"), "url": None}
        for attachment in objects_in(value, "attachments")
    ]


SOURCE = FileSource(
    name="teams_messages",
    about="Messages of Microsoft Teams channels, as Microsoft Graph answers: posts and answers",
    how_to_get="In Graph Explorer ask for `/teams/{team}/channels/{channel}/messages?$expand="
    "replies` and save every answer, one file or one line each, following `@odata.nextLink`.",
    recognise=recognise,
    read=read,
    version=3,
)
