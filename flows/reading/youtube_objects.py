"""One object of the YouTube Data API in, the post or the comments that it is out.

Fields: https://developers.google.com/youtube/v3/docs/comments, .../commentThreads and .../videos.
Pictures and names of channels are never taken over, except the name an author shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.reading.api_pages import LandedPage
from flows.reading.iso_times import moment_of
from flows.reading.json_values import JsonObject, count_in, object_in, objects_in, packed, text_in
from flows.reading.landed import ReadingRules
from models.canonical import Comment, Post, Record, Rejected, Status, TextFormat

PLATFORM = "youtube"
CHANNEL = "youtube"

STATUS_OF_COMMENT: dict[str | None, Status] = {
    None: "published",
    "published": "published",
    "heldForReview": "pending",
    "likelySpam": "spam",
    "rejected": "trash",
}
"""`moderationStatus`, which only the owner of the channel is told."""

STATUS_OF_VIDEO: dict[str | None, Status] = {
    None: "unknown",
    "public": "published",
    "unlisted": "published",
    "private": "hidden",
}


@dataclass(frozen=True)
class Place:
    """What a comment does not say itself: its video, whose that is, how its text is written."""

    video: str | None = None
    channel: str | None = None
    display_format: TextFormat = "html"


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """The videos, or the comments, that one answer holds."""
    display_format: TextFormat = "plain" if page.about.get("text") == "plain" else "html"
    place = Place(text_in(page.about, "video"), text_in(page.about, "channel"), display_format)
    for item in page.body.get("items") or []:
        if not isinstance(item, dict):
            yield Rejected(position=0, reason="broken record", detail="an item that is no object")
        elif item.get("kind") == "youtube#video":
            yield post_of(item)
        elif item.get("kind") == "youtube#commentThread":
            yield from comments_of_thread(item, place)
        else:
            yield comment_of(item, place)


def post_of(video: JsonObject) -> Post | Rejected:
    """The post that a video is; its description is the text."""
    native_id, snippet = text_in(video, "id"), object_in(video, "snippet")
    if not native_id or not snippet:
        return _rejected("a video without `id` or `snippet`")
    statistics = object_in(video, "statistics")
    privacy = text_in(object_in(video, "status"), "privacyStatus")
    counts = {"like": count_in(statistics, "likeCount"), "view": count_in(statistics, "viewCount")}
    return Post(
        platform=PLATFORM,
        site="",
        native_id=native_id,
        position=0,
        channel=CHANNEL,
        kind="video",
        title=text_in(snippet, "title"),
        text=text_in(snippet, "description"),
        url=f"https://www.youtube.com/watch?v={native_id}",
        author=text_in(snippet, "channelId"),
        created_at=moment_of(text_in(snippet, "publishedAt")),
        created_at_raw=text_in(snippet, "publishedAt"),
        status=STATUS_OF_VIDEO.get(privacy, "unknown"),
        visibility=privacy,
        language_declared=text_in(snippet, "defaultAudioLanguage")
        or text_in(snippet, "defaultLanguage"),
        reported_comment_count=count_in(statistics, "commentCount"),
        reported_counts=packed({name: n for name, n in counts.items() if n is not None}),
    )


def comments_of_thread(thread: JsonObject, place: Place) -> Iterator[Comment | Rejected]:
    """The comment that opens a thread, then the answers in it.

    A thread may hold some of its answers only. All of them are listed elsewhere, where they come a
    second time; but that list may not be had.
    """
    snippet = object_in(thread, "snippet")
    place = Place(
        text_in(snippet, "videoId") or place.video,
        text_in(snippet, "channelId") or place.channel,
        place.display_format,
    )
    opening = comment_of(object_in(snippet, "topLevelComment"), place)
    if isinstance(opening, Comment):
        opening.reply_count = count_in(snippet, "totalReplyCount")
        opening.visibility = _visibility(snippet)
    yield opening
    for answer in objects_in(object_in(thread, "replies"), "comments"):
        yield comment_of(answer, place)


def has_all_answers(thread: JsonObject) -> bool:
    """Whether the answers that stand in a thread are as many as it is said to have."""
    told = count_in(object_in(thread, "snippet"), "totalReplyCount") or 0
    return len(objects_in(object_in(thread, "replies"), "comments")) >= told


def comment_of(comment: JsonObject, place: Place) -> Comment | Rejected:
    """The comment that an object of kind `youtube#comment` is.

    Ids of answers are `{comment}.{answer}`; all answers stand on one level.
    """
    native_id, snippet = text_in(comment, "id"), object_in(comment, "snippet")
    if not native_id or not snippet:
        return _rejected("a comment without `id` or `snippet`")
    video = text_in(snippet, "videoId") or place.video
    author = text_in(object_in(snippet, "authorChannelId"), "value")
    created = moment_of(text_in(snippet, "publishedAt"))
    updated = moment_of(text_in(snippet, "updatedAt"))
    is_edited = updated > created if created and updated else None
    original = text_in(snippet, "textOriginal")
    above, dot, _ = native_id.partition(".")
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        native_id=native_id,
        channel=CHANNEL,
        post_native_id=video,
        parent_native_id=text_in(snippet, "parentId") or (above if dot else None),
        reply_semantics="two_level",
        author=author,
        author_name=text_in(snippet, "authorDisplayName"),
        is_owner=author is not None and author == (text_in(snippet, "channelId") or place.channel),
        text=original or text_in(snippet, "textDisplay"),
        text_format="plain" if original else place.display_format,
        created_at=created,
        created_at_raw=text_in(snippet, "publishedAt"),
        edited_at=updated if is_edited else None,
        is_edited=is_edited,
        status=STATUS_OF_COMMENT.get(text_in(snippet, "moderationStatus"), "unknown"),
        like_count=count_in(snippet, "likeCount"),
        permalink=f"https://www.youtube.com/watch?v={video}&lc={native_id}" if video else None,
    )


def _visibility(snippet: JsonObject) -> str | None:
    is_public = snippet.get("isPublic")
    if not isinstance(is_public, bool):
        return None
    return "public" if is_public else "private"


def _rejected(detail: str) -> Rejected:
    return Rejected(position=0, reason="broken record", detail=detail)
