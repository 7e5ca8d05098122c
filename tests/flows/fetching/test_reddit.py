"""What Reddit's answers mean; signing in is tested with the interface that asks them."""

from typing import Any

import httpx
import pytest

from flows.fetching.reddit import AccessEnded, judge


def answer(status: int, body: Any = None, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers=named)


def test_a_token_that_is_not_taken_any_more_is_no_refusal_yet() -> None:
    with pytest.raises(AccessEnded):
        judge(answer(401))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param({"reason": "private"}, "absent", id="closed"),
        pytest.param({"reason": "who knows"}, "refuse", id="another reason"),
        pytest.param({"reason": ["private"]}, "refuse", id="no word"),
        pytest.param([], "refuse", id="no object"),
    ],
)
def test_what_is_closed_is_data_and_no_fault_of_the_token(body: Any, kind: str) -> None:
    assert judge(answer(403, body)).kind == kind


@pytest.mark.parametrize(
    ("left", "seconds"),
    [
        pytest.param("900", None, id="plenty"),
        pytest.param("20.0", 15, id="few, spread"),
        pytest.param("0", 60, id="none, and no longer than Reddit's own refusal"),
        pytest.param("many", None, id="no number"),
    ],
)
def test_few_questions_are_spread_over_the_rest_of_the_window(
    left: str, seconds: float | None
) -> None:
    headers = {"x_ratelimit_remaining": left, "x_ratelimit_reset": "300"}
    verdict = judge(answer(200, {}, **headers))
    assert (verdict.kind, verdict.seconds) == ("fine", seconds)
