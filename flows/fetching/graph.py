"""Meta's Graph API, as Facebook and Instagram share it: its errors, limits and paged answers.

Errors: https://developers.facebook.com/docs/graph-api/guides/error-handling, limits:
https://developers.facebook.com/docs/graph-api/overview/rate-limiting, v26.0. It throttles with
HTTP 400 and a code, and says in a header of its own for how many minutes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from flows.fetching.session import UNTOLD_PAUSE, Parameters, Session
from flows.fetching.turning import InCircles
from flows.fetching.verdicts import Verdict, by_status
from models.errors import TryAgain

THROTTLED = frozenset({4, 17, 32, 613, *range(80_000, 80_015)})
"""Codes of too many questions: of the app, the user, the page, an own limit, a business."""

TOO_MUCH = 1
"""Of an unknown problem, which mostly is that too much was asked for at once."""

TRANSIENT = frozenset({TOO_MUCH, 2})
BAD_TOKEN = frozenset({102, 190, 463, 467})
NO_PERMISSION = frozenset({3, 10, *range(200, 300)})
NOT_THERE = frozenset({(100, 33), (803, None)})
"""(code, subcode) of an object that is gone, or that the token may not see."""

BUSY_SHARE = 80.0
"""Per cent of a limit from which on questions are asked more slowly."""

LONGEST_PAUSE = 60.0
"""Seconds between two questions when a limit is all but reached."""

USAGE_HEADERS = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
BUSINESS_HEADER = "x-business-use-case-usage"
USAGES = ("call_count", "total_time", "total_cputime")

SECRETS = frozenset({"access_token", "appsecret_proof"})
"""Parameters of the links in `paging` that must not be sent on, stored or told."""


@dataclass(frozen=True)
class Answer:
    """One answer of an edge, without its links.

    `unfinished` are the ids of its objects that hold an edge which does not end within them.
    """

    body: dict[str, Any]
    unfinished: tuple[str, ...] = ()


class TooMuch(TryAgain):
    """The same question may be answered if it asks for fewer objects."""


def bearer(token: str | None) -> dict[str, str]:
    """The header that holds the token, so that no address does."""
    return {"authorization": f"Bearer {token}"} if token else {}


def by_graph(response: httpx.Response) -> Verdict:
    """What an answer of the Graph API means; the message of an error is never told."""
    error = _error(response)
    if not error:
        verdict = by_status(response)
        return Verdict("fine", seconds=_pause(response)) if verdict.kind == "fine" else verdict
    code, subcode = _whole(error.get("code")), _whole(error.get("error_subcode"))
    told = f"Graph error {code}" if code is not None else "an error of the Graph API"
    if code in THROTTLED:
        # Asking on would prolong the pause.
        seconds = _regain_seconds(response) or UNTOLD_PAUSE
        return Verdict("limit", f"the platform asks for fewer questions ({told})", seconds)
    if code in BAD_TOKEN:
        return Verdict("refuse", f"the token is not valid or has expired ({told}): make a new one")
    if code == TOO_MUCH and _limit(response.request.url.params) > 1:
        raise TooMuch(f"the platform would give less ({told}). Run the same again later.")
    if code in TRANSIENT or error.get("is_transient") is True:
        return Verdict("wait", f"the platform has a passing problem ({told})")
    if {(code, subcode), (code, None)} & NOT_THERE:
        return Verdict("absent", f"it is not there, or not for this token ({told})")
    if code in NO_PERMISSION:
        return Verdict("refuse", f"the token lacks a permission ({told})")
    return Verdict("refuse", f"the platform refuses the question ({told})")


def answers(session: Session, edge: str, parameters: Parameters) -> Iterator[Answer]:
    """Every answer of an edge, each asked for when the one before has been used.

    An empty answer may have a next one. Where an answer is too much for the platform, it and those
    that follow hold half as many objects. Raises `InCircles` behind the last answer if a link was
    followed before: nobody knows what it would still have held.
    """
    wanted: dict[str, str | int] = dict(parameters)
    asked: set[frozenset[tuple[str, str]]] = set()
    while True:
        asked.add(_as_asked(wanted))
        try:
            body = session.get(edge, wanted)
        except TooMuch:
            half = {"limit": _limit(wanted) // 2}
            parameters, wanted = {**parameters, **half}, {**wanted, **half}
            continue
        following = next_parameters(body)
        yield Answer(without_links(body), _unfinished(body))
        if following is None:
            return
        wanted = {**parameters, **following}
        if _as_asked(wanted) in asked:
            raise InCircles("The platform's links lead back to one that was followed before.")


def next_parameters(body: Mapping[str, Any]) -> dict[str, str] | None:
    """The parameters of the next answer, without secrets; None where this one is the last."""
    paging = body.get("paging")
    link = paging.get("next") if isinstance(paging, dict) else None
    if not isinstance(link, str) or not link:
        return None
    pairs = parse_qsl(urlsplit(link).query, keep_blank_values=True)
    return {name: value for name, value in pairs if name not in SECRETS}


def without_links(body: Any) -> Any:
    """An answer without any `paging`: its links hold a token, and so do fields of that name."""
    if isinstance(body, dict):
        kept = {name: part for name, part in body.items() if name not in {"paging", *SECRETS}}
        return {name: without_links(part) for name, part in kept.items()}
    return [without_links(part) for part in body] if isinstance(body, list) else body


def _unfinished(body: Mapping[str, Any]) -> tuple[str, ...]:
    objects = body.get("data")
    return tuple(
        str(one["id"])
        for one in (objects if isinstance(objects, list) else [])
        if isinstance(one, dict)
        and "id" in one
        and any(isinstance(edge, dict) and next_parameters(edge) for edge in one.values())
    )


def _as_asked(parameters: Parameters) -> frozenset[tuple[str, str]]:
    return frozenset((name, str(value)) for name, value in parameters.items())


def _limit(parameters: Mapping[str, Any]) -> int:
    """How many objects a question asks for at most; 1 if it does not say."""
    told = str(parameters.get("limit", ""))
    return int(told) if told.isascii() and told.isdigit() else 1


def _error(response: httpx.Response) -> dict[str, Any] | None:
    try:
        body = response.json()
    except ValueError:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _pause(response: httpx.Response) -> float | None:
    """Nothing below `BUSY_SHARE`, then longer and longer."""
    usage = max((_number(one.get(name)) for one in _usages(response) for name in USAGES), default=0)
    share = (usage - BUSY_SHARE) / (100 - BUSY_SHARE)
    return min(share, 1.0) * LONGEST_PAUSE if share > 0 else None


def _regain_seconds(response: httpx.Response) -> float:
    """What the business header says, in minutes, until questions are answered again."""
    usages = _of_header(response, BUSINESS_HEADER)
    name = "estimated_time_to_regain_access"
    return 60 * max((_number(one.get(name)) for one in usages), default=0.0)


def _usages(response: httpx.Response) -> list[dict[str, Any]]:
    return [one for name in USAGE_HEADERS for one in _of_header(response, name)]


def _of_header(response: httpx.Response, name: str) -> list[dict[str, Any]]:
    """The usages in a header: one object, or lists of them by business."""
    try:
        told = json.loads(response.headers.get(name, ""))
    except ValueError:
        return []
    if not isinstance(told, dict):
        return []
    listed = [part for part in told.values() if isinstance(part, list)]
    return [one for part in listed for one in part if isinstance(one, dict)] if listed else [told]


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else 0.0
