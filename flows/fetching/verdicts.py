"""What an answer of a platform means, by HTTP: use it, wait, leave it, give up; and for how long.

Platforms differ (Facebook throttles with 400), so a source may bring a `Judge` of its own.
"""

import email.utils
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import httpx

LONGEST_PAUSE = 31 * 24 * 3600.0
"""Seconds; no limit lasts longer, whatever a header says."""

RESET_HEADERS = ("x-rate-limit-reset", "ratelimit-reset", "x-ratelimit-reset")
EPOCH_SINCE = 1_000_000_000
"""A reset header above is a moment (epoch seconds), below a number of seconds from now."""


@dataclass(frozen=True)
class Verdict:
    """What an answer means. `reason` is told to people: no text, name or token of the answer.

    fine: use it, after a pause of `seconds` before the next question; wait: ask again after
    `seconds` (None: a little longer each time); limit: as wait, but if it does not end, it is no
    fault: the run stops well; absent: raise `Absent`; refuse: raise `GiveUp`.
    """

    kind: Literal["fine", "wait", "limit", "absent", "refuse"]
    reason: str = ""
    seconds: float | None = None


Judge = Callable[[httpx.Response], Verdict]
FINE = Verdict("fine")


def by_status(response: httpx.Response) -> Verdict:
    """What HTTP itself says (RFC 9110, RFC 6585), and the usual headers on waiting."""
    status = response.status_code
    if status < 300:
        return FINE
    if status == 429 or (status == 503 and "retry-after" in response.headers):
        return Verdict("limit", "the platform asks for fewer questions", told_seconds(response))
    if status >= 500 or status in (408, 425):
        return Verdict("wait", f"the platform answers {status}")
    if status in (404, 410):
        return Verdict("absent", f"the platform answers {status}")
    if status in (401, 403):
        return Verdict("refuse", f"the platform answers {status}: check the token and its rights")
    return Verdict("refuse", f"the platform answers {status}, expected 200")


def told_seconds(response: httpx.Response) -> float | None:
    """How long `Retry-After` or a reset header says to wait; None if neither does."""
    now = datetime.now(UTC)
    if told := response.headers.get("retry-after", "").strip():
        if (seconds := _number(told)) is not None:
            return _bounded(seconds)
        try:
            moment = email.utils.parsedate_to_datetime(told)
        except ValueError:
            return None
        placed = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return _bounded((placed - now).total_seconds())
    for name in RESET_HEADERS:
        value = _number(response.headers.get(name, ""))
        if value is not None:
            return _bounded(value - now.timestamp() if value > EPOCH_SINCE else value)
    return None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), LONGEST_PAUSE)
