"""Saved answers of a WordPress blog: the records of its interface, from a file."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.api_pages import page_line
from flows.sources import wordpress_api
from flows.sources.wordpress_rest import SOURCE, recognise
from models.canonical import Comment, Post, Record, Rejected
from tests.cut_files import (
    FIXTURES,
    SAMPLES,
    assert_a_cut_file_lies_not,
    reader,
    specific_sources,
)

SAMPLE = SAMPLES / "wordpress_rest.json"
REAL = FIXTURES / "wordpress-rest-real"
SITE = "blog.stadtwerke-nordhafen.example"
records_of = reader(SOURCE, "comments.json")


def as_landed(items: list[Any], **about: Any) -> list[Record]:
    """The records of the same objects, asked of the interface."""
    line = page_line("wordpress_api", items, {"site": SITE, "authors": {}, **about}, None, None)
    return reader(wordpress_api.SOURCE, "landed")(line)


def comment(**fields: Any) -> dict[str, Any]:
    return json.loads(SAMPLE.read_bytes())[0] | fields


def site_of(**fields: Any) -> str:
    (found,) = records_of(json.dumps([comment(**fields)]))
    assert isinstance(found, Comment)
    return found.site


def test_comments_are_those_that_the_interface_gives() -> None:
    content = SAMPLE.read_bytes()
    assert specific_sources(content) == ["wordpress_rest"]
    found = records_of(content)
    assert found == as_landed(json.loads(content), kind="comments")
    second = found[1]
    assert isinstance(second, Comment)
    assert (second.parent_native_id, second.post_native_id) == ("601", "101")
    assert (second.author, second.site) == ("user:2", SITE)


def test_posts_are_read_too_and_the_title_loses_no_sign() -> None:
    post = {
        "id": 101,
        "date": "2025-11-03T09:00:00",
        "date_gmt": "2025-11-03T08:00:00",
        "modified_gmt": "2025-11-03T08:00:00",
        "link": f"https://{SITE}/2025/11/vertraege-in-die-cloud/",
        "title": {"rendered": "Vertr&#228;ge &amp; Cloud"},
        "content": {"rendered": "<p>Ab Januar.</p>", "protected": False},
        "author": 2,
        "status": "publish",
        "type": "post",
    }
    content = json.dumps(post)
    assert recognise(content.encode())
    (found,) = records_of(content)
    assert isinstance(found, Post)
    assert [found] == as_landed([post], kind="posts")
    assert found.title == "Vertr&#228;ge &amp; Cloud"


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://a.example/wp-json/wp/v2/comments/1", "a.example"),
        ("https://a.example/it/wp-json/wp/v2/comments/1", "a.example/it"),
        ("https://a.example/it/index.php?rest_route=%2Fwp%2Fv2%2Fcomments%2F1", "a.example/it"),
        ("https://a.example/?rest_route=/wp/v2/comments/1", "a.example"),
        ("https://[", SITE),
        (7, SITE),
    ],
)
def test_a_comment_is_of_the_blog_that_its_own_address_names(address: Any, site: str) -> None:
    assert site_of(_links={"self": [{"href": address}]}) == site


def test_without_links_the_host_of_the_comment_is_the_blog_and_a_broken_one_is_none() -> None:
    assert site_of(_links=None) == SITE
    assert site_of(_links=None, link="https://[") == ""


def test_a_refusal_of_the_blog_is_told() -> None:
    content = b'{"code":"rest_forbidden","message":"Sorry.","data":{"status":401}}'
    assert specific_sources(content) == ["wordpress_rest"]
    (rejected,) = records_of(content)
    assert isinstance(rejected, Rejected)
    assert "`rest_forbidden`" in rejected.detail


def test_what_is_no_code_of_the_interface_is_not_quoted() -> None:
    *_, rejected = records_of(json.dumps([comment(), {"code": "Anna Berg, Zimmer 12"}]))
    assert isinstance(rejected, Rejected)
    assert "(`unknown`)" in rejected.detail


def test_landed_pages_of_the_interface_are_left_to_it() -> None:
    assert not recognise((SAMPLES / "wordpress_api.jsonl").read_bytes())


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_gives_what_was_whole(share: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(share * len(content)))


@pytest.mark.fixtures
@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
def test_comments_of_a_real_blog_meet_those_of_its_export() -> None:
    from flows.sources.wordpress_wxr import SOURCE as WXR

    exported = {
        (one.site, one.native_id): one
        for one in reader(WXR, "export.xml")((REAL / "export.wxr.xml").read_bytes())
        if isinstance(one, Comment)
    }
    names = ("comments_p1_anon", "comments_p2_anon", "comments_hold_edit")
    saved = [
        one
        for name in names
        for one in records_of((REAL / f"{name}.json").read_bytes())
        if isinstance(one, Comment)
    ]
    both = [(one, exported.get((one.site, one.native_id))) for one in saved]
    # The blog was exported later: some comments had gone by then, others were in the trash.
    assert (len(both), sum(other is not None for _, other in both)) == (134, 132)
    for one, other in both:
        assert other is None or told(one) == told(other)


def told(comment: Comment) -> tuple[object, ...]:
    return comment.post_native_id, comment.author, comment.created_at
