"""The posts of a LinkedIn page and their comments, through the Community Management API.

Format: https://learn.microsoft.com/linkedin/marketing/community-management/shares/ (posts-api,
social-metadata-api, comments-api). An interface version lives for about a year and is an option.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

import httpx

from flows.fetching.ledger import Ledger
from flows.fetching.left import Left
from flows.fetching.session import Absent, Session
from flows.fetching.verdicts import Verdict, by_status, told_seconds
from flows.fetching.whole import Incomplete, Whole, reachable
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.landed import ReadingRules
from flows.reading.linkedin_objects import (
    PLATFORM,
    activity_of,
    comment_of,
    moment_of,
    post_of,
    reply_count,
    urn_of,
)
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Record, Rejected
from models.errors import GiveUp

NAME = "linkedin_api"
BASE = "https://api.linkedin.com/rest/"

VERSION = "202610"
"""The newest when this was written; LinkedIn gives each version up after about a year."""

COUNT = 100
"""Most elements that LinkedIn gives at once."""

OVERLAP = 10
"""Elements that an answer has in common with the one before, as long as nobody deletes any."""

METADATA_COUNT = 50
"""Posts whose numbers are asked for at once: the address must not become too long."""

MOST_EMPTY = 3
"""Empty answers in a row that are followed on: LinkedIn filters after it has counted."""

Element = dict[str, Any]


@dataclass(frozen=True)
class Asking:
    """One run: the session, the URN of the page, and which posts were asked for."""

    session: Session
    owner: str
    errand: Errand
    ledger: Ledger


@dataclass(frozen=True)
class Asked:
    """A post, and what LinkedIn counts of it."""

    post: Element
    metadata: Element

    @property
    def urn(self) -> str:
        return str(self.post["id"])

    @property
    def mark(self) -> str:
        counts = self.metadata.get("commentSummary", {})
        changed = self.post.get("lastModifiedAt")
        return f"{counts.get('count')} {counts.get('topLevelCount')} {changed}"

    @property
    def is_silent(self) -> bool:
        """Whether nobody has commented, so that there is nothing to ask for."""
        return bool(self.metadata.get("commentSummary", {}).get("count") == 0)


def pages(errand: Errand) -> Iterator[Page]:
    """The posts of the page, each lot followed by the comments of those that changed.

    Then the comments of the others, if one was edited.
    """
    left = Left(errand.memory, errand.now)
    return left.pages(_pages(errand, left))


def _pages(errand: Errand, left: Left) -> Iterator[Page]:
    owner = _owner(errand.options["organization"])
    headers = {
        "authorization": f"Bearer {errand.token}",
        "linkedin-version": errand.options.get("version", "").strip() or VERSION,
        "x-restli-protocol-version": "2.0.0",
    }
    with errand.connect(BASE, headers=headers, judge=judge) as session:
        ledger = Ledger(errand.memory, errand.now, errand.is_full_sweep)
        asking = Asking(session, owner, errand, ledger)
        unchanged: list[Asked] = []
        for listed in _posts(asking):
            metadata = _metadata(session, [post["id"] for post in listed["elements"]])
            posts = [Asked(post, metadata.get(post["id"], {})) for post in listed["elements"]]
            due = [one for one in posts if ledger.is_due(one.urn, one.mark)]
            unchanged += [one for one in posts if not one.is_silent]
            if due:
                about = {"asked": "posts", "owner": owner, "metadata": metadata}
                yield Page(listed, about=about, memory=_memory_of_silent(asking, due))
            for one in due:
                if errand.is_full_sweep or not one.is_silent:
                    found = ledger.told(one.urn, one.mark, _post_pages(asking, one))
                    yield from left.asked(one.urn, found)
        for one in ledger.longest_ago(unchanged, lambda one: one.urn):
            again = ledger.told_again(one.urn, one.mark, _post_pages(asking, one))
            yield from left.asked(one.urn, again)
        yield from left.at_last()
        if errand.is_full_sweep:
            yield Page(None, memory=ledger.swept())


def _owner(organization: str) -> str:
    number = organization.strip().rstrip("/").rpartition("/")[2].rpartition(":")[2]
    return f"urn:li:organization:{number}"


def _memory_of_silent(asking: Asking, due: list[Asked]) -> dict[str, Any] | None:
    """What to remember of the posts that need not be asked for; None without any."""
    memory = None
    for one in due:
        if one.is_silent and not asking.errand.is_full_sweep:
            memory = asking.ledger.asked(one.urn, one.mark)
    return memory


def _posts(asking: Asking) -> Iterator[Element]:
    """The lists of posts, those changed last first, down to what the run looks back to."""
    parameters = {"author": asking.owner, "q": "author", "sortBy": "LAST_MODIFIED"}
    found = _listed(asking.session, "posts", parameters, lambda post: str(post["id"]))
    for listed in reachable(found):
        posts = listed["elements"]
        if not asking.errand.is_full_sweep:
            posts = [post for post in posts if _is_recent(post, asking.errand.look_back)]
        yield listed | {"elements": posts}
        if len(posts) < len(listed["elements"]):
            return


def _is_recent(post: Element, since: datetime) -> bool:
    changed = moment_of(post.get("lastModifiedAt") or post.get("createdAt"))
    return changed is None or changed >= since


def _listed(
    session: Session,
    path: str,
    parameters: Mapping[str, str],
    name: Callable[[Element], str],
) -> Iterator[Element]:
    """Every answer of a list, without links and what came before.

    The last is shorter than asked for and names no next one (`total` is unreliable). Raises
    `Incomplete` behind it if something may have slipped through between two answers: what is
    deleted while the list is asked for moves all behind it up. So does, at once, a list without an
    end: the same elements again, or nothing again and again.
    """
    start, empty, has_gap = 0, 0, False
    seen, before = set[str](), set[str]()
    while True:
        answer = session.get(path, {**parameters, "start": start, "count": COUNT})
        elements = answer["elements"]
        links = answer.get("paging", {}).get("links") or []
        is_last = len(elements) < COUNT and not any(link.get("rel") == "next" for link in links)
        names = {name(element) for element in elements}
        new = [element for element in elements if name(element) not in seen]
        has_gap = has_gap or (start > 0 and not names & before)
        empty = 0 if new else empty + 1
        if not is_last and (empty >= MOST_EMPTY or (elements and not new)):
            raise Incomplete("LinkedIn's list has no end.")
        yield {"elements": new, "paging": {"start": start, "count": COUNT}}
        if is_last:
            break
        seen, before = seen | names, names
        start += COUNT - OVERLAP
    if has_gap:
        raise Incomplete("LinkedIn's list moved while it was asked for.")


def _metadata(session: Session, urns: list[str]) -> dict[str, Element]:
    """Numbers of comments and reactions by post; nothing for those that LinkedIn withholds."""
    found: dict[str, Element] = {}
    for first in range(0, len(urns), METADATA_COUNT):
        # Brackets and commas of the list are not to be encoded, what is in it is.
        listed = ",".join(quote(urn, safe="") for urn in urns[first : first + METADATA_COUNT])
        try:
            answer = session.get(f"socialMetadata?ids=List({listed})")
        except Absent:
            continue
        found |= {unquote(urn): entity for urn, entity in answer.get("results", {}).items()}
    return found


def _post_pages(asking: Asking, asked: Asked) -> Iterator[Page]:
    """The comments of a post and the answers below them; the last page says that they are all."""
    whole = Whole()
    return whole.completing(asked.urn, _thread(asking, asked, whole))


def _thread(asking: Asking, asked: Asked, whole: Whole) -> Iterator[Page]:
    about = {"asked": "comments", "owner": asking.owner, "post": asked.urn}
    first = {"listed": asked.post, "metadata": asked.metadata}
    for answer in _comments(asking.session, asked.urn, asked.metadata):
        yield Page(answer, about=about | first)
        first = {}
        for comment in answer["elements"]:
            if _may_have_answers(comment, asked.metadata):
                name = urn_of(comment)
                answers = _comments(asking.session, name, asked.metadata)
                for more in whole.lists(answers):
                    yield Page(more, about={**about, "parent": name})


def _comments(session: Session, target: str, metadata: Element) -> Iterator[Element]:
    """What stands right below a post or a comment; where comments are closed it may be refused."""
    path = f"socialActions/{quote(target, safe='')}/comments"
    try:
        yield from _listed(session, path, {}, urn_of)
    except GiveUp:
        if metadata.get("commentsState") != "CLOSED":
            raise
        raise Incomplete("LinkedIn does not tell comments that are closed.") from None


def _may_have_answers(comment: Element, metadata: Element) -> bool:
    """Whether to ask for answers: not all comments say how many they have."""
    told = reply_count(comment)
    if told is not None:
        return told > 0
    counts = metadata.get("commentSummary", {})
    total, top = counts.get("count"), counts.get("topLevelCount")
    return total is None or top is None or total > top


def judge(response: httpx.Response) -> Verdict:
    """As HTTP says, but that LinkedIn throttles until midnight UTC and gives versions up."""
    status = response.status_code
    if status == 429:
        seconds = told_seconds(response)
        wait = _seconds_to_midnight() if seconds is None else seconds
        return Verdict("limit", "LinkedIn's limit for today is reached", wait)
    if status in (410, 426) or (status == 400 and b"VERSION" in response.content):
        detail = "this version of the interface is no longer served"
        return Verdict("refuse", f"{detail}: set `version` to a newer one, as `{VERSION}`")
    if status == 401:
        return Verdict("refuse", "the token is wrong or has run out after its 60 days: get another")
    if status == 403:
        detail = "the app needs `r_organization_social`, and its owner a role on the page"
        return Verdict("refuse", f"LinkedIn refuses: {detail}")
    return by_status(response)


def _seconds_to_midnight() -> float:
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return (midnight - now).total_seconds()


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """Posts, or a post with the URN that its comments give it, and comments."""
    about, elements = page.about, page.body["elements"]
    metadata = about.get("metadata", {})
    if about["asked"] == "posts":
        for value in elements:
            yield _made(post_of, value, metadata.get(value.get("id"), {}))
        return
    if listed := about.get("listed"):
        activity = next(filter(None, map(activity_of, elements)), None)
        yield _made(post_of, listed, metadata, activity)
    for value in elements:
        yield _made(comment_of, value, about["post"], about["owner"], about.get("parent"))


def _made(make: Callable[..., Record], *arguments: Any) -> Record:
    """What `make` makes of its arguments; a rejection where they are not what it expects."""
    try:
        return make(*arguments)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        detail = f"a post or comment that can't be read ({type(error).__name__})"
        return Rejected(position=0, reason="broken record", detail=detail)


SOURCE = ApiSource(
    name=NAME,
    about="Posts of a LinkedIn page with their comments and answers",
    how_to_get="Apply for the Community Management API with an app of your own on "
    "developer.linkedin.com, then get a token as an administrator of the page.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page),
    version=3,
    pages=pages,
    options={
        "organization": "number of the page: it stands in the address of its admin view",
        "version": f"version of the interface, year and month (`{VERSION}` if not set)",
    },
    needs=("organization",),
    token="access token of an app with `r_organization_social`, good for 60 days",
)
