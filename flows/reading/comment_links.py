"""The address of a comment in, the ids that its platform gives post and comment out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from flows.reading.linkedin_objects import post_urn_in
from transforms.canonical import channel_of_host


@dataclass(frozen=True)
class CommentLink:
    """What an address tells; `comment` is the id that the platform's interface gives it."""

    platform: str | None = None
    post: str | None = None
    comment: str | None = None
    parent: str | None = None
    aliases: tuple[str, ...] = ()


NOWHERE = CommentLink()


def comment_link(address: str | None) -> CommentLink:
    """The ids in an address of six platforms, on any host of theirs; of others the platform."""
    try:
        parts = urlsplit((address or "").strip())
        platform = channel_of_host(parts.hostname or "")
    except ValueError:
        return NOWHERE
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if platform == "facebook":
        return _facebook(parts.path, query)
    if platform == "youtube":
        return _youtube(f"{parts.hostname}{parts.path}", query)
    if platform == "linkedin":
        return _linkedin(f"{parts.path}?{parts.query}")
    by_path = BY_PATH.get(platform or "")
    return by_path(parts.path) if by_path else CommentLink(platform)


def _facebook(path: str, query: dict[str, str]) -> CommentLink:
    """Graph's ids of comments are `{post}_{comment}`; the second half alone is an alias."""
    in_path = re.search(r"/(?:posts|permalink|videos|reel)/(?:[^/]+/)?(\w+)/?$", path)
    post = in_path[1] if in_path else query.get("story_fbid") or query.get("fbid") or query.get("v")
    top, reply = query.get("comment_id"), query.get("reply_comment_id")
    own = reply or top
    return CommentLink(
        "facebook",
        post=post,
        comment=_joined(post, own) if own else None,
        parent=_joined(post, top) if reply and top else None,
        aliases=(own,) if own and _joined(post, own) != own else (),
    )


def _joined(post: str | None, comment: str) -> str:
    return f"{post}_{comment}" if post and post.isdecimal() else comment


def _youtube(place: str, query: dict[str, str]) -> CommentLink:
    """An answer is called `{comment}.{answer}`; a bare path of YouTube's own host is a channel."""
    own = query.get("lc")
    short = re.search(r"(?:youtu\.be|/shorts|/live)/([\w-]{11})/?$", place)
    video = query.get("v") or (short[1] if short else None)
    parent = own.split(".")[0] if own and "." in own else None
    return CommentLink("youtube", post=video, comment=own, parent=parent)


def _instagram(path: str) -> CommentLink:
    """`/p/{post}/c/{comment}/r/{answer}/`."""
    found = re.search(r"/(?:p|reel|tv)/([\w-]+)(?:/c/(\d+))?(?:/r/(\d+))?", path)
    if not found:
        return CommentLink("instagram")
    post, comment, reply = found.groups()
    return CommentLink("instagram", post, reply or comment, comment if reply else None)


def _linkedin(address: str) -> CommentLink:
    """URNs of post and comment, in their long form."""
    plain = unquote(address)
    pattern = r"urn:li:comment:\((?:urn:li:)?(\w+:\d+),(\d+)\)"
    own = re.search(rf"(?:replyUrn|dashReplyUrn)=.*?{pattern}", plain)
    top = re.search(rf"(?:commentUrn|dashCommentUrn)=.*?{pattern}", plain)
    found = own or top
    return CommentLink(
        "linkedin",
        post=post_urn_in(address),
        comment=_comment_urn(found) if found else None,
        parent=_comment_urn(top) if own and top else None,
    )


def _comment_urn(found: re.Match[str]) -> str:
    return f"urn:li:comment:(urn:li:{found[1]},{found[2]})"


def _x(path: str) -> CommentLink:
    """An answer is a post as well."""
    found = re.search(r"/status(?:es)?/(\d+)", path)
    return CommentLink("x", comment=found[1] if found else None)


def _reddit(path: str) -> CommentLink:
    """`/comments/{post}/{title}/{comment}/`."""
    found = re.search(r"/comments/(\w+)(?:/[^/]*/(\w+))?", path)
    return CommentLink("reddit", found[1], found[2]) if found else CommentLink("reddit")


BY_PATH: Mapping[str, Callable[[str], CommentLink]] = {
    "instagram": _instagram,
    "x": _x,
    "reddit": _reddit,
}
