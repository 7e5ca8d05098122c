"""A mention that a listening tool found anywhere in, the post or comment that it is out.

Such tools know addresses rather than ids. Where an address tells the platform's own id, that is
taken, so that an interface gives the same comment; else the address is the id.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.reading.comment_links import comment_link
from flows.reading.times import Moment
from models.canonical import Comment, Post

ANSWERS_ARE_POSTS = ("x", "bluesky")
"""Platforms on which an answer is a post as well, so that its thread goes by such an id."""


@dataclass(frozen=True, kw_only=True)
class Mention:
    """What a tool says of a mention; `thread` and `answered` are addresses or ids of the tool."""

    tool: str
    position: int
    line: int | None
    url: str | None
    raw_time: str | None
    moment: Moment | None
    is_post: bool
    kind: str = "comment"
    text: str | None = None
    title: str | None = None
    author: str | None = None
    author_name: str | None = None
    language: str | None = None
    like_count: int | None = None
    reply_count: int | None = None
    thread: str | None = None
    thread_author: str | None = None
    answered: str | None = None


def records_of(mention: Mention, posts: set[str]) -> Iterator[Post | Comment]:
    """Yield what a mention is; before a comment its post, if that is not among `posts` yet."""
    if mention.is_post:
        native_id = post_id(mention.url) or post_id(mention.thread)
        if native_id:
            posts.add(native_id)
            yield _post(mention, native_id)
            return
    thread = post_id(mention.thread)
    if thread and thread not in posts:
        posts.add(thread)
        yield _thread(mention, thread)
    yield _comment(mention, thread)


def post_id(address: str | None) -> str | None:
    """The platform's id of a post, else its address."""
    link = comment_link(address)
    is_answer_too = link.platform in ANSWERS_ARE_POSTS
    return link.post or (link.comment if is_answer_too else None) or address


def _comment_id(address: str | None) -> str | None:
    return comment_link(address).comment or address


def _answered(mention: Mention, thread: str | None) -> str | None:
    """The comment that is answered; None if it is the post."""
    own, named = comment_link(mention.url).parent, comment_link(mention.answered)
    if own or (named.post and not named.comment):
        return own
    answered = named.comment or mention.answered
    return answered if answered not in (thread, mention.thread) else None


def _post(mention: Mention, native_id: str) -> Post:
    platform = comment_link(mention.url).platform
    return Post(
        platform=platform or mention.tool,
        site="",
        native_id=native_id,
        position=mention.position,
        channel=platform,
        title=mention.title,
        text=mention.text,
        url=mention.url,
        author=mention.author,
        created_at=mention.moment.at if mention.moment else None,
        created_at_raw=mention.raw_time,
        status="published",
        language_declared=mention.language,
        reported_comment_count=mention.reply_count,
    )


def _thread(mention: Mention, native_id: str) -> Post:
    """The post that a comment names."""
    platform = comment_link(mention.url).platform
    is_address = bool(mention.thread and mention.thread.startswith("http"))
    return Post(
        platform=platform or mention.tool,
        site="",
        native_id=native_id,
        position=mention.position,
        channel=platform,
        url=mention.thread if is_address else None,
        author=mention.thread_author,
    )


def _comment(mention: Mention, thread: str | None) -> Comment:
    link, moment = comment_link(mention.url), mention.moment
    native_id = _comment_id(mention.url)
    return Comment(
        platform=link.platform or mention.tool,
        site="",
        position=mention.position,
        line=mention.line,
        native_id=native_id,
        id_basis="permalink" if native_id else "hash",
        channel=link.platform,
        kind=mention.kind,
        post_native_id=thread,
        parent_native_id=_answered(mention, thread),
        author=mention.author,
        author_name=mention.author_name,
        is_owner=mention.author is not None and mention.author == mention.thread_author,
        text=mention.text,
        language_declared=mention.language,
        created_at=moment.at if moment else None,
        created_at_raw=mention.raw_time,
        created_tz_assumed=moment.zone_assumed if moment else None,
        time_precision=moment.precision if moment else "exact",
        status="published",
        like_count=mention.like_count,
        reply_count=mention.reply_count,
        permalink=mention.url,
        aliases=link.aliases,
    )
