from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest

from models.canonical import Comment, Post
from models.tables.post import POST
from tests.builders import comment
from transforms.canonical import (
    Origin,
    aware_utc,
    channel_of,
    comments_frame,
    naive_utc,
    posts_frame,
)


def frame(origin: Origin, *comments: Comment) -> pl.DataFrame:
    return comments_frame(comments, origin, Counter())


def test_a_time_comes_back_from_a_table_with_its_zone() -> None:
    summer = datetime(2025, 7, 1, 10, 0, tzinfo=timezone(timedelta(hours=2)))
    assert naive_utc(summer) == datetime(2025, 7, 1, 8, 0)
    assert aware_utc(naive_utc(summer)) == summer.astimezone(UTC)
    assert naive_utc(None) is aware_utc(None) is None


def test_ids_carry_platform_and_site(origin: Origin) -> None:
    answer = frame(origin, comment(7, post_native_id="12", parent_native_id="6"))
    assert answer.select("comment_id", "post_id", "parent_id").row(0) == (
        "blog:example.org:n7",
        "blog:example.org:12",
        "blog:example.org:6",
    )


def test_times_are_stored_in_utc(origin: Origin) -> None:
    summer = datetime(2025, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    answer = frame(origin, comment(created_at=summer))
    assert answer["created_at_utc"][0] == datetime(2025, 6, 30, 22, 30)


def test_a_comment_without_an_id_keeps_its_id_when_it_is_read_again(origin: Origin) -> None:
    nameless = comment(native_id=None)
    moved = comment(native_id=None, position=9, text=nameless.text)
    assert frame(origin, nameless)["comment_id"][0] == frame(origin, moved)["comment_id"][0]


def test_equal_comments_without_ids_stay_two_comments(origin: Origin) -> None:
    twins = [comment(1, native_id=None, text="+1"), comment(2, native_id=None, text="+1")]
    assert frame(origin, *twins)["comment_id"].n_unique() == 2


def test_no_name_of_an_author_is_left(origin: Origin) -> None:
    answer = frame(origin, comment(author="Anna Berg", author_name="Anna Berg"))
    assert "Anna" not in str(answer.rows())
    assert answer["author_key"][0] is not None


def test_a_comment_by_somebody_the_settings_name_is_the_owners() -> None:
    origin = Origin("f", datetime(2025, 1, 1).astimezone(), None, frozenset({"die it"}), b"k" * 32)
    names = (" Die IT ", "Anna", "@die it")
    answer = frame(origin, *(comment(n, author_name=name) for n, name in enumerate(names)))
    assert answer["is_owner"].to_list() == [True, False, True]


def test_broken_characters_do_not_stop_the_others(origin: Origin) -> None:
    answer = frame(origin, comment(1, text="halb \ud83d Emoji"), comment(2, text="ganz"))
    assert answer["text"].to_list() == ["halb \ufffd Emoji", "ganz"]


def test_unknown_counts_stay_unknown_and_zero_stays_zero(origin: Origin) -> None:
    answer = frame(origin, comment(1, like_count=None), comment(2, like_count=0))
    assert answer["like_count"].to_list() == [None, 0]


def test_of_posts_with_one_id_the_later_counts(origin: Origin) -> None:
    posts = [
        Post(platform="x", site="", native_id="1", position=place, title=title)
        for place, title in enumerate(["draft", "final"])
    ]
    answer = posts_frame(posts, origin)
    assert POST.require(answer)["title"].to_list() == ["final"]


@pytest.mark.parametrize(
    ("names", "link", "channel"),
    [
        pytest.param(("Twitter",), None, "x", id="another name"),
        pytest.param((None, "LinkedIn"), None, "linkedin", id="the first that is named"),
        pytest.param((), "https://www.linkedin.com/feed/update/1", "linkedin", id="by the link"),
        pytest.param((), "https://de.linkedin.com/posts/1", "linkedin", id="a country's host"),
        pytest.param((), "https://de-de.facebook.com/1", "facebook", id="a language's host"),
        pytest.param((), "https://mobile.twitter.com/1", "x", id="a device's host"),
        pytest.param((), "https://nordhafen.sharepoint.com/1", "intranet", id="a customer's host"),
        pytest.param((), "https://intern.example.org/1", "other", id="an unknown host"),
        pytest.param((), "https://netflix.com/1", "other", id="the end of another name"),
        pytest.param((), "https://[broken", "other", id="a broken link"),
        pytest.param(("  ",), None, "other", id="blank is not a name"),
    ],
)
def test_the_channel_is_told_by_name_or_link(
    names: tuple[str | None, ...], link: str | None, channel: str
) -> None:
    assert channel_of(*names, link=link) == channel


def test_the_channel_of_each_comment_is_its_own_but_for_one_that_all_share(origin: Origin) -> None:
    link = "https://www.youtube.com/watch?v=1"
    comments = [
        comment(channel=" YT ", position=1),
        comment(channel=" ", permalink=link, position=2),
        comment(channel=None, position=3),
        comment(channel="Facebook", permalink=link, position=4),
    ]
    found = frame(origin, *comments)["channel"].to_list()
    assert found == ["youtube", "youtube", "other", "facebook"]
    shared = replace(origin, channel="LinkedIn")
    assert set(frame(shared, *comments)["channel"]) == {"linkedin"}
