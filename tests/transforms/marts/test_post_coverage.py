from collections.abc import Callable
from datetime import date, datetime

import pytest

from tests.builders import Row, comment_row, post_row

Mart = Callable[[str], list[Row]]
Given = Callable[..., None]


def test_what_is_reported_and_not_loaded_is_missing(given: Given, mart: Mart) -> None:
    given(
        posts=[post_row(reported_comment_count=5)],
        comments=[comment_row("c1"), comment_row("c2", is_owner=True)],
    )
    (row,) = mart("post_coverage")
    assert (row["reported_comment_count"], row["loaded_comment_count"]) == (5, 2)
    assert (row["missing_count"], row["is_whole"], row["own_answer_count"]) == (3, False, 1)
    assert row["post_title"] == "Title of p1"


@pytest.mark.parametrize("reported", [2, 1, 0])
def test_a_post_with_as_many_or_more_than_reported_is_whole(
    given: Given, mart: Mart, reported: int
) -> None:
    given(
        posts=[post_row(reported_comment_count=reported)],
        comments=[comment_row("c1"), comment_row("c2")],
    )
    (row,) = mart("post_coverage")
    assert (row["missing_count"], row["is_whole"]) == (0, True)


def test_what_no_platform_reports_is_unknown_and_not_nought(given: Given, mart: Mart) -> None:
    given(posts=[post_row()], comments=[comment_row()])
    (row,) = mart("post_coverage")
    assert row["loaded_comment_count"] == 1
    assert (row["reported_comment_count"], row["missing_count"], row["is_whole"]) == (None,) * 3


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"status": "hidden"}, True),
        ({"status": "unknown"}, True),
        ({"kind": "pingback"}, True),
        ({"status": "spam"}, False),
        ({"status": "trash"}, False),
        ({"status": "pending"}, False),
        ({"kind": "system"}, False),
        ({"gone_at_utc": datetime(2025, 11, 6)}, False),
    ],
    ids=str,
)
def test_only_what_a_platform_would_count_fills_the_gap(
    given: Given, mart: Mart, fields: Row, counts: bool
) -> None:
    given(posts=[post_row(reported_comment_count=1)], comments=[comment_row("c1", **fields)])
    (row,) = mart("post_coverage")
    assert (row["is_whole"], row["loaded_comment_count"]) == (counts, int(counts))
    assert row["left_out_count"] == (0 if fields == {"status": "unknown"} else 1)


@pytest.mark.parametrize(("platform", "loaded"), [("x", 1), ("bluesky", 1), ("reddit", 2)])
def test_platforms_that_report_direct_answers_are_compared_with_these(
    given: Given, mart: Mart, platform: str, loaded: int
) -> None:
    given(
        posts=[post_row(platform=platform, reported_comment_count=2)],
        comments=[
            comment_row("c1", platform=platform),
            comment_row("c2", platform=platform, parent_id="c1"),
        ],
    )
    (row,) = mart("post_coverage")
    assert row["loaded_comment_count"] == loaded


def test_posts_nobody_commented_and_posts_known_by_their_comments_only_are_rows(
    given: Given, mart: Mart
) -> None:
    given(
        posts=[post_row("quiet", reported_comment_count=0)],
        comments=[comment_row("c1", post_id="known by it"), comment_row("c2", post_id=None)],
    )
    known, quiet = mart("post_coverage")
    assert (known["post_id"], known["post_title"], known["channel"]) == (
        "known by it",
        None,
        "blog",
    )
    assert (quiet["loaded_comment_count"], quiet["is_whole"]) == (0, True)


def test_days_are_those_of_the_reporting_zone(given: Given, mart: Mart) -> None:
    late = datetime(2025, 11, 5, 23, 30)
    given(
        posts=[post_row(first_seen_at_utc=late, last_seen_at_utc=late)],
        comments=[comment_row("c1", last_seen_at_utc=datetime(2025, 11, 9, 12))],
    )
    (row,) = mart("post_coverage")
    assert row["last_seen_day"] == date(2025, 11, 9)
    assert row["first_seen_day"] <= date(2025, 11, 6)
