"""Messages.csv of a network export of Viva Engage (Yammer): posts of communities and their answers.

Format: https://learn.microsoft.com/rest/api/yammer/network-data-export. The first message of a
thread, whose id is that of the thread, is a post. What was said in private conversations is turned
away, message by message, and so is any file that does not tell which ones these are.
"""

import re
from collections.abc import Iterator

from flows.reading.fixed_table import FixedRow, column_names, fixed_rows, times_of
from flows.reading.json_values import packed
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.times import Moment, TimeReader
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected, Status
from transforms.email_domains import domain_of

PLATFORM = "viva_engage"
CHANNEL = "intranet"

NEEDS = frozenset(
    {"id", "threadid", "repliedtoid", "senderid", "body", "createdat", "inprivateconversation"}
)
VERSIONS = (
    frozenset({"body", "htmlbody", "messageid"}),
    frozenset({"body", "gdprdeleteurl"}),
    frozenset({"body", "messageid", "version"}),
    frozenset({"body", "messageid", "versionnumber"}),
    frozenset({"body", "messageid", "messageversionid"}),
    frozenset({"body", "messageid", "networkid"}),
)
"""Columns of MessageVersions.csv beside it: earlier wordings, also of private conversations."""

YES = frozenset({"true", "t", "1", "yes", "y", "wahr", "ja"})
NO = frozenset({"false", "f", "0", "no", "n", "falsch", "nein"})
"""What the export and spreadsheets make of the two, in small letters."""

NOTHING = frozenset({"", "null"})
"""What the export writes where it does not say."""

MENTION = re.compile(r"\[\[(user|group|tag|topic)s?:[^\]]*\]\]")
SHOWN = {"user": "@user", "group": "@group", "tag": "#topic", "topic": "#topic"}
LINK = re.compile(r"opengraphobject:\[\d* : (\S+)")
FILE = re.compile(r"uploadedfile:\d+")


def recognise(sample: bytes) -> bool:
    """Whether it is a table with the columns of Messages.csv, or of its earlier wordings."""
    names = column_names(sample)
    return names >= NEEDS or any(sign <= names for sign in VERSIONS)


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each message that began a thread as a post, the others as comments."""
    times = times_of(landed.path, "UTC", "dmy")
    starters: dict[str, str] = {}
    for row in fixed_rows(landed.path, NEEDS):
        if isinstance(row, Rejected):
            yield row
        elif problem := _problem(row):
            yield Rejected(
                position=row.position, line=row.line, reason="private message", detail=problem
            )
        elif row.text("id") == row.text("threadid"):
            post = _post(row, times)
            if post.author:
                starters[post.native_id] = post.author
            yield post
        else:
            yield _comment(row, times, starters)


def _problem(row: FixedRow) -> str | None:
    """Why a message is not taken: it is private, or nobody can tell; None if it is taken."""
    told = row.cells.get("inprivateconversation")
    private = "" if told is None else str(told).strip().casefold()
    if private in YES:
        return "a message of a private conversation, left out on purpose"
    # A word that nobody knows may mean yes: only where nothing is said the community speaks for it.
    if private not in NO | NOTHING or (private in NOTHING and not row.text("groupid")):
        return "found neither true nor false in `in_private_conversation`, so it may be private"
    return None if row.text("id") else "found a message without `id`"


def _post(row: FixedRow, times: TimeReader) -> Post:
    raw, moment = _time(row, times)
    text, _ = _text(row)
    return Post(
        platform=PLATFORM,
        site="",
        native_id=row.text("id") or "",
        position=row.position,
        channel=CHANNEL,
        title=row.text("title"),
        text=text,
        author=row.text("senderid"),
        created_at=moment.at if moment else None,
        created_at_raw=raw,
        status=_status(row),
        visibility=_visibility(row),
    )


def _comment(row: FixedRow, times: TimeReader, starters: dict[str, str]) -> Comment:
    thread, answered = row.text("threadid"), row.text("repliedtoid")
    author = row.text("senderid")
    raw, moment = _time(row, times)
    text, mentions = _text(row)
    is_system = (row.text("messagetype") or "").casefold() == "system"
    return Comment(
        platform=PLATFORM,
        site="",
        position=row.position,
        line=row.line,
        native_id=row.text("id"),
        channel=CHANNEL,
        community=row.text("groupname", "groupid"),
        kind="system" if is_system else "comment",
        post_native_id=thread,
        parent_native_id=answered if answered != thread else None,
        reply_semantics="tree",
        author=author,
        author_name=row.text("sendername"),
        email_domain=domain_of(row.text("senderemail")),
        is_owner=author is not None and author == starters.get(thread or ""),
        text=text,
        created_at=moment.at if moment else None,
        created_at_raw=raw,
        created_tz_assumed=moment.zone_assumed if moment else None,
        status=_status(row),
        visibility=_visibility(row),
        attachments=packed(_attachments(row)),
        mentions=packed(mentions),
    )


def _time(row: FixedRow, times: TimeReader) -> tuple[str | None, Moment | None]:
    raw = row.text("createdat")
    return raw, times.read(raw)


def _status(row: FixedRow) -> Status:
    if row.text("deletedat"):
        return "deleted"
    is_draft = (row.text("isdraft", "draft", "draftstate") or "").casefold() in YES
    return "pending" if is_draft else "published"


def _visibility(row: FixedRow) -> str:
    """Of an intranet, everything is for its members; of a closed community, for those in it."""
    is_closed = (row.text("inprivategroup") or "").casefold() in YES
    return "private" if is_closed else "members"


def _text(row: FixedRow) -> tuple[str | None, list[dict[str, int]]]:
    """What was said, without saying whom it mentions, and where it mentions people."""
    raw = (row.text("body") or "").replace("\\r\\n", "\n").replace("\\n", "\n")
    text, places, end = "", [], 0
    for found in MENTION.finditer(raw):
        text += raw[end : found.start()]
        shown = SHOWN[found[1]]
        if found[1] == "user":
            places.append({"offset": len(text), "length": len(shown)})
        text, end = text + shown, found.end()
    return text + raw[end:] or None, places


def _attachments(row: FixedRow) -> list[dict[str, str | None]]:
    raw = row.text("attachments") or ""
    files: list[dict[str, str | None]] = [{"type": "file", "url": None} for _ in FILE.findall(raw)]
    return files + [{"type": "link", "url": address} for address in LINK.findall(raw)]


SOURCE = FileSource(
    name="viva_engage",
    about="Messages.csv of a Viva Engage (Yammer) network export: posts and their answers",
    how_to_get="As a verified administrator: Viva Engage admin center > Export network data, "
    "without files; take Messages.csv out of the zip and drop only that.",
    recognise=recognise,
    read=read,
    version=5,
)
