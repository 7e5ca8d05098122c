"""Posts of a professional Instagram account with their comments and answers, from the Graph API.

Format: https://developers.facebook.com/docs/instagram-platform/reference/instagram-media and
.../instagram-comment, v26.0. Comments can't be edited; deleted ones are absent.
"""

import json
from collections.abc import Generator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flows.fetching.graph import Answer, answers, bearer, by_graph, without_links
from flows.fetching.ledger import Ledger
from flows.fetching.session import Absent, Session
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.graph_objects import GraphObject, object_in, text_in
from flows.reading.landed import ReadingRules
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Comment, Post, Record, Rejected
from models.errors import GiveUp

NAME = "instagram_api"
PLATFORM = "instagram"
CHANNEL = "instagram"

BASES = {
    "facebook": "https://graph.facebook.com/v26.0/",
    "instagram": "https://graph.instagram.com/v26.0/",
}
"""By how the token was made: with a login to Facebook or to Instagram."""

AT_ONCE = 50
"""Instagram gives no more in an answer."""

MEDIA_FIELDS = (
    "id,caption,comments_count,like_count,media_type,media_product_type,permalink,shortcode,"
    "timestamp,username"
)
REPLY_FIELDS = "id,text,timestamp,username,like_count,hidden,parent_id,from{id,username}"
COMMENT_FIELDS = f"{REPLY_FIELDS},replies.limit({AT_ONCE}){{{REPLY_FIELDS}}}"


def pages(errand: Errand) -> Iterator[Page]:
    """The posts in reach, each answer followed by the comments of those whose number changed.

    Then the comments of the others, if one was hidden, liked or let through.
    """
    ledger = Ledger(errand.memory, errand.now, errand.is_full_sweep)
    unchanged: dict[str, GraphObject] = {}
    name = errand.options["account"].strip()
    with errand.connect(_base(errand), headers=bearer(errand.token), judge=by_graph) as session:
        account = _account(session, name)
        about = {"edge": "media", "account": str(account["username"])}
        parameters: dict[str, str | int] = {"fields": MEDIA_FIELDS, "limit": AT_ONCE}
        for answer in answers(session, f"{name}/media", parameters):
            yield Page(answer.body, about)
            posts = [post for post in answer.body["data"] if _has_id(post)]
            for post in (post for post in posts if _is_in_reach(post, errand)):
                name = str(post["id"])
                if ledger.is_due(name, _mark(post)):
                    found = _comment_pages(session, name, about["account"])
                    yield from ledger.told(name, _mark(post), found)
                else:
                    unchanged[name] = post
            # The newest come first.
            if posts and not any(_is_in_reach(post, errand) for post in posts):
                break
        for name in ledger.longest_ago(unchanged, str):
            found = _comment_pages(session, name, about["account"])
            yield from ledger.told_again(name, _mark(unchanged[name]), found)
        if errand.is_full_sweep:
            yield Page(account, about | {"edge": "account"}, memory=ledger.swept())


def _base(errand: Errand) -> str:
    login = errand.options.get("login", "").strip() or "facebook"
    if login not in BASES:
        raise GiveUp(f"the option `login` is `{login}`, expected `facebook` or `instagram`.")
    return BASES[login]


def _account(session: Session, name: str) -> dict[str, Any]:
    """The account; raises `GiveUp` if the token is bad or may not see it."""
    try:
        account: dict[str, Any] = without_links(session.get(name, {"fields": "id,username"}))
    except Absent as absent:
        raise GiveUp(
            f"the account `{name}` is not there, or the token may not see it: {absent}."
        ) from None
    return account


def _is_in_reach(post: GraphObject, errand: Errand) -> bool:
    created = _moment(text_in(post, "timestamp"))
    return errand.is_full_sweep or created is None or created >= errand.look_back


def _mark(post: GraphObject) -> str:
    return str(post.get("comments_count"))


def _comment_pages(session: Session, native: str, account: str) -> Iterator[Page]:
    """The comments of a post; answers that did not fit into a comment come before it.

    The last page says that they are all.
    """
    about = {"edge": "comments", "account": account, "post": native}
    is_whole = True
    for answer in _answers(session, f"{native}/comments", COMMENT_FIELDS):
        for comment in answer.unfinished:
            is_whole &= yield from _reply_pages(session, comment, about)
        completes = native if answer.is_last and is_whole else None
        yield Page(answer.body, about, completes=completes)


def _reply_pages(
    session: Session, comment: str, about: Mapping[str, str]
) -> Generator[Page, None, bool]:
    """The answers to a comment; returns whether they came to their end."""
    is_last = True
    for answer in _answers(session, f"{comment}/replies", REPLY_FIELDS):
        is_last = answer.is_last
        yield Page(answer.body, {**about, "edge": "replies", "comment": comment})
    return is_last


def _answers(session: Session, edge: str, fields: str) -> Iterator[Answer]:
    """The answers of an edge; none if what it hangs on is gone."""
    try:
        yield from answers(session, edge, {"fields": fields, "limit": AT_ONCE})
    except Absent:
        return


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """The posts or the comments of one answer, each comment before its answers."""
    edge = page.about["edge"]
    if edge == "account":
        return
    for value in page.body["data"]:
        if not _has_id(value):
            detail = f"an object of `{edge}` without `id`, expected one in each"
            yield Rejected(position=0, reason="broken record", detail=detail, line=page.line)
        elif edge == "media":
            yield _post(value)
        else:
            yield from _comments(value, page)


def _has_id(value: Any) -> bool:
    return isinstance(value, dict) and text_in(value, "id") is not None


def _post(value: GraphObject) -> Post:
    likes, shortcode = _count(value, "like_count"), _shortcode(value)
    return Post(
        platform=PLATFORM,
        site="",
        native_id=str(text_in(value, "id")),
        position=0,
        channel=CHANNEL,
        text=text_in(value, "caption"),
        url=text_in(value, "permalink"),
        author=text_in(value, "username"),
        created_at=_moment(text_in(value, "timestamp")),
        created_at_raw=text_in(value, "timestamp"),
        status="published",
        reported_comment_count=_count(value, "comments_count"),
        reported_counts=None if likes is None else json.dumps({"like": likes}),
        aliases=(shortcode,) if shortcode else (),
    )


def _shortcode(value: GraphObject) -> str | None:
    """What the post is called in its address, as exports call it."""
    path = (text_in(value, "permalink") or "").rstrip("/")
    return text_in(value, "shortcode") or path.rpartition("/")[2] or None


def _comments(value: GraphObject, page: LandedPage) -> Iterator[Comment]:
    own = _comment(value, page, page.about.get("comment"))
    yield own
    replies = object_in(value, "replies").get("data")
    for reply in replies if isinstance(replies, list) else []:
        if _has_id(reply):
            yield _comment(reply, page, own.native_id)


def _comment(value: GraphObject, page: LandedPage, parent: str | None) -> Comment:
    author = object_in(value, "from")
    name = text_in(value, "username") or text_in(author, "username")
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        line=page.line,
        native_id=text_in(value, "id"),
        channel=CHANNEL,
        post_native_id=page.about["post"],
        parent_native_id=text_in(value, "parent_id") or parent,
        reply_semantics="two_level",
        author=text_in(author, "id") or name,
        author_name=name,
        is_owner=name is not None and name == page.about["account"],
        text=text_in(value, "text"),
        created_at=_moment(text_in(value, "timestamp")),
        created_at_raw=text_in(value, "timestamp"),
        status="hidden" if value.get("hidden") is True else "published",
        like_count=_count(value, "like_count"),
    )


def _moment(raw: str | None) -> datetime | None:
    """The time that Instagram writes, always with its offset."""
    try:
        moment = datetime.fromisoformat(raw or "")
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _count(value: GraphObject, name: str) -> int | None:
    found = value.get(name)
    is_count = isinstance(found, int) and not isinstance(found, bool) and found >= 0
    return found if is_count else None


SOURCE = ApiSource(
    name=NAME,
    about="Posts of a professional Instagram account and their comments, asked of the Graph API",
    how_to_get="Make the account a professional one, make a token with the permissions to read it "
    "and its comments (docs/sources/instagram_api.md says how), and name the account in "
    "`settings.toml`.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page),
    pages=pages,
    options={
        "account": "id of the professional account, or `me` with a login to Instagram",
        "login": "what the token was made with: `facebook` (as without it) or `instagram`",
    },
    needs=("account",),
    token="an access token with `instagram_basic` and `instagram_manage_comments`, or with "
    "`instagram_business_basic` and `instagram_business_manage_comments`",
)
