import pytest

from flows.reading.comment_links import NOWHERE, CommentLink, comment_link

FACEBOOK = "https://www.facebook.com/"


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (
            FACEBOOK + "nordhafen/posts/22?comment_id=333",
            CommentLink("facebook", "22", "22_333", None, ("333",)),
        ),
        (
            FACEBOOK + "nordhafen/posts/22?comment_id=333&reply_comment_id=444",
            CommentLink("facebook", "22", "22_444", "22_333", ("444",)),
        ),
        (
            FACEBOOK + "permalink.php?story_fbid=22&id=1&comment_id=333",
            CommentLink("facebook", "22", "22_333", None, ("333",)),
        ),
        (
            FACEBOOK + "cisco/posts/pfbid037q?comment_id=333",
            CommentLink("facebook", "pfbid037q", "333"),
        ),
        (FACEBOOK + "nordhafen/posts/22", CommentLink("facebook", "22")),
        (
            "https://www.youtube.com/watch?v=abcdefghijk&lc=Ugx1.9z2",
            CommentLink("youtube", "abcdefghijk", "Ugx1.9z2", "Ugx1"),
        ),
        (
            "https://youtu.be/abcdefghijk?lc=Ugx1",
            CommentLink("youtube", "abcdefghijk", "Ugx1"),
        ),
        ("https://www.youtube.com/live/abcdefghijk", CommentLink("youtube", "abcdefghijk")),
        ("https://www.youtube.com/nordhafenit", CommentLink("youtube")),
        (
            "https://www.instagram.com/p/Cx_1/c/178/r/179/",
            CommentLink("instagram", "Cx_1", "179", "178"),
        ),
        ("https://www.instagram.com/p/Cx_1/c/178/", CommentLink("instagram", "Cx_1", "178")),
        ("https://x.com/nordhafen/status/1234", CommentLink("x", comment="1234")),
        (
            "https://www.linkedin.com/feed/update/urn:li:activity:7?commentUrn="
            "urn%3Ali%3Acomment%3A%28activity%3A7%2C8%29&replyUrn="
            "urn%3Ali%3Acomment%3A%28activity%3A7%2C9%29",
            CommentLink(
                "linkedin",
                "urn:li:activity:7",
                "urn:li:comment:(urn:li:activity:7,9)",
                "urn:li:comment:(urn:li:activity:7,8)",
            ),
        ),
        (
            "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7/",
            CommentLink("linkedin", "urn:li:share:7"),
        ),
        (
            "https://de.linkedin.com/posts/nordhafen_cloud-activity-7391234567890123456-AbCd?utm=1",
            CommentLink("linkedin", "urn:li:activity:7391234567890123456"),
        ),
        ("https://www.reddit.com/r/x/1", CommentLink("reddit")),
        ("https://www.reddit.com/r/x/comments/1ab/title/", CommentLink("reddit", "1ab")),
        ("https://old.reddit.com/r/x/comments/1ab/title/c9/", CommentLink("reddit", "1ab", "c9")),
        ("https://nordhafen.example/1", CommentLink()),
        ("http://[", NOWHERE),
        (None, NOWHERE),
    ],
)
def test_an_address_tells_its_ids(address: str | None, link: CommentLink) -> None:
    assert comment_link(address) == link


@pytest.mark.parametrize(
    ("host", "usual", "path"),
    [
        ("de-de.facebook.com", "www.facebook.com", "/nordhafen/posts/22?comment_id=333"),
        ("web.facebook.com", "www.facebook.com", "/nordhafen/posts/22"),
        ("mobile.twitter.com", "x.com", "/nordhafen/status/1234"),
        ("music.youtube.com", "www.youtube.com", "/watch?v=abcdefghijk&lc=Ugx1"),
        ("np.reddit.com", "www.reddit.com", "/r/x/comments/1ab/title/c9/"),
        ("fr.linkedin.com", "www.linkedin.com", "/feed/update/urn:li:activity:7"),
    ],
)
def test_hosts_of_countries_and_devices_lead_to_the_same(host: str, usual: str, path: str) -> None:
    found = comment_link(f"https://{host}{path}")
    assert found == comment_link(f"https://{usual}{path}")
    assert found.post or found.comment


def test_a_host_that_only_ends_like_a_platform_is_another_one() -> None:
    assert comment_link("https://notfacebook.com/nordhafen/posts/22") == NOWHERE
    assert comment_link("https://facebook.com.example/nordhafen/posts/22") == NOWHERE
