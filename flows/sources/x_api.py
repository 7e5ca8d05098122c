"""The posts of an X account and the answers below them, through API v2, each paid for once.

Format: https://docs.x.com/x-api (openapi.json 2.167). X charges for every post that it gives, but
once a UTC day; the search reaches back seven days. So what was read is never asked for again: each
conversation is asked for what is newer than its newest answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from flows.fetching.left import Left
from flows.fetching.named import named
from flows.fetching.session import Session, holding
from flows.fetching.verdicts import Verdict, by_status, told_seconds
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.landed import ReadingRules
from flows.reading.x_objects import PLATFORM, comment_of, moment_of_id, post_of, problems_in
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Record, Rejected
from models.errors import GiveUp

NAME = "x_api"
BASE = "https://api.x.com/2/"

HANDLE = re.compile(
    r"(?:(?:https?://)?(?:\w+\.)?(?:x|twitter)\.com/)?@?(\w+)/?(?:[?#].*)?", re.ASCII
)
"""A handle, as it is or out of the address of its profile."""

EXPECTED = "a handle as in `x.com/cio_nordhafen`"

COUNT = 100
"""Most posts that X gives at once."""

REACH = timedelta(days=7) - timedelta(minutes=15)
"""How far back the search goes, less what a run may take: older ids in a question are refused."""

WINDOW = 15 * 60.0
"""Seconds after which X counts questions anew, where it does not say."""

CAP_PAUSE = 24 * 3600.0
"""Seconds to leave X alone when the posts of the month are used up."""

Parameters = dict[str, str | int]

FIELDS = (
    "author_id,conversation_id,created_at,entities,attachments,in_reply_to_user_id,lang,"
    "public_metrics"
)
DIALECTS: dict[str, Parameters] = {
    "tweet": {"tweet.fields": f"{FIELDS},edit_history_tweet_ids,note_tweet,referenced_tweets"},
    "post": {"post.fields": f"{FIELDS},edit_history_post_ids,note_post,referenced_posts"},
}
"""Both are live; no expansions are asked for: they would be charged as well."""

State = dict[str, Any]
"""How far a list was read: `since`, the newest id of all that was; of a list that is being read
also `newest`, the newest so far, and `until`, the oldest. `day`: the only day it was read on."""


@dataclass(frozen=True)
class Question:
    """A list to ask for; `reach` is how far back ids may lie in the question.

    Posts up to the id `above` are never wanted: the search holds the post of a conversation too,
    which would be paid for again.
    """

    path: str
    parameters: Parameters
    reach: datetime | None = None
    above: str | None = None


@dataclass(frozen=True)
class Answer:
    """One answer of a list, and how far the list was read with it.

    The last is not `is_whole` where X names the same next page again and again.
    """

    body: dict[str, Any]
    state: State
    is_last: bool
    is_whole: bool

    @property
    def is_empty(self) -> bool:
        return not self.body.get("data") and not self.body.get("errors")


@dataclass
class Account:
    """What is remembered of the account: its id, its own posts, and each conversation."""

    handle: str
    native_id: str
    own: State
    conversations: dict[str, State]

    @property
    def memory(self) -> dict[str, Any]:
        return {
            "handle": self.handle,
            "id": self.native_id,
            "own": dict(self.own),
            "conversations": {root: dict(state) for root, state in self.conversations.items()},
        }


def pages(errand: Errand) -> Iterator[Page]:
    """New own posts, then the new answers of every conversation within the look-back."""
    left = Left(errand.memory, errand.now)
    return left.pages(_pages(errand, left))


def _pages(errand: Errand, left: Left) -> Iterator[Page]:
    fields = _fields(errand)
    with errand.connect(BASE, headers=_headers(errand), judge=judge) as session:
        account = _known(errand)
        if not account.native_id:
            user = session.get(f"users/by/username/{account.handle}")
            account.native_id = _id_of_user(user, account.handle)
            yield Page(user, about={"asked": "user"}, memory=account.memory, is_end=True)
        yield from _own_pages(session, account, errand, fields)
        for root in sorted(account.conversations, key=int, reverse=True):
            answers = _conversation(session, account, root, errand, fields)
            yield from left.asked(root, answers)
        yield from left.at_last()


def _headers(errand: Errand) -> dict[str, str]:
    return {"authorization": f"Bearer {errand.token}"}


def _fields(errand: Errand) -> Parameters:
    dialect = errand.options.get("dialect", "").strip() or "tweet"
    if dialect not in DIALECTS:
        raise GiveUp(f"the option `dialect` is `{dialect}`, expected `tweet` or `post`.")
    return DIALECTS[dialect]


def _known(errand: Errand) -> Account:
    """What earlier runs remember; conversations from before the look-back are forgotten."""
    handle = named("username", errand.options["username"], HANDLE, EXPECTED)
    memory = errand.memory if errand.memory.get("handle") == handle else {}
    conversations = {
        root: dict(state)
        for root, state in memory.get("conversations", {}).items()
        if _is_within(root, errand.look_back)
    }
    return Account(handle, memory.get("id", ""), dict(memory.get("own", {})), conversations)


def _id_of_user(answer: Mapping[str, Any], handle: str) -> str:
    user = answer.get("data")
    if not user:
        raise GiveUp(f"X knows no account `{handle}`, or it is suspended; check `username`.")
    return str(user["id"])


def _own_pages(
    session: Session, account: Account, errand: Errand, fields: Parameters
) -> Iterator[Page]:
    """The own posts that no run has read, and an empty conversation for each."""
    parameters: Parameters = {"max_results": COUNT, "exclude": "retweets,replies"}
    if not account.own.get("since"):
        parameters["start_time"] = f"{errand.look_back:%Y-%m-%dT%H:%M:%SZ}"
    question = Question(f"users/{account.native_id}/tweets", parameters | fields)
    about = {"asked": "own", "owner": account.native_id}
    for answer in _answers(session, question, account.own):
        account.own = answer.state
        for post in answer.body.get("data", []):
            account.conversations.setdefault(str(post["id"]), {})
        if not answer.is_empty:
            yield Page(answer.body, about=about, memory=account.memory, is_end=True)


def _conversation(
    session: Session, account: Account, root: str, errand: Errand, fields: Parameters
) -> Iterator[Page]:
    """The new answers below one post, or in a full sweep all that X gives again for nothing.

    A page `completes` the post only where X gives every answer: it was made within the reach of
    the search, and nothing was left out as read before.
    """
    known, today = account.conversations[root], f"{errand.now:%Y-%m-%d}"
    is_unread = not known.keys() & {"since", "until"}
    is_free = known.get("day") == today and "until" not in known
    rereads = errand.is_full_sweep and is_free and not is_unread
    is_whole = (is_unread or rereads) and _is_within(root, errand.now - REACH)
    day = today if is_unread or known.get("day") == today else None
    query: Parameters = {"query": f"conversation_id:{root}", "max_results": COUNT}
    question = Question("tweets/search/recent", query | fields, errand.now - REACH, root)
    about = {"asked": "answers", "owner": account.native_id, "root": root}
    for answer in _answers(session, question, {} if rereads else known):
        if answer.is_last or not rereads:
            account.conversations[root] = answer.state | {"day": day}
        completes = root if is_whole and answer.is_whole else None
        if not answer.is_empty or (completes and errand.is_full_sweep):
            yield Page(answer.body, about, account.memory, completes, answer.is_last)


def _answers(session: Session, question: Question, state: State) -> Iterator[Answer]:
    """Each answer of a list, newest posts first.

    A list that was left in the middle is read to its end first, then what is newer.
    """
    since, newest, until = (state.get(key) for key in ("since", "newest", "until"))
    if until and _may_ask(until, question):
        yield from _range(session, question, since, newest, until)
    yield from _range(session, question, newest or since, None, None)


def _range(
    session: Session, question: Question, since: str | None, newest: str | None, until: str | None
) -> Iterator[Answer]:
    """The answers about the posts between two ids; `newest` was read before."""
    bounds = {"since_id": since or question.above, "until_id": until}
    parameters = question.parameters | {
        name: bound for name, bound in bounds.items() if bound and _may_ask(bound, question)
    }
    tokens = set[str]()
    while True:
        body = session.get(question.path, parameters, holding("meta", "data", "errors"))
        ids = [str(post["id"]) for post in body.get("data", [])]
        newest = max([*ids, newest or ""], key=_number) or None
        until = min([*ids, *([until] if until else [])], key=_number, default=None)
        token = body.get("meta", {}).get("next_token")
        is_last = not token or token in tokens
        middle = {"since": since, "newest": newest, "until": until}
        state = {"since": newest or since} if is_last else middle
        yield Answer(
            body, {key: value for key, value in state.items() if value}, is_last, not token
        )
        if is_last:
            return
        tokens.add(token)
        parameters["pagination_token"] = token


def _number(native_id: str) -> int:
    return int(native_id or 0)


def _may_ask(native_id: str, question: Question) -> bool:
    return question.reach is None or _is_within(native_id, question.reach)


def _is_within(native_id: str, since: datetime) -> bool:
    """Whether a post was made since then, as far as its id tells."""
    made = moment_of_id(native_id)
    return made is None or made >= since


def judge(response: httpx.Response) -> Verdict:
    """As HTTP says, but for X's windows of 15 minutes, and what is paid in advance."""
    status, text = response.status_code, response.text[:2000] if response.is_error else ""
    if status == 429 and "UsageCap" in text:
        return Verdict("limit", "the posts that X gives this month are used up", CAP_PAUSE)
    if status == 429:
        seconds = told_seconds(response)
        wait = WINDOW if seconds is None else seconds
        return Verdict("limit", "X asks for fewer questions", wait)
    if status == 402 or "CreditsDepleted" in text:
        detail = "the developer account has no credits left: buy some, or wait"
        return Verdict("refuse", f"X answers {status}: {detail}")
    if status == 401:
        return Verdict("refuse", "X answers 401: the token is wrong or was withdrawn")
    return by_status(response)


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """Own posts or the answers of one conversation, then what X could not give."""
    about, body = page.about, page.body
    if about["asked"] == "user":
        return
    for value in body.get("data", []):
        if not (isinstance(value, dict) and value.get("id") == about.get("root")):
            yield _made(value, about)
    for problem in problems_in(body):
        yield _rejected(problem)


def _made(value: Any, about: Mapping[str, Any]) -> Record:
    try:
        if about["asked"] == "own":
            return post_of(value)
        return comment_of(value, about["root"], about["owner"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return _rejected(f"a post that can't be read ({type(error).__name__})")


def _rejected(detail: str) -> Rejected:
    return Rejected(position=0, reason="broken record", detail=detail)


SOURCE = ApiSource(
    name=NAME,
    about="Posts of an X account with the answers below them (X charges for each)",
    how_to_get="On developer.x.com make a project with an app, load credits, and copy the app's "
    "bearer token.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page),
    pages=pages,
    options={
        "username": "handle of the account, as in x.com/handle, or that address",
        "dialect": "words that the interface is asked in, `tweet` (if not set) or `post`",
    },
    needs=("username",),
    token="bearer token of an app on developer.x.com",
    # Each answer was paid for: a run that is killed must not lose it.
    pages_a_file=1,
)
