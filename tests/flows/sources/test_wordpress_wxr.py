"""WordPress exports: what becomes of posts and comments, and of damaged files."""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.wordpress_wxr import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected
from transforms.plain_text import plain_text

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "wordpress.xml"

AUTHOR = (
    "<wp:author><wp:author_id>{}</wp:author_id><wp:author_login><![CDATA[{}]]></wp:author_login>"
    "<wp:author_email>mail@example.org</wp:author_email></wp:author>"
)


def records_of(content: bytes, zone: str = "Europe/Berlin") -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xml"
        path.write_bytes(content)
        landed = LandedFile(path, "export.xml", datetime(2025, 12, 1, tzinfo=UTC))
        return list(read(landed, ReadingRules(time_zone=zone)))


def export(
    *items: str,
    authors: str = "",
    namespace: str = "http://wordpress.org/export/1.2/",
    version: str = "<wp:wxr_version>1.2</wp:wxr_version>",
    addresses: str = "<wp:base_blog_url>https://blog.example</wp:base_blog_url>",
) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!-- generator="WordPress/6.8" -->\n'
        '<rss version="2.0"\n\txmlns:content="http://purl.org/rss/1.0/modules/content/"\n'
        f'\txmlns:dc="http://purl.org/dc/elements/1.1/"\n\txmlns:wp="{namespace}">\n<channel>\n'
        f"<link>https://www.example.org</link>\n{version}{addresses}{authors}\n"
        + "\n".join(items)
        + "\n</channel>\n</rss>\n"
    )


def item(*comments: str, **fields: str) -> str:
    """A post; `fields` by their names without `wp:`."""
    values = {
        "post_id": "7",
        "post_date": "2025-09-01 10:00:00",
        "post_date_gmt": "2025-09-01 08:00:00",
        "status": "publish",
        "post_type": "post",
    } | fields
    written = "".join(f"<wp:{name}><![CDATA[{text}]]></wp:{name}>" for name, text in values.items())
    return (
        "<item>\n<title>Cloud &amp; Kosten</title><link>https://blog.example/cloud/</link>"
        "<dc:creator><![CDATA[maike]]></dc:creator>"
        "<content:encoded><![CDATA[<p>Wir ziehen um.</p>]]></content:encoded>"
        f"{written}\n{''.join(comments)}</item>"
    )


def comment(**fields: str) -> str:
    """A comment; `fields` by their names without `wp:comment_`."""
    values = {
        "id": "11",
        "author": "Jörg",
        "author_email": "joerg@example.org",
        "author_url": "https://joerg.example",
        "author_IP": "192.0.2.7",
        "date": "2025-09-02 10:00:00",
        "date_gmt": "2025-09-02 08:00:00",
        "content": "Gut so!",
        "approved": "1",
        "type": "comment",
        "parent": "0",
        "user_id": "0",
    } | fields
    written = "".join(
        f"<wp:comment_{name}><![CDATA[{text}]]></wp:comment_{name}>\n"
        for name, text in values.items()
    )
    return f"<wp:comment>\n{written}</wp:comment>\n"


def only_comment(**fields: str) -> Comment:
    _, found = records_of(export(item(comment(**fields))).encode())
    assert isinstance(found, Comment)
    return found


def only_post(**fields: str) -> Post:
    (found,) = records_of(export(item(**fields)).encode())
    assert isinstance(found, Post)
    return found


def comments_in(records: list[Record]) -> list[Comment]:
    return [record for record in records if isinstance(record, Comment)]


def rejections_in(records: list[Record]) -> list[Rejected]:
    return [record for record in records if isinstance(record, Rejected)]


def test_a_post_comes_with_all_that_the_export_says() -> None:
    assert only_post() == Post(
        platform="wordpress",
        site="blog.example",
        native_id="7",
        position=1,
        channel="blog",
        kind="post",
        title="Cloud & Kosten",
        text="<p>Wir ziehen um.</p>",
        text_format="html",
        url="https://blog.example/cloud/",
        author="maike",
        created_at=datetime(2025, 9, 1, 8, tzinfo=UTC),
        created_at_raw="2025-09-01 08:00:00",
        status="published",
    )


def test_a_comment_comes_with_all_that_the_export_says_but_no_mail_ip_or_url() -> None:
    found = only_comment(parent="10")
    assert found == Comment(
        platform="wordpress",
        site="blog.example",
        position=2,
        line=12,
        native_id="11",
        channel="blog",
        post_native_id="7",
        parent_native_id="10",
        reply_semantics="tree",
        author="Jörg",
        author_name="Jörg",
        email_domain="example.org",
        text="Gut so!",
        text_format="html",
        created_at=datetime(2025, 9, 2, 8, tzinfo=UTC),
        created_at_raw="2025-09-02 08:00:00",
        status="published",
        permalink="https://blog.example/cloud/#comment-11",
    )
    for secret in ("joerg@example.org", "192.0.2.7", "joerg.example"):
        assert secret not in repr(found)


@pytest.mark.parametrize(
    ("status", "expected", "visibility"),
    [
        ("publish", "published", None),
        ("draft", "pending", None),
        ("pending", "pending", None),
        ("future", "pending", None),
        ("private", "hidden", "private"),
        ("trash", "trash", None),
        ("odd", "unknown", None),
    ],
)
def test_the_status_of_a_post_is_translated(
    status: str, expected: str, visibility: str | None
) -> None:
    post = only_post(status=status)
    assert (post.status, post.visibility) == (expected, visibility)


@pytest.mark.parametrize(
    ("approved", "expected"),
    [
        ("1", "published"),
        ("0", "pending"),
        ("spam", "spam"),
        ("trash", "trash"),
        ("post-trashed", "trash"),
        ("odd", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_status_of_a_comment_is_translated(approved: str, expected: str) -> None:
    assert only_comment(approved=approved).status == expected


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("", "comment"),
        ("comment", "comment"),
        ("review", "review"),
        ("pingback", "pingback"),
        ("trackback", "trackback"),
        ("order_note", "system"),
        ("action_log", "system"),
        ("note", "system"),
        ("reaction", "system"),
        ("system", "comment"),
        ("webmention", "comment"),
    ],
)
def test_the_kind_of_a_comment_is_translated(written: str, kind: str) -> None:
    assert only_comment(type=written).kind == kind


def test_without_a_utc_time_the_local_one_is_read_in_the_assumed_zone() -> None:
    found = only_comment(date_gmt="0000-00-00 00:00:00", date="2025-12-24 18:00:00")
    assert found.created_at == datetime(2025, 12, 24, 17, tzinfo=UTC)
    assert found.created_at_raw == "2025-12-24 18:00:00"
    assert found.created_tz_assumed == "Europe/Berlin"
    draft = only_post(post_date_gmt="0000-00-00 00:00:00", status="draft")
    assert draft.created_at == datetime(2025, 9, 1, 8, tzinfo=UTC)


def test_a_comment_without_a_valid_time_or_id_is_still_a_comment() -> None:
    found = only_comment(id="", date="gestern", date_gmt="0000-00-00 00:00:00")
    assert found.created_at is None
    assert found.created_at_raw == "0000-00-00 00:00:00"
    assert (found.native_id, found.id_basis, found.permalink) == (None, "hash", None)


def test_owner_is_the_author_of_the_post_and_not_any_other_user() -> None:
    authors = AUTHOR.format(2, "maike") + AUTHOR.format(3, "tjark")
    answers = [comment(id=user, user_id=user) for user in ("0", "2", "3")]
    found = comments_in(records_of(export(item(*answers), authors=authors).encode()))
    assert [one.is_owner for one in found] == [False, True, False]
    assert [one.author for one in found] == ["Jörg", "user:2", "user:3"]


def test_any_author_is_the_owner_where_the_post_names_none_that_is_known() -> None:
    authors = AUTHOR.format(4, "somebody") + AUTHOR.format(3, "tjark")
    answers = [comment(id=user, user_id=user) for user in ("2", "3")]
    found = comments_in(records_of(export(item(*answers), authors=authors).encode()))
    assert [one.is_owner for one in found] == [False, True]


def test_attachments_are_posts_only_if_they_have_comments() -> None:
    content = export(
        item(post_type="attachment"),
        item(post_type="nav_menu_item"),
        item(comment(), post_type="attachment", post_id="8"),
        item(post_type="page", post_id="9"),
    )
    found = records_of(content.encode())
    assert [record.kind for record in found if isinstance(record, Post)] == ["attachment", "page"]
    assert [record.position for record in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("addresses", "site"),
    [
        ("<wp:base_blog_url>https://A.example/blog</wp:base_blog_url>", "a.example/blog"),
        ("<wp:base_blog_url>http://www.a.example/b/c/?d#e</wp:base_blog_url>", "www.a.example/b/c"),
        ("<wp:base_blog_url>https://a.example/</wp:base_blog_url>", "a.example"),
        ("<wp:base_site_url>http://b.example:8080</wp:base_site_url>", "b.example"),
        (
            "<wp:base_site_url>https://a.example/</wp:base_site_url>"
            "<wp:base_blog_url>https://a.example/it</wp:base_blog_url>",
            "a.example/it",
        ),
        ("<wp:base_blog_url>/blog</wp:base_blog_url>", "www.example.org"),
        ("", "www.example.org"),
    ],
)
def test_the_site_is_host_and_path_of_the_best_address(addresses: str, site: str) -> None:
    (post,) = records_of(export(item(), addresses=addresses).encode())
    assert isinstance(post, Post)
    assert post.site == site


def test_blogs_in_folders_of_one_host_are_two_sites() -> None:
    sites = set()
    for folder in ("a", "b"):
        address = f"<wp:base_blog_url>https://blogs.example/{folder}</wp:base_blog_url>"
        found = records_of(export(item(comment()), addresses=address).encode())
        sites |= {record.site for record in found if not isinstance(record, Rejected)}
    assert sites == {"blogs.example/a", "blogs.example/b"}


def test_where_the_header_names_no_address_the_site_is_the_host_of_the_post() -> None:
    content = export(item(), addresses="").replace("<link>https://www.example.org</link>", "")
    (post,) = records_of(content.encode())
    assert isinstance(post, Post)
    assert post.site == "blog.example"


def test_an_item_without_an_id_is_rejected_and_its_comments_are_kept() -> None:
    content = export(item(comment(), post_id="")).replace(
        "<link>https://blog.example/cloud/</link>", ""
    )
    rejected, kept = records_of(content.encode())
    assert isinstance(rejected, Rejected)
    assert "wp:post_id" in rejected.detail
    assert isinstance(kept, Comment)
    assert kept.post_native_id is None


def test_entities_of_html_outside_of_cdata_cost_no_post() -> None:
    content = export(item(comment()), item(post_id="8")).replace("Cloud", "Cloud&nbsp;& R&D", 1)
    found = records_of(content.encode())
    assert [type(record).__name__ for record in found] == ["Post", "Comment", "Post"]
    post = found[0]
    assert isinstance(post, Post)
    assert plain_text(post.title or "", "html") == "Cloud & R&D & Kosten"


def test_of_a_damaged_comment_only_itself_is_lost() -> None:
    broken = comment(id="12").replace("<![CDATA[Jörg]]>", "Jörg <3")
    content = export(item(comment(), broken, comment(id="13")), item(post_id="8"))
    found = records_of(content.encode())
    assert [type(record).__name__ for record in found] == [
        "Post", "Comment", "Rejected", "Comment", "Post",
    ]  # fmt: skip
    assert [one.native_id for one in comments_in(found)] == ["11", "13"]
    intact = records_of(export(item(comment(), comment(id="12"), comment(id="13"))).encode())
    assert replace(comments_in(found)[1], line=None, position=0) == replace(
        comments_in(intact)[2], line=None, position=0
    )
    (rejected,) = rejections_in(found)
    assert rejected.reason == "broken record"
    assert rejected.line is not None


def test_of_a_damaged_post_the_comments_are_kept_with_its_id() -> None:
    content = export(item(comment())).replace("<p>Wir ziehen um.</p>", "a ]]> b")
    rejected, kept = records_of(content.encode())
    assert isinstance(rejected, Rejected)
    assert isinstance(kept, Comment)
    assert (kept.post_native_id, kept.site) == ("7", "blog.example")
    assert kept.permalink == "https://blog.example/cloud/#comment-11"


def test_a_cut_item_gives_its_post_and_its_whole_comments() -> None:
    content = export(item(comment(), comment(id="12")))
    found = records_of(content.split("<![CDATA[12]]>")[0].encode())
    assert [type(record).__name__ for record in found] == ["Post", "Comment", "Rejected"]
    assert "ends too early" in rejections_in(found)[0].detail


def test_declared_entities_are_refused() -> None:
    content = export(item()).replace("<rss", '<!DOCTYPE rss [<!ENTITY lol "lol">]>\n<rss')
    (rejected,) = records_of(content.encode())
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (0, "broken file")


def test_nul_bytes_become_spaces() -> None:
    content = export(item(comment(content="a\x00b"))).encode()
    assert comments_in(records_of(content))[0].text == "a b"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(export(), id="no items"),
        pytest.param(export(version=""), id="no version"),
        pytest.param(export(version="<wp:wxr_version>abc</wp:wxr_version>"), id="junk version"),
        pytest.param(export(namespace="https://wordpress.org/export/1.0/"), id="https, 1.0"),
        pytest.param("\ufeff\n\n" + export(item()), id="mark and blank lines"),
        pytest.param("\n<!-- a --><!-- <html> -->" + export()[40:], id="comments first"),
        pytest.param(export(item()).replace("\n", " "), id="one line"),
        pytest.param(export()[:330], id="cut"),
    ],
)
def test_an_export_is_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('<rss version="2.0"><channel><item/></channel></rss>', id="plain RSS"),
        pytest.param('<a xmlns:wp="http://wordpress.org/export/1.2/"/>', id="other root"),
        pytest.param("<html>http://wordpress.org/export/1.2/</html>", id="a page about it"),
        pytest.param('[{"a": "http://wordpress.org/export/1.2/"}]', id="JSON"),
        pytest.param("", id="nothing"),
    ],
)
def test_anything_else_is_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


WORDS = st.lists(
    st.one_of(
        st.sampled_from(["<item>", "<wp:comment>", "]]", "&amp;", "<!--", "ü", "😀", "\n"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6),
    ),
    max_size=6,
).map(lambda parts: "".join(parts).replace("]]>", "]] >"))


@given(texts=st.lists(WORDS, min_size=1, max_size=4), where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_only_what_was_whole_and_says_that_it_is_cut(
    texts: list[str], where: float
) -> None:
    comments = [comment(id=str(n), content=text) for n, text in enumerate(texts, 1)]
    authors = AUTHOR.format(2, "maike")
    content = export(item(*comments), item(*comments, post_id="8"), authors=authors).encode()
    assert_a_prefix(records_of(content), content, int(where * len(content)))


def test_a_file_cut_at_every_third_byte_yields_only_what_was_whole() -> None:
    content = export(item(comment()), item(comment(), post_type="page")).encode()
    whole = records_of(content)
    for length in range(0, len(content), 3):
        assert_a_prefix(whole, content, length)


def assert_a_prefix(whole: list[Record], content: bytes, length: int) -> None:
    """What the first `length` bytes yield is, in this order, among what the whole file yields."""
    cut = records_of(content[:length])
    expected = iter(_without_position(record) for record in whole)
    kept = [_without_position(record) for record in cut if not isinstance(record, Rejected)]
    assert all(record in expected for record in kept)
    assert bool(rejections_in(cut)) == (content[:length].rstrip() != content.rstrip())


def _without_position(record: Record) -> Record:
    return replace(record, position=0)


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    found = records_of(content)
    assert recognise(content[:SAMPLE_SIZE])
    assert Counter(type(record).__name__ for record in found) == {"Post": 4, "Comment": 40}
    statuses = Counter(one.status for one in comments_in(found))
    assert statuses == {"published": 37, "spam": 1, "pending": 1, "trash": 1}
    assert Counter(one.kind for one in comments_in(found))["pingback"] == 1
    assert any(one.is_owner for one in comments_in(found))
    assert SOURCE.recognise is recognise


COUNTS = {
    # file: (posts, comments, rejections), counted with grep. Of a11y's 154 items 64 are posts or
    # pages and one has comments but no type.
    "wpimporter-a11y-unit-test-data.xml": (65, 29, 0),
    "wpimporter-cdata-edge.xml": (1, 0, 0),
    "wpimporter-crazy-cdata-escaped.xml": (1, 0, 0),
    "wpimporter-crazy-cdata.xml": (0, 0, 2),
    "wpimporter-invalid-version-tag.xml": (0, 0, 0),
    "wpimporter-malformed.xml": (0, 0, 1),
    "wpimporter-missing-version-tag.xml": (0, 0, 0),
    "wpimporter-multiple-cdata.xml": (1, 0, 0),
    "wpimporter-namespace-edge-cases.xml": (5, 0, 1),
    "wpimporter-slashes.xml": (1, 1, 0),
    "wpimporter-small-export.xml": (11, 1, 0),
    "wpimporter-test-serialized-comment-meta.xml": (1, 1, 0),
    "wpimporter-valid-wxr-1.0.xml": (6, 1, 0),
    "wpimporter-valid-wxr-1.1.xml": (2, 1, 0),
    "wpimporter-wxr-comprehensive.xml": (2, 1, 0),
    "wpimporter-wxr-simple.xml": (1, 0, 0),
    "wpimporter-wxr-utf-8-challenges.xml": (1, 0, 0),
    "export.wxr.xml": (4, 133, 0),
}


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_real_files_give_what_was_counted_in_them() -> None:
    paths = [*FIXTURES.glob("wordpress-wxr/*.xml"), *FIXTURES.glob("wordpress-rest-real/*wxr.xml")]
    found = {}
    for path in paths:
        content = path.read_bytes()
        assert recognise(content[:SAMPLE_SIZE]), path.name
        kinds = Counter(type(record) for record in records_of(content))
        found[path.name] = (kinds[Post], kinds[Comment], kinds[Rejected])
    assert found == COUNTS


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_the_export_of_a_real_server_is_read_as_its_admin_panel_shows_it() -> None:
    records = records_of((FIXTURES / "wordpress-rest-real" / "export.wxr.xml").read_bytes())
    comments = {one.native_id: one for one in comments_in(records)}
    statuses = Counter(one.status for one in comments.values())
    assert statuses == {"published": 131, "pending": 1, "trash": 1}
    answer = comments["4"]
    assert (answer.author, answer.is_owner) == ("user:1", True)
    assert answer.created_at == datetime(2026, 11, 23, 7, 5, 51, tzinfo=UTC)
    assert sum(one.is_owner for one in comments.values()) == 1
