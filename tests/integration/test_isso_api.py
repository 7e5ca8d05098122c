"""A real Isso, asked for what was written to it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.fetching.session import Session
from flows.reading.api_pages import page_line
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import Errand, Page, recognise
from flows.sources.isso_api import SOURCE
from models.canonical import Comment, Post, Record, Swept
from models.errors import GiveUp
from tests.integration.isso_server import Isso, isso, why_not

MISSING = why_not()
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
]

PAGE, OTHER = "/2025/cloud.html", "/über uns?x=1"


@pytest.fixture
def server() -> Iterator[Isso]:
    with isso() as running:
        yield running


def errand(server: Isso, **fields: Any) -> Errand:
    now = datetime.now(UTC)
    given: dict[str, Any] = {
        "options": {"server": server.address, "blog": "https://blog.example"},
        "memory": {},
        "look_back": now - timedelta(days=30),
        "now": now,
        "connect": Session,
    }
    return Errand(token=None, **(given | fields))


def records_of(pages: list[Page], folder: Path) -> list[Record]:
    lines = [page_line(SOURCE.name, p.body, dict(p.about), "now", p.completes) for p in pages]
    path = folder / "isso.pages.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert recognise(path) is SOURCE
    return list(SOURCE.read(LandedFile(path, path.name, datetime.now(UTC)), ReadingRules()))


def comments_in(records: list[Record]) -> dict[str | None, Comment]:
    return {record.native_id: record for record in records if isinstance(record, Comment)}


def test_what_was_written_is_read(server: Isso, tmp_path: Path) -> None:
    person = {"author": "Jörg", "email": "joerg@example.org", "website": "https://joerg.example"}
    first = server.write(PAGE, "Endlich **Cloud**! 👍", **person)
    answer = server.write(PAGE, "Was ist mit SAP?", parent=first["id"])
    deeper = server.write(PAGE, "Bleibt im Haus.", parent=answer["id"], author="CIO")
    server.write(OTHER, "Wo sitzt ihr?")
    pages = list(SOURCE.pages(errand(server, is_full_sweep=True)))
    records = records_of(pages, tmp_path)
    found = comments_in(records)
    one = found[str(first["id"])]
    assert "<strong>Cloud</strong>! 👍" in str(one.text)
    assert (one.author, one.like_count, one.reply_count, one.is_edited) == ("Jörg", 0, 2, False)
    assert one.created_at is not None
    assert abs(one.created_at - datetime.now(UTC)) < timedelta(minutes=1)
    parents = {found[str(c["id"])].parent_native_id for c in (answer, deeper)}
    assert parents == {str(first["id"])}
    posts = {p.native_id: p.reported_comment_count for p in records if isinstance(p, Post)}
    assert posts == {PAGE: 3, OTHER: 1}
    assert {r.post_native_id for r in records if isinstance(r, Swept)} == {PAGE, OTHER}
    for private in ("example.org", "joerg.example", first["hash"]):
        assert private not in repr(pages)


def test_an_edit_and_a_deletion_are_noticed(server: Isso, tmp_path: Path) -> None:
    first = server.write(PAGE, "Endlich.", author="Jörg")
    answer = server.write(PAGE, "Naja.", parent=first["id"])
    pages = list(SOURCE.pages(errand(server, is_full_sweep=True)))
    memory = dict(pages[-1].memory or {})
    assert list(SOURCE.pages(errand(server, memory=memory))) == []
    server.edit(answer["id"], "Na ja, gut.")
    server.delete(first["id"])
    found = comments_in(records_of(list(SOURCE.pages(errand(server, memory=memory))), tmp_path))
    gone, edited = found[str(first["id"])], found[str(answer["id"])]
    assert (gone.status, gone.text, gone.author) == ("deleted", None, None)
    assert edited.is_edited
    assert edited.edited_at is not None
    assert edited.text == "<p>Na ja, gut.</p>"


def test_a_page_that_lost_all_its_comments_is_swept_once_more(server: Isso) -> None:
    only = server.write(PAGE, "Endlich.")
    pages = list(SOURCE.pages(errand(server, is_full_sweep=True)))
    server.delete(only["id"])
    again = errand(server, is_full_sweep=True, memory=dict(pages[-1].memory or {}))
    assert [page.completes for page in SOURCE.pages(again)] == [PAGE, None]


def test_hidden_answers_are_asked_for(server: Isso, tmp_path: Path) -> None:
    for number in range(3):
        first = server.write(PAGE, f"Frage {number}")
        for answer in range(3):
            server.write(PAGE, f"Antwort {number}.{answer}", parent=first["id"])

    class Hiding(Session):
        def get(self, path: str, parameters: Any = None) -> Any:
            return super().get(path, {**(parameters or {}), "limit": 1, "nested_limit": 1})

    pages = list(SOURCE.pages(errand(server, connect=Hiding, is_full_sweep=True)))
    assert len(pages) > 4
    assert [page.completes for page in pages if page.completes] == [PAGE]
    texts = [one.text for one in comments_in(records_of(pages, tmp_path)).values()]
    assert len(texts) == 12
    assert len([p for p in records_of(pages, tmp_path) if isinstance(p, Post)]) == 1


def test_comments_that_wait_for_approval_are_not_shown() -> None:
    with isso(is_moderated=True) as server:
        server.write(PAGE, "Darf ich?")
        assert kinds(SOURCE.pages(errand(server, is_full_sweep=True))) == ["end"]


def test_without_a_list_of_pages_they_have_to_be_named() -> None:
    with isso(has_latest=False) as server:
        server.write(PAGE, "Endlich.")
        with pytest.raises(GiveUp, match="latest-enabled"):
            list(SOURCE.pages(errand(server)))
        options = {"server": server.address, "pages": f"https://blog.example{PAGE}, /none"}
        pages = list(SOURCE.pages(errand(server, options=options, is_full_sweep=True)))
        assert [page.completes for page in pages] == [PAGE, "/none", None]
        server.write(PAGE, "Noch etwas.")
        memory = dict(pages[-1].memory or {})
        (page,) = SOURCE.pages(errand(server, options=options, memory=memory))
        assert [one["text"] for one in page.body["replies"]] == [
            "<p>Endlich.</p>",
            "<p>Noch etwas.</p>",
        ]


def kinds(pages: Iterator[Page]) -> list[str]:
    return [page.about["kind"] for page in pages]
