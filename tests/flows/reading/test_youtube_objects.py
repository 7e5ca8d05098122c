"""Objects of the YouTube Data API: what becomes of videos, threads, comments and odd ones."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.reading.youtube_objects import (
    Place,
    comment_of,
    comments_of_thread,
    has_all_answers,
    post_of,
)
from models.canonical import Comment, Post, Rejected

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "youtube-api"
OWNER = "UCnordhafen0000000000000"


def comment(native: str = "UgA", **fields: Any) -> dict[str, Any]:
    snippet = {
        "authorDisplayName": "@jonna",
        "authorProfileImageUrl": "https://yt3.example/picture.jpg",
        "authorChannelId": {"value": "UCjonna"},
        "videoId": "vid00000001",
        "textDisplay": "Why no <b>app</b>?",
        "textOriginal": "Why no *app*?",
        "likeCount": 0,
        "publishedAt": "2025-11-03T08:00:00Z",
        "updatedAt": "2025-11-03T08:00:00Z",
    }
    return {"kind": "youtube#comment", "id": native, "snippet": snippet | fields}


def thread(*answers: dict[str, Any], told: int | None = None, **fields: Any) -> dict[str, Any]:
    count = len(answers) if told is None else told
    snippet = {
        "channelId": OWNER,
        "videoId": "vid00000001",
        "topLevelComment": comment(),
        "totalReplyCount": count,
        "isPublic": True,
    }
    found = {"kind": "youtube#commentThread", "id": "UgA", "snippet": snippet | fields}
    return found | ({"replies": {"comments": list(answers)}} if answers else {})


def comment_with(**fields: Any) -> Comment:
    found = comment_of(comment(**fields), Place())
    assert isinstance(found, Comment)
    return found


def test_a_video_becomes_a_post_with_the_counts_that_are_told() -> None:
    video = {
        "id": "vid00000001",
        "snippet": {
            "publishedAt": "2025-11-01T09:00:00Z",
            "channelId": OWNER,
            "title": "IT-Strategie 2026",
            "description": "Was wir vorhaben.",
            "defaultAudioLanguage": "de",
        },
        "statistics": {"viewCount": "120", "likeCount": "0", "commentCount": "7"},
        "status": {"privacyStatus": "public"},
    }
    assert post_of(video) == Post(
        platform="youtube",
        site="",
        native_id="vid00000001",
        position=0,
        channel="youtube",
        kind="video",
        title="IT-Strategie 2026",
        text="Was wir vorhaben.",
        url="https://www.youtube.com/watch?v=vid00000001",
        author=OWNER,
        created_at=datetime(2025, 11, 1, 9, tzinfo=UTC),
        created_at_raw="2025-11-01T09:00:00Z",
        status="published",
        visibility="public",
        language_declared="de",
        reported_comment_count=7,
        reported_counts='{"like": 0, "view": 120}',
    )


def test_a_video_with_closed_comments_has_an_unknown_number_of_them() -> None:
    found = post_of({"id": "v", "snippet": {"title": "Closed"}, "statistics": {"viewCount": "1"}})
    assert isinstance(found, Post)
    assert found.reported_comment_count is None


def test_a_comment_is_taken_over_field_by_field_without_its_picture() -> None:
    found = comment_with()
    assert found == Comment(
        platform="youtube",
        site="",
        position=0,
        native_id="UgA",
        channel="youtube",
        post_native_id="vid00000001",
        reply_semantics="two_level",
        author="UCjonna",
        author_name="@jonna",
        text="Why no *app*?",
        text_format="plain",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T08:00:00Z",
        is_edited=False,
        status="published",
        like_count=0,
        permalink="https://www.youtube.com/watch?v=vid00000001&lc=UgA",
    )
    assert "picture" not in repr(found)


def test_without_the_original_the_text_is_as_it_was_asked_for() -> None:
    bare = comment(textOriginal=None)
    html, plain = comment_of(bare, Place()), comment_of(bare, Place(display_format="plain"))
    assert isinstance(html, Comment)
    assert isinstance(plain, Comment)
    assert (html.text, html.text_format) == ("Why no <b>app</b>?", "html")
    assert plain.text_format == "plain"


def test_a_later_update_is_an_edit() -> None:
    found = comment_with(updatedAt="2025-11-04T08:00:00Z")
    assert (found.is_edited, found.edited_at) == (True, datetime(2025, 11, 4, 8, tzinfo=UTC))
    assert comment_with(updatedAt=None).is_edited is None


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("published", "published"),
        ("heldForReview", "pending"),
        ("likelySpam", "spam"),
        ("rejected", "trash"),
        ("something new", "unknown"),
    ],
)
def test_what_moderation_says_is_translated(told: str, status: str) -> None:
    assert comment_with(moderationStatus=told).status == status


def test_an_answer_names_its_comment_or_holds_its_id() -> None:
    assert comment_with(parentId="UgA").parent_native_id == "UgA"
    assert comment_with(native="UgA.b7").parent_native_id == "UgA"
    assert comment_with().parent_native_id is None


def test_the_channel_of_the_video_is_the_owner_and_a_deleted_one_is_nobody() -> None:
    own = comment_of(comment(authorChannelId={"value": OWNER}), Place(channel=OWNER))
    gone = comment_of(comment(authorChannelId=None, authorDisplayName=""), Place(channel=OWNER))
    assert isinstance(own, Comment)
    assert isinstance(gone, Comment)
    assert own.is_owner
    assert (gone.is_owner, gone.author, gone.author_name) == (False, None, None)


def test_a_time_that_is_none_leaves_what_was_told() -> None:
    found = comment_with(publishedAt="yesterday")
    assert (found.created_at, found.created_at_raw) == (None, "yesterday")
    assert found.is_edited is None


def test_a_thread_gives_its_comment_and_the_answers_in_it() -> None:
    answer = comment("UgA.b7", authorChannelId={"value": OWNER}, parentId="UgA")
    opening, answered = comments_of_thread(thread(answer), Place())
    assert isinstance(opening, Comment)
    assert isinstance(answered, Comment)
    assert (opening.reply_count, opening.visibility) == (1, "public")
    assert (answered.parent_native_id, answered.is_owner) == ("UgA", True)


def test_some_of_the_answers_are_given_even_if_all_are_listed_elsewhere() -> None:
    part = thread(comment("UgA.b7"), told=9)
    assert not has_all_answers(part)
    opening, answered = comments_of_thread(part, Place())
    assert isinstance(opening, Comment)
    assert opening.reply_count == 9
    assert isinstance(answered, Comment)
    assert answered.native_id == "UgA.b7"


@pytest.mark.parametrize("broken", [{}, {"id": "UgA"}, {"id": "UgA", "snippet": "?"}])
def test_an_object_without_its_parts_is_rejected(broken: dict[str, Any]) -> None:
    assert isinstance(comment_of(broken, Place()), Rejected)
    assert isinstance(post_of(broken), Rejected)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("comment_thread_single", 1),
        ("comment_threads_all_to_me", 4),
        ("comment_threads_by_channel", 2),
        ("comment_threads_by_video_paged_1", 5),
        ("comment_threads_multi", 2),
        ("comment_threads_with_search", 1),
    ],
)
def test_real_threads_give_what_was_counted_in_them(name: str, count: int) -> None:
    items = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))["items"]
    found = [record for item in items for record in comments_of_thread(item, Place())]
    assert [type(record) for record in found] == [Comment] * count


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_a_real_answer_and_a_real_comment_are_as_they_stand_in_their_files() -> None:
    answers = json.loads((FIXTURES / "comments_by_parent_paged_1.json").read_text("utf-8"))
    first = comment_of(answers["items"][0], Place("F1UP7wRCPH8"))
    assert isinstance(first, Comment)
    assert first.native_id == "Ugw5zYU6n9pmIgAZWvN4AaABAg.91zT3cYb5B291za6voUoRh"
    assert first.parent_native_id == "Ugw5zYU6n9pmIgAZWvN4AaABAg"
    assert first.created_at == datetime(2019, 12, 1, 4, 46, 31, tzinfo=UTC)
    threads = json.loads((FIXTURES / "comment_threads_by_video_paged_1.json").read_text("utf-8"))
    (third,) = comments_of_thread(threads["items"][2], Place())
    assert isinstance(third, Comment)
    assert (third.like_count, third.post_native_id) == (4, "F1UP7wRCPH8")
    assert third.text == "Funny that they use heroku to show a demo instead of google cloud"
    videos = json.loads((FIXTURES / "videos_info_multi.json").read_text("utf-8"))
    posts = [post_of(item) for item in videos["items"]]
    assert [type(post) for post in posts] == [Post] * len(posts)
    assert isinstance(posts[0], Post)
    assert posts[0].created_at == datetime(2019, 3, 21, 20, 37, 49, tzinfo=UTC)
