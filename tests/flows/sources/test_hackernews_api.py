from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.fetching.named import NotThere
from flows.reading.api_pages import LandedPage
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import Page
from flows.sources.hackernews_api import SOURCE, read_page
from models.canonical import Comment, Post, Record, Swept
from models.errors import GiveUp
from tests.loopback import Question, Reply, World, platform
from transforms.plain_text import plain_text

SAMPLE = Path(__file__).parent / "samples" / "hackernews_api.jsonl"


def item(native: int, *children: Any, parent: int | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "id": native,
        "created_at": "2025-11-03T08:00:00.000Z",
        "created_at_i": 1762156800,
        "author": "someone",
        "text": f"<p>text {native}",
        "parent_id": parent,
        "story_id": 1,
        "children": list(children),
    } | fields


def a_world() -> World:
    trees = {
        "1": item(1, item(2, item(3, parent=2), parent=1)),
        "5": item(5, item(6, parent=5), story_id=5),
    }
    return World(lambda question: Reply(trees[question.path.split("/")[-1]]), {"stories": "1,5"})


def records(path: Path) -> list[Record]:
    landed = LandedFile(path, path.name, datetime(2025, 11, 10, tzinfo=UTC))
    return list(SOURCE.read(landed, ReadingRules()))


def test_a_tree_becomes_a_post_and_its_comments_with_their_parents() -> None:
    post, *comments, swept = records(SAMPLE)
    assert isinstance(post, Post)
    assert post.reported_comment_count == len(comments) - 1  # one was deleted
    answered = {c.native_id: c.parent_native_id for c in comments if isinstance(c, Comment)}
    assert answered == {"41000002": None, "41000003": "41000002", "41000004": None}
    assert isinstance(swept, Swept)


def test_a_deleted_comment_keeps_its_place_without_a_text() -> None:
    *_, deleted, _swept = records(SAMPLE)
    assert isinstance(deleted, Comment)
    assert (deleted.status, deleted.text, deleted.author) == ("deleted", None, None)


def test_a_plain_title_loses_no_word() -> None:
    title = "Why List<T> beats generics & Q&amp;A"
    post, *_ = read_page(LandedPage(item(1, title=title)), ReadingRules())
    assert isinstance(post, Post)
    assert plain_text(post.title or "", post.text_format) == title


def test_options_of_a_poll_are_neither_comments_nor_counted() -> None:
    option = item(2, item(4, parent=2), parent=1, type="pollopt", points=7)
    poll = item(1, option, item(3, parent=1, type="comment"), type="poll", title="Cloud?")
    post, *comments = read_page(LandedPage(poll), ReadingRules())
    assert isinstance(post, Post)
    assert post.reported_comment_count == 2
    assert [one.native_id for one in comments if isinstance(one, Comment)] == ["4", "3"]


def test_a_story_is_landed_again_only_when_its_comments_changed() -> None:
    tree = item(1, item(2, parent=1))
    with platform(lambda question: Reply(tree)) as hackernews:
        errand = hackernews.errand(options={"stories": "1"})
        (first,) = SOURCE.pages(errand)
        again = hackernews.errand(options={"stories": "1"}, memory=first.memory)
        assert list(SOURCE.pages(again)) == []
        tree["children"].append(item(3, parent=1))
        assert len(list(SOURCE.pages(again))) == 1


def test_a_full_sweep_lands_every_story_and_a_missing_story_stops_nothing() -> None:
    def behave(question: Question) -> Reply:
        is_there = question.path.endswith("/items/2")
        return Reply(item(2)) if is_there else Reply({"error": "Not found"}, 404)

    with platform(behave) as hackernews:
        errand = hackernews.errand(
            options={"stories": "1, 2"}, memory={"counts": {"2": 1}}, is_full_sweep=True
        )
        found: list[Page] = []
        with pytest.raises(NotThere, match="no story `1`"):
            found.extend(SOURCE.pages(errand))  # what came before the error stays in `found`
        assert [page.completes for page in found] == ["2", None]


def test_a_story_is_known_by_its_address() -> None:
    with platform(lambda question: Reply(item(1))) as hackernews:
        stories = "https://news.ycombinator.com/item?id=1, news.ycombinator.com/item?id=1#2, 1"
        assert len(list(SOURCE.pages(hackernews.errand(options={"stories": stories})))) == 1
        assert [question.path for question in hackernews.asked] == ["/api/v1/items/1"]


@pytest.mark.parametrize("story", ["https://hn.algolia.com/?q=1", "a story"])
def test_what_names_no_story_is_told_before_anything_is_asked(story: str) -> None:
    with platform(lambda question: Reply(item(1))) as hackernews:
        with pytest.raises(GiveUp, match=r"option `stories` is .* expected numbers"):
            list(SOURCE.pages(hackernews.errand(options={"stories": story})))
        assert hackernews.asked == []


def test_an_edit_is_seen_though_there_are_as_many_comments_as_before() -> None:
    tree = item(1, item(2, parent=1))
    with platform(lambda question: Reply(tree)) as hackernews:
        (first,) = SOURCE.pages(hackernews.errand(options={"stories": "1"}))
        tree["children"][0]["text"] = "<p>edited"
        again = hackernews.errand(options={"stories": "1"}, memory=first.memory)
        assert len(list(SOURCE.pages(again))) == 1


def test_a_finished_sweep_does_not_shorten_the_next() -> None:
    with platform(lambda question: Reply(item(1))) as hackernews:
        memory: Any = {}
        for _ in range(2):
            errand = hackernews.errand(options={"stories": "1"}, memory=memory, is_full_sweep=True)
            first, last = SOURCE.pages(errand)
            assert first.completes == "1"
            memory = last.memory


def test_a_tree_that_is_hundreds_of_answers_deep_is_read() -> None:
    tree = item(400, parent=399)
    for native in range(399, 0, -1):
        tree = item(native, tree, parent=native - 1)
    with platform(lambda question: Reply(tree)) as hackernews:
        (page,) = SOURCE.pages(hackernews.errand(options={"stories": "1"}))
    found = list(read_page(LandedPage(page.body), ReadingRules()))
    assert isinstance(found[0], Post)
    assert (found[0].reported_comment_count, len(found)) == (399, 400)
