"""A real WordPress, asked by its REST interface, against its own export."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.fetching.session import Session
from flows.reading.api_pages import page_line
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import Errand, FileSource, Page, recognise
from flows.sources.wordpress_api import SOURCE
from flows.sources.wordpress_wxr import SOURCE as EXPORT
from flows.storing.store import store
from models.canonical import Comment, Post, Record, Swept
from models.errors import GiveUp
from tests.integration.wordpress import WordPress, why_not, wordpress
from transforms.canonical import Origin

MISSING = why_not()
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
]

ENTRY = 'Das ist\'s "gut" -- oder?\n\nMehr: https://a.example :)'


class Written(dict[str, str]):
    """What the blog holds: ids by what they are of."""


@pytest.fixture(scope="module")
def blog() -> Iterator[WordPress]:
    with wordpress() as running:
        yield running


@pytest.fixture(scope="module")
def written(blog: WordPress) -> Written:
    post = blog.write_post("Cloud & Zero Trust", post_name="cloud")
    page, private = blog.write_post("Kontakt", post_type="page"), blog.write_post("Intern")
    blog.php(f"wp_update_post(['ID' => {private}, 'post_status' => 'private']);")
    locked = blog.write_post("Geschlossen", post_password="geheim")
    first = blog.write_comment(post, ENTRY, comment_author_url="https://anna.example")
    own = {"comment_parent": first, "user_id": "1", "comment_author": "leitung"}
    return Written(
        post=post,
        page=page,
        private=private,
        locked=locked,
        first=first,
        answer=blog.write_comment(post, "Danke!", **own),
        waiting=blog.write_comment(post, "Wartet noch.", comment_approved="0"),
        trash=blog.write_comment(post, "Weg damit.", comment_approved="trash"),
        ping=blog.write_comment(post, "[...] dazu [...]", comment_type="pingback"),
        on_page=blog.write_comment(page, "Wo seid ihr?"),
        on_private=blog.write_comment(private, "Nur für uns."),
        on_locked=blog.write_comment(locked, "Mit Passwort."),
    )


def errand(blog: WordPress, token: str | None = None, **fields: Any) -> Errand:
    now = datetime.now(UTC)
    given: dict[str, Any] = {
        "options": {"address": blog.address},
        "memory": {},
        "look_back": now - timedelta(days=30),
        "now": now,
    }
    return Errand(token=token, connect=Session, **(given | fields))


def read(source: FileSource, path: Path) -> list[Record]:
    assert recognise(path) is source
    landed = LandedFile(path, path.name, datetime.now(UTC))
    return list(source.read(landed, ReadingRules()))


def records_of(pages: list[Page], folder: Path) -> list[Record]:
    lines = [page_line(SOURCE.name, p.body, dict(p.about), "now", p.completes) for p in pages]
    path = folder / "blog.pages.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return read(SOURCE, path)


def comments_in(records: list[Record]) -> dict[str | None, Comment]:
    return {record.native_id: record for record in records if isinstance(record, Comment)}


def test_with_a_token_the_interface_gives_what_the_export_gives(
    blog: WordPress, written: Written, tmp_path: Path
) -> None:
    asked = records_of(list(SOURCE.pages(errand(blog, blog.token, is_full_sweep=True))), tmp_path)
    path = tmp_path / "export.xml"
    path.write_text(blog.export(), encoding="utf-8")
    exported = read(EXPORT, path)
    # The interface is never asked for e-mail, not even for its domain.
    same = {"position": 0, "line": None, "created_at_raw": None, "email_domain": None}
    by_interface = {key: replace(one, **same) for key, one in comments_in(asked).items()}
    by_export = {key: replace(one, **same) for key, one in comments_in(exported).items()}
    assert set(by_export) - set(by_interface) == {written["trash"]}
    for native, one in by_interface.items():
        assert one == by_export[native]
    assert by_interface[written["answer"]].is_owner
    posts = [{p.native_id: p for p in some if isinstance(p, Post)} for some in (asked, exported)]
    assert {written[name] for name in ("post", "page", "private", "locked")} <= set(posts[0])
    for native, post in posts[0].items():
        other = posts[1][native]
        names = ("site", "title", "kind", "url", "status", "visibility", "created_at")
        assert [getattr(post, n) for n in names] == [getattr(other, n) for n in names]
    # What waits for approval is not counted: no reader of the blog sees it.
    assert posts[0][written["post"]].reported_comment_count == 3


def test_in_the_warehouse_export_and_interface_are_one_blog(
    blog: WordPress, written: Written, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    asked = records_of(list(SOURCE.pages(errand(blog, blog.token, is_full_sweep=True))), tmp_path)
    path = tmp_path / "export.xml"
    path.write_text(blog.export(), encoding="utf-8")
    for day, (name, records) in enumerate({"api": asked, "wxr": read(EXPORT, path)}.items(), 1):
        received = datetime(2030, 1, day, tzinfo=UTC)
        store(con, records, Origin(name, received, None, frozenset(), b"k" * 32), 20_000)
    stored = con.execute("SELECT native_id, is_edited, gone_at_utc FROM clean.comment").fetchall()
    ids = [native for native, _, _ in stored]
    assert len(ids) == len(set(ids))
    assert {written[name] for name in ("first", "answer", "waiting", "ping", "trash")} <= set(ids)
    assert {(edited, gone) for _, edited, gone in stored} == {(None, None)}
    posts = [row[0] for row in con.execute("SELECT native_id FROM clean.post").fetchall()]
    assert len(posts) == len(set(posts))


def test_without_a_token_only_what_everybody_sees_comes(
    blog: WordPress, written: Written, tmp_path: Path
) -> None:
    asked = records_of(list(SOURCE.pages(errand(blog, is_full_sweep=True))), tmp_path)
    seen = comments_in(asked)
    assert set(seen) == {written[name] for name in ("first", "answer", "on_page")}
    assert "&#8220;gut&#8221;" in str(seen[written["first"]].text)
    swept = {record.post_native_id for record in asked if isinstance(record, Swept)}
    assert swept == {written["post"], written["page"]}


def test_nothing_of_a_person_but_the_name_is_ever_answered(
    blog: WordPress, written: Written
) -> None:
    answered = repr(list(SOURCE.pages(errand(blog, blog.token, is_full_sweep=True))))
    assert written["first"] in answered
    for private in ("example.org", "192.0.2.7", "gravatar", "anna.example", blog.token):
        assert private not in answered


def test_a_second_run_lands_only_what_is_new_or_edited(blog: WordPress, written: Written) -> None:
    memory: Any = {}
    for page in SOURCE.pages(errand(blog, blog.token, is_full_sweep=True)):
        memory = page.memory or memory
    again = errand(blog, blog.token, memory=memory)
    assert list(SOURCE.pages(again)) == []
    late = blog.write_comment(written["page"], "Noch eine Frage.")
    blog.php(
        f"wp_update_comment(['comment_ID' => {written['first']}, 'comment_content' => 'Neu.']);"
    )
    (page,) = SOURCE.pages(again)
    texts = {str(item["id"]): item["content"]["raw"] for item in page.body}
    assert texts[late] == "Noch eine Frage."
    assert texts[written["first"]] == "Neu."
    assert list(SOURCE.pages(errand(blog, blog.token, memory=page.memory))) == []
    blog.php(f"wp_delete_comment({late}, true);")
    blog.php(
        f"wp_update_comment(['comment_ID' => {written['first']}, 'comment_content' => '"
        + ENTRY.replace("'", "\\'")
        + "']);"
    )


def test_a_late_comment_on_an_old_post_brings_the_post_with_it(
    blog: WordPress, written: Written
) -> None:
    old = blog.write_post("Von früher", post_date="2020-01-02 10:00:00")
    late = blog.write_comment(old, "Immer noch wahr.")
    pages = list(SOURCE.pages(errand(blog)))
    posts = [item["id"] for p in pages if p.about["kind"] == "posts" for item in p.body]
    assert posts.count(int(old)) == 1
    assert int(late) in [item["id"] for item in pages[-1].body]
    blog.php(f"wp_delete_post({old}, true);")


def test_more_comments_than_an_answer_holds_are_turned(blog: WordPress, tmp_path: Path) -> None:
    post = blog.write_post("Viel los")
    blog.php(
        f"for ($i = 0; $i < 230; $i++) wp_insert_comment(['comment_post_ID' => {post}, "
        "'comment_content' => 'Nr. ' . $i, 'comment_author' => 'A', 'comment_approved' => 1]);"
    )
    pages = [
        page
        for page in SOURCE.pages(errand(blog, is_full_sweep=True))
        if page.about["kind"] == "comments" and list(page.about["authors"]) == [post]
    ]
    assert [len(page.body) for page in pages] == [100, 100, 30]
    assert [page.completes for page in pages] == [None, None, post]
    found = comments_in(records_of(pages, tmp_path))
    assert {one.text for one in found.values()} == {f"<p>Nr. {n}</p>\n" for n in range(230)}
    blog.php(f"wp_delete_post({post}, true);")


@pytest.mark.parametrize("token", ["leitung:falsch", "niemand:abcd efgh"])
def test_a_bad_password_is_told(blog: WordPress, token: str) -> None:
    with pytest.raises(GiveUp, match="not accepted") as told:
        list(SOURCE.pages(errand(blog, token)))
    assert token.split(":")[1] not in str(told.value)


def test_a_reader_of_the_blog_may_not_see_what_waits(blog: WordPress) -> None:
    password = blog.php(
        "$id = wp_create_user('leser', 'x', 'l@example.org');"
        "echo WP_Application_Passwords::create_new_application_password($id, ['name' => 't'])[0];"
    )
    with pytest.raises(GiveUp, match="moderate"):
        list(SOURCE.pages(errand(blog, f"leser:{password}")))


def test_a_blog_with_plain_links_is_asked_by_its_other_door(
    blog: WordPress, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    # PHP's own server finds either door; a real one knows only this.
    monkeypatch.setattr("flows.fetching.wordpress.DOORS", (("", {"rest_route": "/"}),))
    pages = list(SOURCE.pages(errand(blog, blog.token, is_full_sweep=True)))
    assert written["post"] in [page.completes for page in pages]


def test_a_closed_blog_is_told_and_open_to_a_token(blog: WordPress, written: Written) -> None:
    plugin = blog.folder / "www" / "wp-content" / "mu-plugins" / "closed.php"
    plugin.parent.mkdir(exist_ok=True)
    plugin.write_text(
        "<?php add_filter('rest_authentication_errors', function ($r) { return is_user_logged_in()"
        " ? $r : new WP_Error('rest_disabled', 'closed', ['status' => 401]); });"
    )
    try:
        with pytest.raises(GiveUp, match="rest_disabled"):
            list(SOURCE.pages(errand(blog)))
        assert list(SOURCE.pages(errand(blog, blog.token)))
    finally:
        plugin.unlink()
