"""A status of Mastodon's API in, the post or the comment that it is out.

Fields: https://docs.joinmastodon.org/entities/Status/. Ids count on one server only; what names a
status everywhere is its `uri`, so that this is an alias of it.
"""

from dataclasses import dataclass

from flows.reading.iso_times import moment_of
from flows.reading.json_values import JsonObject, count_in, object_in, objects_in, packed, text_in
from models.canonical import Comment, Post

PLATFORM = "mastodon"
CHANNEL = "mastodon"

FOR_EVERYBODY = ("public", "unlisted")
"""Other visibilities are letters to followers or to single people."""


@dataclass(frozen=True)
class Place:
    """Where a status was asked for: the server, the id there of the owner, and of the post."""

    site: str
    owner: str | None = None
    post: str | None = None


def is_for_everybody(status: JsonObject) -> bool:
    """Whether everybody may read a status; a shared one is somebody else's."""
    return status.get("visibility", "public") in FOR_EVERYBODY and not status.get("reblog")


def post_of(status: JsonObject, place: Place) -> Post | None:
    """The post that a status is; None without an id. A content warning is its title."""
    native_id = text_in(status, "id")
    if not native_id:
        return None
    return Post(
        platform=PLATFORM,
        site=place.site,
        native_id=native_id,
        position=0,
        channel=CHANNEL,
        title=text_in(status, "spoiler_text"),
        text=text_in(status, "content"),
        text_format="html",
        url=text_in(status, "url"),
        author=_handle(status, place),
        created_at=moment_of(text_in(status, "created_at")),
        created_at_raw=text_in(status, "created_at"),
        updated_at=moment_of(text_in(status, "edited_at")),
        status="published",
        visibility=text_in(status, "visibility"),
        language_declared=text_in(status, "language"),
        reported_comment_count=count_in(status, "replies_count"),
        reported_counts=packed(_counts(status) | _likes(status)),
        aliases=_aliases(status),
    )


def comment_of(status: JsonObject, place: Place) -> Comment | None:
    """The comment that a status below a post is; None without an id."""
    native_id = text_in(status, "id")
    if not native_id:
        return None
    account = object_in(status, "account")
    above, owner = text_in(status, "in_reply_to_id"), text_in(account, "id")
    warning = text_in(status, "spoiler_text")
    edited = moment_of(text_in(status, "edited_at"))
    return Comment(
        platform=PLATFORM,
        site=place.site,
        position=0,
        native_id=native_id,
        channel=CHANNEL,
        post_native_id=place.post,
        parent_native_id=above if above != place.post else None,
        reply_semantics="tree",
        author=_handle(status, place),
        author_name=text_in(account, "display_name"),
        is_owner=owner is not None and owner == place.owner,
        text=text_in(status, "content"),
        text_format="html",
        language_declared=text_in(status, "language"),
        created_at=moment_of(text_in(status, "created_at")),
        created_at_raw=text_in(status, "created_at"),
        edited_at=edited,
        is_edited=edited is not None if "edited_at" in status else None,
        status="published",
        visibility=text_in(status, "visibility"),
        like_count=count_in(status, "favourites_count"),
        reply_count=count_in(status, "replies_count"),
        reactions=packed(_counts(status)),
        attachments=packed(_attachments(status)),
        platform_labels=packed({"content_warning": warning} if warning else {}),
        permalink=text_in(status, "url") or text_in(status, "uri"),
        aliases=_aliases(status),
    )


def _handle(status: JsonObject, place: Place) -> str | None:
    """`name@server`: accounts of the server that was asked come without it."""
    name = text_in(object_in(status, "account"), "acct")
    return f"{name}@{place.site}" if name and "@" not in name else name


def _aliases(status: JsonObject) -> tuple[str, ...]:
    names = (text_in(status, "uri"), text_in(status, "url"))
    return tuple(dict.fromkeys(name for name in names if name))


def _counts(status: JsonObject) -> dict[str, int]:
    names = {"repost": "reblogs_count", "quote": "quotes_count"}
    counts = {name: count_in(status, key) for name, key in names.items()}
    return {name: count for name, count in counts.items() if count is not None}


def _likes(status: JsonObject) -> dict[str, int]:
    likes = count_in(status, "favourites_count")
    return {} if likes is None else {"like": likes}


def _attachments(status: JsonObject) -> list[dict[str, str | None]]:
    return [
        {"type": text_in(media, "type"), "url": text_in(media, "url")}
        | {"alt": text_in(media, "description")}
        for media in objects_in(status, "media_attachments")
    ]
