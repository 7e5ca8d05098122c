"""Disqus exports: what becomes of threads and comments, and of damaged files."""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.disqus_xml import SOURCE, read, recognise
from flows.storing.store import store
from models.canonical import Comment, Post, Record, Rejected
from transforms.canonical import Origin
from transforms.plain_text import plain_text

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "disqus.xml"


def records_of(content: bytes) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xml"
        path.write_bytes(content)
        landed = LandedFile(path, "export.xml", datetime(2025, 12, 1, tzinfo=UTC))
        return list(read(landed, ReadingRules()))


def export(*elements: str, start: str = '<?xml version="1.0" encoding="utf-8"?>\n') -> str:
    return (
        f'{start}<disqus xmlns="http://disqus.com" '
        'xmlns:dsq="http://disqus.com/disqus-internals">\n'
        '<category dsq:id="3"><forum>forum</forum><title>General</title></category>\n'
        + "\n".join(elements)
        + "\n</disqus>\n"
    )


def person(name: str, username: str = "", is_anonymous: str = "false") -> str:
    login = f"<username>{username}</username>" if username else ""
    return (
        f"<author><email>{name}@example.org</email><name>{name}</name>"
        f"<isAnonymous>{is_anonymous}</isAnonymous>{login}</author>"
    )


def thread(number: str = "1", **fields: str) -> str:
    values = {
        "id": "2025/cloud",
        "forum": "engineering",
        "link": "https://blog.example/cloud/",
        "title": "Cloud costs",
        "message": "",
        "createdAt": "2025-09-01T08:00:00Z",
        "isDeleted": "false",
    } | fields
    written = "".join(f"<{name}>{text}</{name}>\n" for name, text in values.items())
    author = person("Rowan", "rowan")
    return f'<thread dsq:id="{number}">\n{written}<category dsq:id="3"/>{author}</thread>'


def post(
    number: str = "11", author: str = "", parent: str = "", under: str = "1", **fields: str
) -> str:
    values = {
        "id": "",
        "message": "<![CDATA[<p>Well done.</p>]]>",
        "createdAt": "2025-09-02T08:00:00Z",
        "isDeleted": "false",
        "isSpam": "false",
        "ipAddress": "192.0.2.7",
    } | fields
    written = "".join(f"<{name}>{text}</{name}>\n" for name, text in values.items())
    above = f'<parent dsq:id="{parent}"/>' if parent else ""
    where = f'<thread dsq:id="{under}"/>' if under else ""
    start = f'<post dsq:id="{number}">' if number else "<post>"
    return f"{start}\n{written}{author or person('Priya', 'priya')}{where}{above}</post>"


def only_comment(**fields: str) -> Comment:
    _, found = records_of(export(thread(), post(**fields)).encode())
    assert isinstance(found, Comment)
    return found


def comments_in(records: list[Record]) -> list[Comment]:
    return [record for record in records if isinstance(record, Comment)]


def test_a_thread_becomes_a_post() -> None:
    (found,) = records_of(export(thread()).encode())
    assert found == Post(
        platform="disqus",
        site="engineering",
        native_id="1",
        position=1,
        channel="blog",
        title="Cloud costs",
        text_format="html",
        url="https://blog.example/cloud/",
        author="rowan",
        created_at=datetime(2025, 9, 1, 8, tzinfo=UTC),
        created_at_raw="2025-09-01T08:00:00Z",
        status="published",
        aliases=("https://blog.example/cloud/",),
    )


def test_a_post_becomes_a_comment_without_mail_and_ip() -> None:
    found = only_comment(parent="10")
    assert found == Comment(
        platform="disqus",
        site="engineering",
        position=2,
        line=13,
        native_id="11",
        channel="blog",
        post_native_id="1",
        parent_native_id="10",
        reply_semantics="tree",
        author="priya",
        author_name="Priya",
        email_domain="example.org",
        text="<p>Well done.</p>",
        text_format="html",
        created_at=datetime(2025, 9, 2, 8, tzinfo=UTC),
        created_at_raw="2025-09-02T08:00:00Z",
        status="published",
        permalink="https://blog.example/cloud/#comment-11",
    )
    assert "@example.org" not in repr(found)
    assert "192.0.2.7" not in repr(found)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "published"),
        ({"isDeleted": "true"}, "deleted"),
        ({"isSpam": "true"}, "spam"),
        ({"isSpam": "true", "isDeleted": "true"}, "deleted"),
        ({"isApproved": "false"}, "pending"),
        ({"isApproved": "true"}, "published"),
    ],
)
def test_the_status_of_a_comment_is_translated(fields: dict[str, str], status: str) -> None:
    assert only_comment(**fields).status == status


def test_a_deleted_thread_is_a_deleted_post() -> None:
    (found,) = records_of(export(thread(isDeleted="true")).encode())
    assert isinstance(found, Post)
    assert found.status == "deleted"
    assert found.aliases == ()


@pytest.mark.parametrize(
    ("author", "named", "is_owner"),
    [
        (person("Rowan", "rowan"), "rowan", True),
        (person("Rowan"), "Rowan", False),
        (person("rowan", "rowan", "true"), "rowan", False),
        (person("Priya", "priya"), "priya", False),
    ],
)
def test_the_author_is_the_username_and_the_owner_that_of_the_thread(
    author: str, named: str, is_owner: bool
) -> None:
    found = only_comment(author=author)
    assert (found.author, found.is_owner) == (named, is_owner)


def test_a_comment_without_id_thread_or_time_is_still_a_comment() -> None:
    found = only_comment(number="", under="", createdAt="2025-x09-30T22:48:43Z")
    assert (found.native_id, found.id_basis) == (None, "hash")
    assert (found.post_native_id, found.permalink) == (None, None)
    assert (found.created_at, found.created_at_raw) == (None, "2025-x09-30T22:48:43Z")


def test_a_comment_keeps_the_id_of_a_thread_that_is_not_in_the_file() -> None:
    found = only_comment(under="99")
    assert (found.post_native_id, found.site) == ("99", "engineering")


def test_a_thread_without_id_is_rejected() -> None:
    content = export(thread().replace(' dsq:id="1"', ""), post())
    rejected, kept = records_of(content.encode())
    assert isinstance(rejected, Rejected)
    assert "dsq:id" in rejected.detail
    assert isinstance(kept, Comment)


def test_times_without_a_zone_are_utc() -> None:
    found = only_comment(createdAt="2011-08-31T15:16:29")
    assert found.created_at == datetime(2011, 8, 31, 15, 16, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(post("12").replace('dsq:id="1"', "dsq:id=1"), id="attribute without quotes"),
        pytest.param(post("12").replace("</post>", ""), id="no end"),
        pytest.param(post("12", message="a < b"), id="bare less-than sign"),
        pytest.param(thread("2").replace("</thread>", ""), id="thread without end"),
    ],
)
def test_damage_costs_one_record(broken: str) -> None:
    found = records_of(export(thread(), post("11"), broken, post("13"), post("14")).encode())
    assert [one.native_id for one in comments_in(found)] == ["11", "13", "14"]
    assert [type(record).__name__ for record in found][:3] == ["Post", "Comment", "Rejected"]
    assert [record.position for record in found] == [1, 2, 3, 4, 5]


def test_declared_entities_are_refused() -> None:
    content = export(thread(), start='<!DOCTYPE disqus [<!ENTITY lol "lol">]>\n')
    (rejected,) = records_of(content.encode())
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (0, "broken file")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(export(), id="plain"),
        pytest.param("\ufeff \n" + export(start=""), id="mark and blanks, no declaration"),
        pytest.param("`" + export(), id="something before the declaration"),
        pytest.param(export(thread()).replace("\n", " "), id="one line"),
        pytest.param(export(thread())[:150], id="cut"),
        pytest.param(export(start="<!-- a -->").replace("http:", "https:"), id="https"),
    ],
)
def test_an_export_is_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("<disqus/>", id="no namespace"),
        pytest.param('<rss xmlns="http://disqus.com"/>', id="other root"),
        pytest.param("<p>http://disqus.com</p>", id="a page about it"),
        pytest.param("", id="nothing"),
    ],
)
def test_anything_else_is_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


WORDS = st.lists(
    st.one_of(
        st.sampled_from(['<post dsq:id="5">', "<thread>", "]]", "&amp;", "<!--", "é", "😀", "\n"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6),
    ),
    max_size=6,
).map(lambda parts: "".join(parts).replace("]]>", "]] >"))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Why List&lt;T&gt; beats generics", "Why List<T> beats generics"),
        ("Cloud &amp; Keller", "Cloud & Keller"),
        ("Cloud &amp;#8211; ein Fazit", "Cloud \u2013 ein Fazit"),
    ],
)
def test_a_title_loses_no_word(written: str, shown: str) -> None:
    (found,) = records_of(export(thread(title=written)).encode())
    assert isinstance(found, Post)
    assert plain_text(found.title or "", found.text_format) == shown


def test_a_comment_that_was_imported_twice_is_one(con: duckdb.DuckDBPyConnection) -> None:
    twice = [post("11", id="wp_id=2"), post("12", id="wp_id=2")]
    others = [
        post("13", id="wp_id=3"),
        post("14", id="wp_id=2", under="2"),
        post("15"),
        post("16"),
        post("17", id="wp_id=4"),
        post("18", id="wp_id=4", isDeleted="true"),
        post("19", parent="12"),
    ]
    content = export(thread("1"), thread("2", link="https://blog.example/b/"), *twice, *others)
    origin = Origin("disqus_xml/a", datetime(2025, 12, 1, tzinfo=UTC), None, frozenset(), b"k" * 32)
    store(con, records_of(content.encode()), origin, 1000)
    kept = con.execute(
        "SELECT split_part(comment_id, ':', 3), split_part(parent_id, ':', 3), status = 'deleted' "
        "FROM clean.comment ORDER BY ALL"
    ).fetchall()
    numbers = ("11", "13", "14", "15", "16", "17", "18", "19")
    assert [number for number, _, _ in kept] == list(numbers)
    assert [number for number, _, is_deleted in kept if is_deleted] == ["18"]
    assert ("19", "11", False) in kept
    told = con.execute("SELECT reason FROM clean.rejected_comment").fetchall()
    assert told == [("duplicate",)]


@given(texts=st.lists(WORDS, min_size=1, max_size=4), where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_only_what_was_whole_and_says_that_it_is_cut(
    texts: list[str], where: float
) -> None:
    posts = [post(str(n), message=f"<![CDATA[{text}]]>") for n, text in enumerate(texts, 11)]
    content = export(thread(), thread("2"), *posts).encode()
    assert_a_prefix(records_of(content), content, int(where * len(content)))


def test_a_file_cut_at_every_third_byte_yields_only_what_was_whole() -> None:
    content = export(thread(), post(), post("12")).encode()
    whole = records_of(content)
    for length in range(0, len(content), 3):
        assert_a_prefix(whole, content, length)


def assert_a_prefix(whole: list[Record], content: bytes, length: int) -> None:
    """What the first `length` bytes yield is, in this order, among what the whole file yields."""
    cut = records_of(content[:length])
    expected = iter(replace(record, position=0) for record in whole)
    kept = [replace(record, position=0) for record in cut if not isinstance(record, Rejected)]
    assert all(record in expected for record in kept)
    is_rejected = any(isinstance(record, Rejected) for record in cut)
    assert is_rejected == (content[:length].rstrip() != content.rstrip())


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    found = records_of(content)
    assert recognise(content[:SAMPLE_SIZE])
    assert Counter(type(record).__name__ for record in found) == {"Post": 3, "Comment": 30}
    statuses = Counter(one.status for one in comments_in(found))
    assert statuses == {"published": 28, "deleted": 1, "spam": 1}
    assert any(one.is_owner for one in comments_in(found))
    assert SOURCE.recognise is recognise


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "deleted_posts", "statuses"),
    [
        ("remark42-disqus.xml", 0, {"published": 4, "spam": 1}),
        ("remark42-disqus-deleted-post.xml", 0, {"published": 3, "spam": 1, "deleted": 1}),
        ("remark42-disqus-deleted-thread.xml", 1, {"published": 4, "spam": 1}),
    ],
)
def test_real_files_give_what_was_counted_in_them(
    name: str, deleted_posts: int, statuses: dict[str, int]
) -> None:
    # Each has a stray sign before its declaration, 2 threads, 5 posts and a broken one.
    content = (FIXTURES / "disqus" / name).read_bytes()
    assert recognise(content[:SAMPLE_SIZE])
    found = records_of(content)
    kinds = Counter(type(record).__name__ for record in found)
    assert kinds == {"Post": 2, "Comment": 5, "Rejected": 2}
    posts = [record for record in found if isinstance(record, Post)]
    assert sum(record.status == "deleted" for record in posts) == deleted_posts
    assert Counter(one.status for one in comments_in(found)) == statuses
    assert [one.id_basis for one in comments_in(found)].count("hash") == 1
