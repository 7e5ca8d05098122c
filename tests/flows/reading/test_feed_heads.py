import pytest

from flows.reading.feed_heads import Blog
from flows.reading.xml_elements import Node


def element(tag: str, text: str = "", **attributes: str) -> Node:
    return Node(tag, attributes, 1, text)


def test_a_head_says_what_it_is_element_by_element() -> None:
    blog = Blog()
    for one in (
        element("title", "Comments for\n Our blog"),
        element("link", "https://blog.example"),
        element("generator", "https://wordpress.org/?v=6.4"),
        element("language", "en"),
    ):
        blog = blog.with_header(one)
    assert blog == Blog(
        link="https://blog.example",
        title="Comments for Our blog",
        is_wordpress=True,
        is_of_comments=True,
    )


@pytest.mark.parametrize(
    ("address", "is_wordpress", "is_of_comments"),
    [
        ("https://blog.example/comments/feed/", True, True),
        ("https://blog.example/plan/feed/", True, False),
        ("https://blog.example/feeds/comments/default", False, True),
        ("https://blog.example/feeds/5/comments/default", False, True),
        ("https://blog.disqus.com/latest.rss", False, True),
    ],
)
def test_a_feeds_own_address_tells_too(
    address: str, is_wordpress: bool, is_of_comments: bool
) -> None:
    blog = Blog().with_header(element("atom:link", rel="self", href=address))
    assert (blog.is_wordpress, blog.is_of_comments, blog.link) == (
        is_wordpress,
        is_of_comments,
        None,
    )
