"""Feeds of comments: which feeds are, what becomes of their items, and of damaged ones."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.comment_feed import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected
from transforms.plain_text import plain_text

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
SAMPLE = Path(__file__).parent / "samples" / "comment_feed.xml"
BLOG = "https://blog.example.org"
POST = f"{BLOG}/2025/11/plan/"
PLACES = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def records_of(content: bytes | str) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed.xml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(read(LandedFile(path, path.name, datetime.now(UTC)), ReadingRules()))


def rss(
    *items: str,
    link: str = BLOG,
    generator: str = "https://wordpress.org/?v=6.1.9",
    title: str = "Comments on: Our plan: IT",
) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {PLACES}><channel>\n'
        f"<title>\n\t{title}</title><link>{link}</link>"
        f"<generator>{generator}</generator>\n" + "\n".join(items) + "\n</channel></rss>\n"
    )


def item(number: int = 4, **fields: str) -> str:
    values = {
        "title": "By: Anna",
        "link": f"{POST}#comment-{number}",
        "dc:creator": "<![CDATA[Anna]]>",
        "pubDate": "Mon, 03 Nov 2025 09:00:00 +0100",
        "guid": f"{BLOG}/?p=57#comment-{number}",
        "description": "<![CDATA[short]]>",
        "content:encoded": "<![CDATA[<p>Well &amp; good.</p>\n]]>",
    } | {name.replace("__", ":"): value for name, value in fields.items()}
    written = "".join(f"<{name}>{value}</{name}>" for name, value in values.items() if value)
    return f"<item>{written}</item>"


def blogger(content: str, **fields: str) -> str:
    values = {
        "id": "tag:blogger.com,1999:blog-1.post-2",
        "published": "2025-11-03T09:00:00.000+01:00",
        "updated": "2025-11-03T09:00:00.000+01:00",
    } | fields
    written = "".join(f"<{name}>{value}</{name}>" for name, value in values.items() if value)
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:thr="http://purl.org/syndication/thread/1.0">'
        '<link rel="self" href="https://a.blogspot.com/feeds/comments/default"/>'
        '<link rel="alternate" href="https://a.blogspot.com/"/><generator>Blogger</generator>'
        f"<entry>{written}{content}"
        '<link rel="self" href="https://www.blogger.com/feeds/1/2/comments/default/3"/>'
        '<link rel="alternate" href="https://a.blogspot.com/2025/11/x.html?showComment=17#c3"/>'
        "<author><name>Anna</name><email>noreply@blogger.com</email></author>"
        '<thr:in-reply-to ref="tag:blogger.com,1999:blog-1.post-9" '
        'href="https://a.blogspot.com/2025/11/x.html"/></entry></feed>'
    )


def only(content: str) -> Comment:
    (found,) = records_of(content)
    assert isinstance(found, Comment)
    return found


def test_an_item_of_wordpress_becomes_the_comment_that_its_export_would_give() -> None:
    assert only(rss(item())) == Comment(
        platform="wordpress",
        site="blog.example.org",
        position=1,
        line=4,
        native_id="4",
        channel="blog",
        post_native_id="57",
        reply_semantics="unknown",
        author="Anna",
        author_name="Anna",
        text="<p>Well &amp; good.</p>",
        text_format="html",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="Mon, 03 Nov 2025 09:00:00 +0100",
        status="published",
        permalink=f"{POST}#comment-4",
    )


def test_an_entry_of_another_blog_keeps_the_names_of_the_feed() -> None:
    assert only(
        blogger('<content type="html">&lt;b>Good&lt;/b> &amp;amp; cheap</content>')
    ) == Comment(
        platform="rss",
        site="a.blogspot.com",
        position=1,
        line=1,
        native_id="tag:blogger.com,1999:blog-1.post-2",
        channel="blog",
        post_native_id="https://a.blogspot.com/2025/11/x.html",
        reply_semantics="tree",
        author="Anna",
        author_name="Anna",
        text="<b>Good</b> &amp; cheap",
        text_format="html",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T09:00:00.000+01:00",
        status="published",
        permalink="https://a.blogspot.com/2025/11/x.html?showComment=17#c3",
    )


def test_the_feed_of_a_single_post_tells_the_post_once() -> None:
    post, first, second = records_of(rss(item(4), item(5), link=POST))
    assert post == Post(
        platform="wordpress",
        site="blog.example.org",
        native_id="57",
        position=1,
        channel="blog",
        title="Our plan: IT",
        url=POST,
        status="published",
        aliases=(POST,),
    )
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.site, first.post_native_id, second.position) == ("blog.example.org", "57", 3)


def test_without_a_number_the_post_is_known_by_its_address() -> None:
    guid = f"{POST}#comment-4"
    assert only(rss(item(guid=guid))).post_native_id == POST
    paged = f"{POST}comment-page-3/#comment-4"
    assert only(rss(item(guid=guid, link=paged))).post_native_id == POST


def test_a_blog_in_a_folder_is_a_site_of_its_own() -> None:
    assert only(rss(item(), link=f"{BLOG}/it/")).site == "blog.example.org/it"


def test_a_wordpress_that_hides_its_name_is_known_by_where_its_feed_lies() -> None:
    place = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    link = f'<atom:link {place} rel="self" href="{BLOG}/comments/feed/"/>'
    content = rss(item(), generator="").replace("<title>", f"{link}<title>", 1)
    assert (only(content).platform, only(content).native_id) == ("wordpress", "4")
    other = only(rss(item(), generator="Drupal"))
    assert (other.platform, other.native_id) == ("rss", f"{BLOG}/?p=57#comment-4")


def test_an_entry_that_changed_later_is_edited() -> None:
    content = '<content type="html">x</content>'
    found = only(blogger(content, updated="2025-11-03T11:00:00Z"))
    assert (found.edited_at, found.is_edited) == (datetime(2025, 11, 3, 11, tzinfo=UTC), True)
    assert only(blogger(content)).is_edited is None
    last = only(blogger(content, published=""))
    assert (last.created_at, last.edited_at) == (datetime(2025, 11, 3, 8, tzinfo=UTC), None)


@pytest.mark.parametrize(
    ("content", "text", "text_format"),
    [
        ("<content>1 &lt; 2</content>", "1 < 2", "plain"),
        ('<content type="text">1 &lt; 2</content>', "1 < 2", "plain"),
        ('<content type="html">1 &amp;lt; 2</content>', "1 &lt; 2", "html"),
        ("<summary>only this</summary>", "only this", "plain"),
        ("", None, "html"),
    ],
)
def test_a_text_is_html_only_where_the_feed_says_so(
    content: str, text: str | None, text_format: str
) -> None:
    found = only(blogger(content))
    assert (found.text, found.text_format) == (text, text_format)


def test_a_text_of_xhtml_elements_is_read_in_its_order() -> None:
    inner = "a <b>b</b> <i>5 &lt; 6</i><br/>c<p>d &amp;amp;</p>e"
    found = only(
        blogger(
            f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{inner}</div></content>'
        )
    )
    assert plain_text(found.text or "", found.text_format) == "a b 5 < 6\nc\nd &amp;\ne"


def test_elements_of_xhtml_may_be_nested_thousands_deep() -> None:
    inner = f"{'<b>' * 5000}deep{'</b>' * 5000}"
    found = only(blogger(f'<content type="xhtml"><div>{inner}</div></content>'))
    assert plain_text(found.text or "", found.text_format) == "deep"


@pytest.mark.parametrize(
    "title",
    [
        "Comments for Our blog",
        "Kommentare zu: Unser Plan",
        "Kommentare f&#252;r Unser Blog",
        "<![CDATA[Commentaires sur : Notre plan]]>",
        "blog - Latest Comments",
    ],
)
def test_a_feed_that_says_it_is_of_comments_is_believed(title: str) -> None:
    content = rss(item(link=f"{POST}/3", guid="post-3"), title=title)
    assert recognise(content.encode())
    found = records_of(content)[-1]
    assert isinstance(found, Comment)
    assert (found.native_id, found.post_native_id) == ("post-3", f"{POST}/3")


def test_a_feed_that_lies_where_comments_do_is_believed() -> None:
    own = (
        '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" '
        'href="https://blog.example.org/comments/feed/"/>'
    )
    content = rss(item(link=POST, guid="post-3"), title="Blog").replace(
        "<generator>", own + "<generator>"
    )
    assert recognise(content.encode())
    assert isinstance(records_of(content)[-1], Comment)


def test_a_feed_of_comments_without_any_is_empty() -> None:
    assert recognise(rss().encode())
    assert records_of(rss()) == []


def test_an_item_that_is_no_comment_is_rejected() -> None:
    article = item(link=POST, guid=POST)
    kept, rejected = records_of(rss(item(), article, title="Our blog"))
    assert isinstance(kept, Comment)
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.line) == (2, 6)


def test_damage_costs_one_item() -> None:
    broken = item(5).replace("</dc:creator>", "")
    first, rejected, last = records_of(rss(item(4), broken, item(6)))
    assert isinstance(rejected, Rejected)
    assert isinstance(first, Comment)
    assert isinstance(last, Comment)
    assert (first.native_id, last.native_id) == ("4", "6")


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    assert recognise(content)
    own, ping, first = records_of(content)
    assert isinstance(own, Comment)
    assert isinstance(ping, Comment)
    assert isinstance(first, Comment)
    assert [one.native_id for one in (own, ping, first)] == ["14", "13", "12"]
    assert {one.site for one in (own, ping, first)} == {"blog.stadtwerke-nordhafen.example/it"}
    assert {one.post_native_id for one in (own, ping, first)} == {"57"}
    assert (own.parent_native_id, first.parent_native_id) == ("12", None)
    assert (ping.kind, first.kind) == ("pingback", "comment")
    assert first.text == "<p>Höhere Preise &amp; längere Wege, was sonst 😒</p>"
    assert first.created_at == datetime(2025, 11, 3, 19, 42, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(rss(item()), id="RSS"),
        pytest.param("\ufeff\n" + rss(item(guid="")), id="without guid, with a mark"),
        pytest.param(blogger(""), id="Atom"),
        pytest.param(rss(item(link="<![CDATA[https://a.example/x#c12]]>", guid="")), id="CDATA"),
        pytest.param(rss(item())[:700], id="cut"),
    ],
)
def test_a_feed_of_comments_is_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(rss(item(link=POST, guid=POST), title="B"), id="a feed of articles"),
        pytest.param(
            rss(item(link=POST, guid=POST, comments=f"{POST}#comments")), id="that has comments"
        ),
        pytest.param(rss(item(comments=f"{POST}#comments")), id="articles linked at a comment"),
        pytest.param(rss(title="Our blog"), id="no item"),
        pytest.param("<html><item><link>https://x/#c1</link></item></html>", id="a page"),
        pytest.param('{"link": "https://x/#comment-1"}', id="JSON"),
        pytest.param("", id="nothing"),
    ],
)
def test_anything_else_is_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


@given(length=st.integers(0, len(SAMPLE.read_bytes())))
def test_a_cut_file_yields_only_what_was_whole_and_says_that_it_is_cut(length: int) -> None:
    content = SAMPLE.read_bytes()
    cut = records_of(content[:length])
    kept = [record for record in cut if not isinstance(record, Rejected)]
    assert kept == records_of(content)[: content[:length].count(b"</entry>")]
    is_whole = content[:length].rstrip() == content.rstrip()
    assert [type(record).__name__ for record in cut[len(kept) :]] == (
        [] if is_whole else ["Rejected"]
    )


def test_the_source_is_of_files() -> None:
    assert (SOURCE.name, SOURCE.recognise, SOURCE.read) == ("comment_feed", recognise, read)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize("name", ["feed_comments.rss.xml", "feed_comments.atom.xml"])
def test_both_real_feeds_of_a_blog_tell_the_same(name: str) -> None:
    content = (FIXTURES / "wordpress-rest-real" / name).read_bytes()
    assert recognise(content[:SAMPLE_SIZE])
    found = records_of(content)
    comments = [record for record in found if isinstance(record, Comment)]
    assert len(comments) == len(found) == 10
    page = "http://127.0.0.1:8099/2026/11/unsere-it-strategie-2027-cloud-first-zero-trust/"
    first, _, third, *_ = comments
    assert (first.native_id, first.author, first.post_native_id) == ("4", "admin", page)
    assert first.text == "<p>Danke Jörg, SAP bleibt on-prem.</p>"
    assert first.created_at == datetime(2026, 11, 23, 7, 5, 51, tzinfo=UTC)
    assert (third.native_id, third.author, third.post_native_id) == (
        *("1", "A WordPress Commenter", "1"),
    )
    assert {one.site for one in comments} == {"127.0.0.1"}


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_the_real_feed_of_a_post_tells_the_post() -> None:
    content = (FIXTURES / "wordpress-rest-real" / "feed_post_comments.rss.xml").read_bytes()
    post, *comments = records_of(content)
    assert isinstance(post, Post)
    assert post.title == "Unsere IT-Strategie 2027: Cloud first & Zero Trust"
    assert [type(record).__name__ for record in comments] == ["Comment"] * 10
    assert replace(post, position=0).url == post.native_id


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    "name", ["feed_posts.rss.xml", "feed_posts.atom.xml", "export.wxr.xml", "posts.json"]
)
def test_real_files_of_a_blog_that_are_no_comments_are_refused(name: str) -> None:
    content = (FIXTURES / "wordpress-rest-real" / name).read_bytes()
    assert not recognise(content[:SAMPLE_SIZE])
