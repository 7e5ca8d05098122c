"""What LinkedIn's interface and exports share: URNs, the times in them, posts and comments.

Fields: https://learn.microsoft.com/linkedin/marketing/community-management/shares/ (posts-api,
comments-api, social-metadata-api). One post has up to three URNs (activity, share, ugcPost), whose
numbers differ.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from flows.reading.json_values import object_in
from models.canonical import Comment, Post, Status

PLATFORM = "linkedin"
CHANNEL = "linkedin"

POST_URN = re.compile(r"urn:li:(?:activity|share|ugcPost|article|groupPost):[\w-]+")
POST_PATH = re.compile(r"/posts/[^/?#]*?-(activity|share|ugcPost)-(\d{10,})-")
"""How the address bar of a browser shows a post."""

COMMENT_URN = re.compile(r"urn:li:comment:\((?:urn:li:)?(\w+:[\w-]+),(\d{1,20})\)")
DATED_URN = re.compile(r"urn:li:(?:activity|share|ugcPost):(\d{15,20})")
ANY_URN = re.compile(r"urn:li:\w+:[\w-]+")

VISIBILITIES = {
    "PUBLIC": "public",
    "CONNECTIONS": "members",
    "LOGGED_IN": "members",
    "CONTAINER": "members",
}
"""`MEMBER_NETWORK`, which exports put on every post, says nothing of who may see it."""

STATES: dict[str, Status] = {"PUBLISHED": "published", "DRAFT": "pending"}

ESCAPED = re.compile(r"\\([|{}@\[\]()<>#\\*_~])")
HASHTAG = re.compile(r"\{hashtag\|\\?#\|([^}|]*)\}")
MENTION = re.compile(r"@\[((?:\\.|[^\]\\])*)\]\(urn:li:[^)]*\)")
"""LinkedIn's "little text format", in which the interface gives the text of posts."""

MENTION_PLACE = ("start", "length")

LinkedInObject = Mapping[str, Any]


def post_urn_in(link: str) -> str | None:
    """The URN of the post that an address leads to; None if it leads to none."""
    address = unquote(unquote(link))
    if found := POST_URN.search(address):
        return found[0]
    slug = POST_PATH.search(address)
    return f"urn:li:{slug[1]}:{slug[2]}" if slug else None


def comment_urns_in(link: str) -> list[str]:
    """The URNs of comments that an address names, as the interface writes them; outermost first."""
    found = COMMENT_URN.findall(unquote(unquote(link)))
    return list(dict.fromkeys(f"urn:li:comment:(urn:li:{post},{own})" for post, own in found))


def moment_of_urn(urn: str) -> datetime | None:
    """When a post was made: the number in its URN, without the last 22 bits, is in milliseconds."""
    found = DATED_URN.fullmatch(urn)
    return moment_of(int(found[1]) >> 22) if found else None


def moment_of_comment(urn: str) -> datetime | None:
    """The same of the URN of a comment."""
    found = COMMENT_URN.fullmatch(urn)
    return moment_of(int(found[2]) >> 22) if found else None


def moment_of(milliseconds: object) -> datetime | None:
    """The time that milliseconds since 1970 are, if there was a LinkedIn then."""
    if not isinstance(milliseconds, int) or not 1_041_000_000_000 < milliseconds < 4e12:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def said_alias(post: str | None, at: datetime | None, text: str | None) -> str | None:
    """A name for a comment by post, second and words, where an export tells no id.

    Nobody says the same twice in a second below one post, so that the interface's comment and the
    export's meet under it: under the name by which the export's link has the post.
    """
    if not post or not at or not text:
        return None
    words = " ".join(text.split())
    what = f"{post.rpartition(':')[2]} {at.astimezone(UTC):%Y%m%dT%H%M%S} {words}"
    return f"said-{hashlib.sha256(what.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"


def plain_commentary(text: str) -> str:
    """The text of a post as people see it, from LinkedIn's "little text format"."""
    shown = MENTION.sub(r"\1", HASHTAG.sub(r"#\1", text))
    return ESCAPED.sub(r"\1", shown)


def post_of(value: LinkedInObject, metadata: LinkedInObject, activity: str | None = None) -> Post:
    """The post that an element of `/rest/posts` is, with what `/rest/socialMetadata` counts.

    `activity` is its other URN, where that is known. Raises KeyError without an id.
    """
    urn = value["id"]
    comments = object_in(metadata, "commentSummary")
    made = value.get("publishedAt") or value.get("createdAt")
    content = object_in(value, "content")
    title = object_in(content, "article").get("title") or object_in(content, "media").get("title")
    aliases = (activity, metadata.get("entity"))
    return Post(
        platform=PLATFORM,
        site="",
        native_id=urn,
        position=0,
        channel=CHANNEL,
        title=title if isinstance(title, str) and title else None,
        text=plain_commentary(value.get("commentary") or "") or None,
        url=f"https://www.linkedin.com/feed/update/{urn}/",
        author=value.get("author"),
        created_at=moment_of(made),
        created_at_raw=None if made is None else str(made),
        updated_at=_later(made, value.get("lastModifiedAt")),
        status=STATES.get(value.get("lifecycleState", "PUBLISHED"), "unknown"),
        visibility=VISIBILITIES.get(value.get("visibility", "")),
        reported_comment_count=_count(comments.get("count")),
        reported_counts=_json(_reactions(metadata)),
        aliases=tuple(dict.fromkeys(a for a in aliases if isinstance(a, str) and a != urn)),
    )


def comment_of(value: LinkedInObject, post: str, owner: str, parent: str | None) -> Comment:
    """The comment that an element of `/rest/socialActions/{urn}/comments` is.

    `post` and `parent` are the URNs that were asked for, `owner` is that of the page. Raises
    KeyError without an id.
    """
    urn, number = urn_of(value), str(value["id"])
    made, changed = _time(value, "created"), _time(value, "lastModified")
    at = moment_of(made)
    message = object_in(value, "message")
    text = message.get("text") or None
    likes = object_in(value, "likesSummary")
    activity = activity_of(value) or post
    said = (said_alias(of, at, text) for of in (activity, post))
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        native_id=urn,
        channel=CHANNEL,
        post_native_id=post,
        parent_native_id=parent or value.get("parentComment"),
        reply_semantics="two_level",
        author=value.get("actor"),
        is_owner=value.get("actor") == owner,
        text=text,
        created_at=at,
        created_at_raw=None if made is None else str(made),
        edited_at=_later(made, changed),
        is_edited=None if changed is None or made is None else changed > made,
        status="published",
        like_count=_count(likes.get("aggregatedTotalLikes", likes.get("totalLikes"))),
        reply_count=reply_count(value),
        reactions=_json(_reactions(object_in(value, "reactionsSummary"))),
        attachments=_attachments(value.get("content")),
        mentions=_mentions(message.get("attributes")),
        permalink=f"https://www.linkedin.com/feed/update/{activity}/?commentUrn={urn}",
        aliases=tuple(dict.fromkeys(filter(None, (number, *said)))),
    )


def urn_of(value: LinkedInObject) -> str:
    """The URN of a comment; raises KeyError if neither it nor what it is made of is there."""
    return value.get("commentUrn") or f"urn:li:comment:({value['object']},{value['id']})"


def activity_of(value: LinkedInObject) -> str | None:
    """The activity that a comment stands below: another URN of the post."""
    inner = re.match(r"urn:li:comment:\((urn:li:activity:\d+),", value.get("commentUrn") or "")
    own = value.get("object")
    if isinstance(own, str) and own.startswith("urn:li:activity:"):
        return own
    return inner[1] if inner else None


def reply_count(value: LinkedInObject) -> int | None:
    """How many answers a comment has, if it says so."""
    summary = object_in(value, "commentsSummary")
    return _count(summary.get("aggregatedTotalComments", summary.get("totalFirstLevelComments")))


def _time(value: LinkedInObject, key: str) -> int | None:
    return _count(object_in(value, key).get("time"))


def _later(made: object, changed: object) -> datetime | None:
    """When something was changed, if that was after it was made."""
    if not isinstance(made, int) or not isinstance(changed, int) or changed <= made:
        return None
    return moment_of(changed)


def _reactions(metadata: LinkedInObject) -> dict[str, int]:
    found = {
        kind.lower(): _count(summary.get("count"))
        for kind, summary in object_in(metadata, "reactionSummaries").items()
        if isinstance(summary, dict)
    }
    return {kind: total for kind, total in found.items() if total is not None}


def _attachments(content: object) -> str | None:
    """Kind and URN of what hangs on a comment; addresses of media run out."""
    parts = content if isinstance(content, list) else []
    found = [
        {"type": part.get("type"), "id": next(iter(object_in(part, "entity").values()), None)}
        for part in parts
        if isinstance(part, dict)
    ]
    return _json(found)


def _mentions(attributes: object) -> str | None:
    """Where the text mentions somebody, and whose URN that is."""
    parts = attributes if isinstance(attributes, list) else []
    found = []
    for part in parts:
        if isinstance(part, dict) and all(type(part.get(key)) is int for key in MENTION_PLACE):
            urn = ANY_URN.search(json.dumps(part.get("value")))
            found.append(
                {"id": urn[0] if urn else None, "offset": part["start"], "length": part["length"]}
            )
    return _json(found)


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None  # type: ignore[return-value]


def _json(value: object) -> str | None:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else None
