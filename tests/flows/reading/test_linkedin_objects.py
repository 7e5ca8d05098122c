"""LinkedIn's URNs and objects: what becomes of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flows.reading.linkedin_objects import (
    activity_of,
    comment_of,
    comment_urns_in,
    moment_of,
    moment_of_comment,
    moment_of_urn,
    plain_commentary,
    post_of,
    post_urn_in,
    reply_count,
    said_alias,
    urn_of,
)
from models.canonical import Comment, Post

OWNER = "urn:li:organization:2414183"
SHARE = "urn:li:share:7391739455000000001"
ACTIVITY = "urn:li:activity:7391739456123904001"
AT = datetime(2025, 11, 5, 10, 0, tzinfo=UTC)
MILLISECONDS = 1_762_336_800_000


def comment(**fields: Any) -> dict[str, Any]:
    return {
        "id": "7391800000000000001",
        "commentUrn": f"urn:li:comment:({ACTIVITY},7391800000000000001)",
        "object": ACTIVITY,
        "actor": "urn:li:person:AbC123",
        "message": {"text": "Endlich eine klare Linie.", "attributes": []},
        "created": {"time": MILLISECONDS, "actor": "urn:li:person:AbC123"},
        "lastModified": {"time": MILLISECONDS, "actor": "urn:li:person:AbC123"},
        "likesSummary": {"totalLikes": 2, "aggregatedTotalLikes": 3},
        "commentsSummary": {"totalFirstLevelComments": 1, "aggregatedTotalComments": 1},
    } | fields


def read(**fields: Any) -> Comment:
    return comment_of(comment(**fields), SHARE, OWNER, None)


def test_a_comment_becomes_a_comment_of_the_post_that_was_asked_for() -> None:
    said = [said_alias(of, AT, "Endlich eine klare Linie.") for of in (ACTIVITY, SHARE)]
    assert read() == Comment(
        platform="linkedin",
        site="",
        position=0,
        native_id=f"urn:li:comment:({ACTIVITY},7391800000000000001)",
        channel="linkedin",
        post_native_id=SHARE,
        reply_semantics="two_level",
        author="urn:li:person:AbC123",
        text="Endlich eine klare Linie.",
        created_at=AT,
        created_at_raw="1762336800000",
        is_edited=False,
        status="published",
        like_count=3,
        reply_count=1,
        permalink=f"https://www.linkedin.com/feed/update/{ACTIVITY}/"
        f"?commentUrn=urn:li:comment:({ACTIVITY},7391800000000000001)",
        aliases=("7391800000000000001", *map(str, said)),
    )


def test_a_later_change_is_an_edit_and_the_page_is_the_owner() -> None:
    edited = read(lastModified={"time": MILLISECONDS + 60_000}, actor=OWNER)
    assert edited.edited_at == datetime(2025, 11, 5, 10, 1, tzinfo=UTC)
    assert (edited.is_edited, edited.is_owner) == (True, True)


def test_what_linkedin_leaves_out_stays_unknown() -> None:
    bare = comment_of({"id": 5, "object": ACTIVITY}, SHARE, OWNER, "urn:li:comment:(x,1)")
    assert bare.native_id == f"urn:li:comment:({ACTIVITY},5)"
    assert bare.parent_native_id == "urn:li:comment:(x,1)"
    assert (bare.text, bare.created_at, bare.like_count, bare.reply_count) == (None,) * 4
    assert (bare.is_edited, bare.author, bare.aliases) == (None, None, ("5",))


def test_no_likes_are_zero() -> None:
    assert read(likesSummary={"totalLikes": 0}).like_count == 0


def test_pictures_and_mentions_are_told_without_names_and_addresses() -> None:
    found = read(
        content=[
            {"type": "IMAGE", "url": "https://x/s?t=1", "entity": {"image": "urn:li:image:C5"}}
        ],
        message={
            "text": "Maren Tjaden danke",
            "attributes": [
                {"start": 0, "length": 12, "value": {"person": {"person": "urn:li:person:Zz"}}},
                {"start": "0"},
            ],
        },
    )
    assert found.attachments == '[{"id": "urn:li:image:C5", "type": "IMAGE"}]'
    assert found.mentions == '[{"id": "urn:li:person:Zz", "length": 12, "offset": 0}]'


def test_a_post_takes_its_numbers_from_the_metadata_and_its_other_urn_from_its_comments() -> None:
    value = {
        "id": SHARE,
        "author": OWNER,
        "commentary": r"Unser Weg \(neu\) mit @[Stadtwerke](urn:li:organization:1) "
        r"{hashtag|\#|cloud}",
        "createdAt": MILLISECONDS - 5_000,
        "publishedAt": MILLISECONDS,
        "lastModifiedAt": MILLISECONDS + 1_000,
        "lifecycleState": "PUBLISHED",
        "visibility": "PUBLIC",
        "content": {"article": {"title": "Weg in die Cloud", "source": "https://a.example"}},
    }
    metadata = {
        "commentSummary": {"count": 7, "topLevelCount": 3},
        "reactionSummaries": {"LIKE": {"reactionType": "LIKE", "count": 4}, "PRAISE": {"count": 0}},
        "entity": SHARE,
    }
    assert post_of(value, metadata, ACTIVITY) == Post(
        platform="linkedin",
        site="",
        native_id=SHARE,
        position=0,
        channel="linkedin",
        title="Weg in die Cloud",
        text="Unser Weg (neu) mit Stadtwerke #cloud",
        url=f"https://www.linkedin.com/feed/update/{SHARE}/",
        author=OWNER,
        created_at=AT,
        created_at_raw="1762336800000",
        updated_at=datetime(2025, 11, 5, 10, 0, 1, tzinfo=UTC),
        status="published",
        visibility="public",
        reported_comment_count=7,
        reported_counts='{"like": 4, "praise": 0}',
        aliases=(ACTIVITY,),
    )


def test_a_post_without_metadata_has_no_count() -> None:
    bare = post_of({"id": SHARE}, {})
    assert (bare.reported_comment_count, bare.created_at, bare.aliases) == (None, None, ())


@pytest.mark.parametrize(
    ("link", "urn"),
    [
        ("https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7345821826846990338", None),
        ("https://www.linkedin.com/feed/update/urn:li:ugcPost:7345821826846990338/", None),
        ("https://www.linkedin.com/feed/update/urn%3Ali%3AgroupPost%3A2642255-590962", None),
        (
            "https://www.linkedin.com/posts/swn_cloud-activity-7345821826846990338-aBcD?utm=1",
            "urn:li:activity:7345821826846990338",
        ),
        ("https://www.linkedin.com/pulse/unser-weg", "none"),
        ("", "none"),
    ],
)
def test_the_urn_of_a_post_is_found_in_its_address(link: str, urn: str | None) -> None:
    expected = link.rpartition("/update/")[2].strip("/").replace("%3A", ":")
    assert post_urn_in(link) == {None: expected, "none": None}.get(urn, urn)


def test_the_urns_of_comments_are_written_out_in_full() -> None:
    link = (
        "https://www.linkedin.com/feed/update/urn:li:activity:1?commentUrn="
        "urn%3Ali%3Acomment%3A%28activity%3A1%2C22%29&replyUrn=urn:li:comment:(urn:li:activity:1,33)"
    )
    assert comment_urns_in(link) == [
        "urn:li:comment:(urn:li:activity:1,22)",
        "urn:li:comment:(urn:li:activity:1,33)",
    ]


def test_times_are_taken_from_numbers_only_where_they_hold_one() -> None:
    # LinkedIn's own export says 2025-07-01 14:33:22 for this post.
    assert str(moment_of_urn("urn:li:share:7345821826846990338"))[:19] == "2025-07-01 14:33:22"
    assert moment_of_urn("urn:li:article:7812125052750532817") is None
    assert moment_of_urn("urn:li:share:4711") is None
    found = moment_of_comment(f"urn:li:comment:({ACTIVITY},{MILLISECONDS << 22})")
    assert found == AT
    assert moment_of(None) is None
    assert moment_of(12) is None


def test_the_same_words_meet_only_below_one_post_in_one_second() -> None:
    one = said_alias(ACTIVITY, AT, "Ja  bitte\n")
    assert one == said_alias(ACTIVITY, AT.replace(microsecond=900_000), "Ja bitte")
    assert one != said_alias(SHARE, AT, "Ja bitte")
    assert one != said_alias(ACTIVITY, AT.replace(second=1), "Ja bitte")
    assert said_alias(ACTIVITY, AT, None) is None
    assert said_alias(None, AT, "Ja bitte") is None


def test_small_things_that_answers_leave_open() -> None:
    assert activity_of({"object": SHARE}) is None
    assert (
        activity_of({"object": SHARE, "commentUrn": f"urn:li:comment:({ACTIVITY},1)"}) == ACTIVITY
    )
    assert reply_count({"commentsSummary": {"totalFirstLevelComments": 2}}) == 2
    assert reply_count({}) is None
    assert urn_of({"object": SHARE, "id": 1}) == f"urn:li:comment:({SHARE},1)"
    assert plain_commentary(r"100 \% \{x\} \@wir") == r"100 \% {x} @wir"
