"""Posts of a Facebook page and their comments, asked of the Graph API with a token of the page.

Format: https://developers.facebook.com/docs/graph-api/reference/page/feed/ and .../object/comments,
v26.0. Ids, times and texts become what they become in saved answers (`facebook_graph`).
"""

import re
from collections.abc import Iterator
from typing import Any

from flows.fetching.graph import answers, bearer, by_graph, without_links
from flows.fetching.ledger import Ledger
from flows.fetching.left import Left
from flows.fetching.named import named
from flows.fetching.session import Absent, Session
from flows.fetching.whole import Whole, reachable
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.graph_objects import PLATFORM, comment_of, post_of
from flows.reading.graph_places import Place, ids_of_post
from flows.reading.json_values import object_in, text_in
from flows.reading.landed import ReadingRules
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Comment, Post, Record, Rejected
from models.errors import GiveUp

NAME = "facebook_api"
BASE = "https://graph.facebook.com/v26.0/"

PAGE = re.compile(
    r"(?:(?:https?://)?(?:[\w-]+\.)?(?:facebook|fb)\.com/(?:profile\.php\?(?:.*&)?id=)?)?"
    r"@?(?!profile\.php)([\w.-]+)/?(?:[?&#].*)?"
)
"""A page's id or name, as it is or out of its address."""

EXPECTED = "the id of a page, or its name as in `facebook.com/stadtwerke-nordhafen`"

POSTS_A_PAGE = 25
"""More, with their counts, is "too much data" to Facebook."""

COMMENTS_A_PAGE = 100

POST_FIELDS = (
    "id,message,story,created_time,updated_time,permalink_url,status_type,is_hidden,is_published,"
    "from,shares,comments.limit(0).summary(total_count).filter(stream),"
    "reactions.limit(0).summary(total_count)"
)
COMMENT_FIELDS = (
    "id,message,created_time,from,parent{id},like_count,comment_count,permalink_url,"
    "attachment{type,url},message_tags,is_hidden,is_private"
)


def pages(errand: Errand) -> Iterator[Page]:
    """The posts in reach, each answer followed by the comments of those that changed.

    Then the comments of the others, if one was edited.
    """
    left = Left(errand.memory, errand.now)
    return left.pages(_pages(errand, left))


def _pages(errand: Errand, left: Left) -> Iterator[Page]:
    ledger = Ledger(errand.memory, errand.now, errand.is_full_sweep)
    unchanged: dict[str, dict[str, Any]] = {}
    with errand.connect(BASE, headers=bearer(errand.token), judge=by_graph) as session:
        page = _page(session, named("page", errand.options["page"], PAGE, EXPECTED))
        about = {"edge": "posts", "page": str(page["id"])}
        for answer in reachable(answers(session, f"{page['id']}/posts", _post_parameters(errand))):
            yield Page(answer.body, about)
            for post in filter(_has_id, answer.body["data"]):
                name = str(post["id"])
                if ledger.is_due(name, _mark(post)):
                    found = _comment_pages(session, post, str(page["id"]))
                    yield from left.asked(name, ledger.told(name, _mark(post), found))
                else:
                    unchanged[name] = post
        for name in ledger.longest_ago(unchanged, str):
            found = _comment_pages(session, unchanged[name], str(page["id"]))
            again = ledger.told_again(name, _mark(unchanged[name]), found)
            yield from left.asked(name, again)
        yield from left.at_last()
        if errand.is_full_sweep:
            yield Page(page, {"edge": "page", "page": str(page["id"])}, memory=ledger.swept())


def _page(session: Session, name: str) -> dict[str, Any]:
    """The page; raises `GiveUp` if the token is bad or may not see it."""
    try:
        page: dict[str, Any] = without_links(session.get(name, {"fields": "id,name"}))
    except Absent as absent:
        raise GiveUp(
            f"the page `{name}` is not there, or the token may not see it: {absent}."
        ) from None
    return page


def _post_parameters(errand: Errand) -> dict[str, str | int]:
    parameters: dict[str, str | int] = {"fields": POST_FIELDS, "limit": POSTS_A_PAGE}
    if not errand.is_full_sweep:
        parameters["since"] = int(errand.look_back.timestamp())
    return parameters


def _has_id(value: Any) -> bool:
    return isinstance(value, dict) and text_in(value, "id") is not None


def _has_address(value: Any) -> bool:
    """Whether a comment that lacks its id holds it in its address."""
    return isinstance(value, dict) and "comment_id=" in (text_in(value, "permalink_url") or "")


def _mark(post: dict[str, Any]) -> str:
    """Changes with each comment: Facebook moves `updated_time` then, too."""
    total = object_in(object_in(post, "comments"), "summary").get("total_count")
    return f"{total} {text_in(post, 'updated_time')}"


def _comment_pages(session: Session, post: dict[str, Any], page: str) -> Iterator[Page]:
    """The comments of a post; the last page says that they are all."""
    full, (native, _) = str(post["id"]), ids_of_post(post)
    about = {"edge": "comments", "page": page, "post": full}
    parameters: dict[str, str | int] = {
        "fields": COMMENT_FIELDS,
        "filter": "stream",
        "order": "chronological",
        "limit": COMMENTS_A_PAGE,
    }
    found = answers(session, f"{full}/comments", parameters)
    return Whole().completing(native, (Page(answer.body, about) for answer in found))


def read_page(page: LandedPage, rules: ReadingRules) -> Iterator[Record]:
    """The posts or the comments of one answer."""
    edge = page.about["edge"]
    if edge == "page":
        return
    for value in page.body["data"]:
        if not _has_id(value) and not (edge == "comments" and _has_address(value)):
            detail = f"an object of `{edge}` without `id`, expected one in each"
            yield Rejected(position=0, reason="broken record", detail=detail, line=page.line)
        elif edge == "posts":
            yield _post(value, rules)
        else:
            yield _comment(value, page, rules)


def _post(value: dict[str, Any], rules: ReadingRules) -> Post:
    native, _ = ids_of_post(value)
    return post_of(value, native or str(value["id"]), 0, rules)


def _comment(value: dict[str, Any], page: LandedPage, rules: ReadingRules) -> Comment:
    native, _ = ids_of_post({"id": page.about["post"]})
    return comment_of(value, Place(native, page.about["page"], None, page.line), 0, rules)


SOURCE = ApiSource(
    name=NAME,
    about="Posts of a Facebook page and their comments, asked of the Graph API",
    how_to_get="Make a token of your page with the permissions `pages_read_engagement` and "
    "`pages_read_user_content` (docs/sources/facebook_api.md says how), and name the page in "
    "`settings.toml`.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page),
    version=2,
    pages=pages,
    options={"page": "id of the page, its name, or its address"},
    needs=("page",),
    token="an access token of the page with `pages_read_engagement` and `pages_read_user_content`",
)
