import email.utils
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from flows.fetching.verdicts import EPOCH_SINCE, LONGEST_PAUSE, by_status, told_seconds


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "fine"),
        (204, "fine"),
        (401, "refuse"),
        (403, "refuse"),
        (404, "absent"),
        (408, "wait"),
        (410, "absent"),
        (418, "refuse"),
        (429, "limit"),
        (500, "wait"),
        (503, "wait"),
    ],
)
def test_a_status_says_what_to_do(status: int, kind: str) -> None:
    assert by_status(httpx.Response(status)).kind == kind


def test_a_server_that_is_away_and_says_for_how_long_sets_a_limit() -> None:
    verdict = by_status(httpx.Response(503, headers={"retry-after": "7"}))
    assert (verdict.kind, verdict.seconds) == ("limit", 7)


def told(name: str, value: str) -> float | None:
    return told_seconds(httpx.Response(429, headers={name: value}))


def test_a_header_says_how_long_to_wait_in_either_way() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=60)
    assert told("retry-after", "60") == 60
    assert told("retry-after", email.utils.format_datetime(soon)) == pytest.approx(60, abs=5)
    assert told("x-ratelimit-reset", "60.0") == 60
    assert told("x-rate-limit-reset", f"{soon.timestamp():.0f}") == pytest.approx(60, abs=5)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("soon", None), ("inf", None), ("-5", 0), ("1e300", LONGEST_PAUSE)],
)
def test_a_wait_that_makes_no_sense_is_none_or_bounded(value: str, seconds: float | None) -> None:
    assert told("retry-after", value) == seconds


def test_a_moment_that_is_past_is_no_wait() -> None:
    assert told("ratelimit-reset", str(EPOCH_SINCE + 1)) == 0


def test_without_a_header_nothing_is_told() -> None:
    assert told_seconds(httpx.Response(429)) is None
