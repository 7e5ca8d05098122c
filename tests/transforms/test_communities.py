from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.builders import comment
from transforms.canonical import Origin, comments_frame
from transforms.communities import group_in


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("https://www.facebook.com/groups/123/permalink/122/?comment_id=345", "123"),
        ("https://m.facebook.com/groups/it.nordhafen/posts/122/", "it.nordhafen"),
        ("https://www.linkedin.com/groups/63688", "63688"),
        ("urn:li:groupPost:63688-7018000000000000000", "63688"),
        ("https://www.linkedin.com/feed/update/urn%3Ali%3AgroupPost%3A63688-70180", "63688"),
        ("https://www.facebook.com/stadtwerke/posts/122?comment_id=345", None),
        ("https://blog.example.org/groups/7", None),
        ("urn:li:activity:7391739456123904001", None),
    ],
)
def test_a_group_is_known_by_the_address_of_what_stands_in_it(
    address: str, group: str | None
) -> None:
    assert group_in(None, address) == group


def test_a_comment_without_a_community_of_its_own_has_that_of_its_address() -> None:
    link = "https://www.facebook.com/groups/123/permalink/122/?comment_id=345"
    origin = Origin("f", datetime(2025, 11, 10, tzinfo=UTC), None, frozenset(), b"k" * 32)
    told = [
        comment(1, permalink=link),
        comment(2, post_native_id="urn:li:groupPost:63688-70180"),
        comment(3, permalink=link, community="IT-Gruppe"),
        comment(4),
    ]
    found = comments_frame(told, origin, Counter())["community"].to_list()
    assert found == ["123", "63688", "IT-Gruppe", None]
