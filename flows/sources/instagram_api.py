"""Posts of a professional Instagram account with their comments and answers, from the Graph API.

Format: https://developers.facebook.com/docs/instagram-platform/reference/instagram-media and
.../instagram-comment, v26.0. Comments can't be edited; deleted ones are absent.
"""

import re
from collections.abc import Iterator
from typing import Any

from flows.fetching.graph import Answer, answers, bearer, by_graph, without_links
from flows.fetching.ledger import Ledger
from flows.fetching.left import Left
from flows.fetching.named import named
from flows.fetching.session import Absent, Session
from flows.fetching.whole import Whole, reachable
from flows.reading.api_pages import read_pages, recognise_pages
from flows.reading.graph_places import GraphObject
from flows.reading.instagram_objects import PLATFORM, has_id, read_page
from flows.reading.iso_times import moment_of
from flows.reading.json_values import text_in
from flows.sources.base import ApiSource, Errand, Page
from models.errors import GiveUp

NAME = "instagram_api"

BASES = {
    "facebook": "https://graph.facebook.com/v26.0/",
    "instagram": "https://graph.instagram.com/v26.0/",
}
"""By how the token was made: with a login to Facebook or to Instagram."""

ACCOUNT = re.compile(r"(\d+|me)", re.ASCII)
EXPECTED = "the id of the account, a number, or `me`; its name and address tell Instagram nothing"

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
    left = Left(errand.memory, errand.now)
    return left.pages(_pages(errand, left))


def _pages(errand: Errand, left: Left) -> Iterator[Page]:
    ledger = Ledger(errand.memory, errand.now, errand.is_full_sweep)
    unchanged: dict[str, GraphObject] = {}
    name = named("account", errand.options["account"], ACCOUNT, EXPECTED)
    with errand.connect(_base(errand), headers=bearer(errand.token), judge=by_graph) as session:
        account = _account(session, name)
        about = {"edge": "media", "account": str(account["username"])}
        parameters: dict[str, str | int] = {"fields": MEDIA_FIELDS, "limit": AT_ONCE}
        for answer in reachable(answers(session, f"{name}/media", parameters)):
            yield Page(answer.body, about)
            posts = [post for post in answer.body["data"] if has_id(post)]
            for post in (post for post in posts if _is_in_reach(post, errand)):
                name = str(post["id"])
                if ledger.is_due(name, _mark(post)):
                    found = _comment_pages(session, name, about["account"])
                    yield from left.asked(name, ledger.told(name, _mark(post), found))
                else:
                    unchanged[name] = post
            # The newest come first.
            if posts and not any(_is_in_reach(post, errand) for post in posts):
                break
        for name in ledger.longest_ago(unchanged, str):
            found = _comment_pages(session, name, about["account"])
            again = ledger.told_again(name, _mark(unchanged[name]), found)
            yield from left.asked(name, again)
        yield from left.at_last()
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
    created = moment_of(text_in(post, "timestamp"))
    return errand.is_full_sweep or created is None or created >= errand.look_back


def _mark(post: GraphObject) -> str:
    return str(post.get("comments_count"))


def _comment_pages(session: Session, native: str, account: str) -> Iterator[Page]:
    """The comments of a post; the last page says that they are all."""
    whole = Whole()
    return whole.completing(native, _thread(session, native, account, whole))


def _thread(session: Session, native: str, account: str, whole: Whole) -> Iterator[Page]:
    """The answers about the comments; those about what did not fit into a comment come before."""
    about = {"edge": "comments", "account": account, "post": native}
    for answer in _answers(session, f"{native}/comments", COMMENT_FIELDS):
        for comment in answer.unfinished:
            for more in whole.lists(_answers(session, f"{comment}/replies", REPLY_FIELDS)):
                yield Page(more.body, {**about, "edge": "replies", "comment": comment})
        yield Page(answer.body, about)


def _answers(session: Session, edge: str, fields: str) -> Iterator[Answer]:
    return answers(session, edge, {"fields": fields, "limit": AT_ONCE})


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
