"""Slack's export of a workspace: a folder for each channel, a file of messages for each day.

Format: https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports and, for messages,
https://docs.slack.dev/reference/events/message. `ts` is the id of a message within its channel.
A message that others answered in a thread is a post; so the site of a message is its channel.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.reading.json_objects import broken, json_objects, object_of, private
from flows.reading.json_values import (
    JsonObject,
    count_in,
    object_in,
    objects_in,
    packed,
    text_in,
)
from flows.reading.json_window import utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.mrkdwn import from_mrkdwn
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected, Status

PLATFORM = "slack"
CHANNEL = "intranet"

LIST_OF_OBJECTS = re.compile(rb"\[\s*\{")
MESSAGE = re.compile(rb'"type"\s*:\s*"message"')
MESSAGE_TIME = re.compile(rb'"ts"\s*:\s*"\d{9,10}\.\d{6}"')

TIME = re.compile(r"(\d{9,10})\.\d{6}", re.ASCII)
"""Seconds since 1970, then what tells messages of one second apart."""

DIRECT_MESSAGES = re.compile(r"D[A-Z0-9]{7,}|mpdm-.+")
"""Folders of conversations between persons, which only some exports have."""

SPOKEN = frozenset(
    {"", "me_message", "thread_broadcast", "reply_broadcast", "file_share", "file_comment"}
)
"""Subtypes of what people say; others are Slack's own notes: who joined, what was pinned."""


@dataclass(frozen=True)
class Message:
    """A message, its id and thread, and where it stands."""

    value: JsonObject
    ts: str
    thread: str | None
    site: str
    position: int
    line: int
    status: Status = "published"

    @property
    def subtype(self) -> str:
        """What Slack says it is; "" for what is simply said."""
        return text_in(self.value, "subtype") or ""

    @property
    def is_post(self) -> bool:
        """Whether a thread of answers hangs on it."""
        return self.thread == self.ts or bool(self.value.get("replies"))


def recognise(sample: bytes) -> bool:
    """Whether it is a list of Slack's messages."""
    text = utf_8_start(sample)
    is_list = LIST_OF_OBJECTS.match(text)
    return bool(is_list and MESSAGE.search(text) and MESSAGE_TIME.search(text))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each message that has a thread as a post, the others as comments.

    A message outside of threads answers no post that is known. What stands in the folder of a
    private conversation is turned away.
    """
    site = landed.path_inside.parent.name if landed.path_inside else ""
    for position, found in enumerate(json_objects(landed.path), start=1):
        value = object_of(found, position)
        if isinstance(value, Rejected):
            yield value
        elif DIRECT_MESSAGES.fullmatch(site):
            yield private(position, found.line)
        else:
            yield _record(value, site, position, found.line)


def _record(value: JsonObject, site: str, position: int, line: int) -> Record:
    status: Status = "published"
    subtype = value.get("subtype")
    if subtype == "message_changed":
        value = object_in(value, "message")
    elif subtype == "message_deleted":
        value, status = object_in(value, "previous_message"), "deleted"
    elif subtype == "tombstone":
        status = "deleted"
    ts = text_in(value, "ts")
    if value.get("type") != "message" or not ts or not TIME.fullmatch(ts):
        return broken(position, line, "found an entry without `ts` or of another type than message")
    message = Message(value, ts, text_in(value, "thread_ts"), site, position, line, status)
    return _post(message) if message.is_post else _comment(message)


def _post(message: Message) -> Post:
    value = message.value
    text, _ = _text(message)
    reactions = sum(_reactions(value).values())
    return Post(
        platform=PLATFORM,
        site=message.site,
        native_id=message.ts,
        position=message.position,
        channel=CHANNEL,
        text=text,
        text_format="markdown",
        author=_author(value),
        created_at=_time(message.ts),
        created_at_raw=message.ts,
        updated_at=_time(text_in(object_in(value, "edited"), "ts")),
        status=message.status,
        reported_comment_count=count_in(value, "reply_count"),
        reported_counts=packed({"reaction": reactions} if reactions else {}),
    )


def _comment(message: Message) -> Comment:
    value = message.value
    author = _author(value)
    text, mentions = _text(message)
    edited = text_in(object_in(value, "edited"), "ts")
    return Comment(
        platform=PLATFORM,
        site=message.site,
        position=message.position,
        line=message.line,
        native_id=message.ts,
        channel=CHANNEL,
        kind=_kind(message),
        post_native_id=message.thread,
        reply_semantics="flat",
        author=author,
        author_name=_name(value),
        is_owner=author is not None and author == value.get("parent_user_id"),
        text=text,
        text_format="markdown",
        created_at=_time(message.ts),
        created_at_raw=message.ts,
        edited_at=_time(edited),
        is_edited=edited is not None,
        status=message.status,
        visibility="members",
        reactions=packed(_reactions(value)),
        attachments=packed(_attachments(value)),
        mentions=packed([{"offset": at, "length": length} for at, length in mentions]),
    )


def _kind(message: Message) -> str:
    is_said = message.subtype in SPOKEN or message.status == "deleted"
    if not is_said or message.value.get("bot_id"):
        return "system"
    return "comment" if message.thread else "message"


def _text(message: Message) -> tuple[str | None, list[tuple[int, int]]]:
    """What was said and where it mentions somebody; a gravestone's text is Slack's own."""
    if message.subtype == "tombstone":
        return None, []
    raw = text_in(_remark(message.value), "comment") or text_in(message.value, "text")
    return from_mrkdwn(raw) if raw else (None, [])


def _remark(value: JsonObject) -> JsonObject:
    """What somebody said of a file, where old exports wrap it in a sentence of Slack's."""
    return object_in(value, "comment") or object_in(object_in(value, "file"), "initial_comment")


def _author(value: JsonObject) -> str | None:
    """The id of who wrote it, a person or a bot."""
    if value.get("subtype") == "tombstone":
        return None
    said_by = text_in(value, "user") or text_in(_remark(value), "user")
    return said_by or text_in(value, "bot_id")


def _name(value: JsonObject) -> str | None:
    profile = object_in(value, "user_profile")
    return text_in(profile, "real_name") or text_in(profile, "display_name")


def _reactions(value: JsonObject) -> dict[str, int]:
    """Emoji -> how many; who reacted is left out."""
    return {
        name: number
        for reaction in objects_in(value, "reactions")
        if (name := text_in(reaction, "name")) and (number := count_in(reaction, "count"))
    }


def _attachments(value: JsonObject) -> list[dict[str, str | None]]:
    """Kinds of files, without their addresses, which hold a token, and addresses of links."""
    single = [value["file"]] if isinstance(value.get("file"), dict) else []
    files = objects_in(value, "files") or single
    links = (text_in(link, "from_url") for link in objects_in(value, "attachments"))
    return [{"type": text_in(file, "mimetype"), "url": None} for file in files] + [
        {"type": "link", "url": link} for link in links if link
    ]


def _time(ts: str | None) -> datetime | None:
    """The second that a `ts` stands for; what follows its point is no fraction."""
    found = TIME.fullmatch(ts or "")
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


SOURCE = FileSource(
    name="slack_export",
    about="Export of a Slack workspace: the messages of a channel and their threads",
    how_to_get="As an owner of the workspace: Tools & settings > Workspace settings > "
    "Import/export data > Export; drop the zip as it comes.",
    recognise=recognise,
    read=read,
    version=2,
)
