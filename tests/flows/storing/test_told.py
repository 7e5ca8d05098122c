"""What the records of a file tell, a batch at a time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

import flows.storing.told
from flows.storing.erased import Erased
from flows.storing.told import Told, batches, tell
from models.canonical import Comment, Comments, Post, Record, Rejected, Swept
from tests.builders import comment
from transforms.canonical import Origin
from transforms.pseudonymise import author_key

NOBODY = Erased(frozenset(), frozenset())
POST = Post(platform="blog", site="example.org", native_id="12", position=1, title="Cloud")
SWEPT = Swept(platform="blog", site="example.org", post_native_id="12", position=2)
ODD = Rejected(position=3, reason="no text", detail="nothing")


def told(records: Sequence[Record | Comments], origin: Origin) -> list[Told]:
    return list(tell(iter(records), origin, NOBODY))


def test_each_kind_of_record_has_a_frame_of_its_own(origin: Origin) -> None:
    (found,) = told([POST, comment(1), comment(2), SWEPT, ODD], origin)
    assert found.count == 5
    assert found.posts["title"].to_list() == ["Cloud"]
    assert found.comments["native_id"].to_list() == ["n1", "n2"]
    assert found.rejected["reason"].to_list() == ["no text"]
    assert found.swept == {"blog:example.org:12"}


def test_equal_comments_without_ids_keep_ids_of_their_own_from_batch_to_batch(
    origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: list[Record] = [comment(native_id=None, position=place) for place in range(1, 6)]
    (whole,) = told(list(records), origin)
    monkeypatch.setattr(flows.storing.told, "PART", 2)
    parts = told(list(records), origin)
    assert [part.count for part in parts] == [2, 2, 1]
    assert pl.concat([part.comments for part in parts]).equals(whole.comments)
    assert whole.comments["comment_id"].n_unique() == 5


def test_a_record_that_can_not_be_stored_is_a_rejection(origin: Origin) -> None:
    bent: Any = 7
    (found,) = told([replace(comment(1), text=bent), comment(2)], origin)
    assert (found.comments.height, found.rejected["reason"].to_list()) == (1, ["broken record"])


def test_parts_joined_are_what_all_records_tell_at_once(
    origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(POST, native_id="13", title="Other")
    later = replace(POST, title="Later", position=9)
    records: list[Record] = [POST, comment(1), SWEPT, other, ODD, later, comment(2)]
    (whole,) = told(list(records), origin)
    monkeypatch.setattr(flows.storing.told, "PART", 2)
    (found,) = batches(told(list(records), origin))
    assert (found.count, found.swept) == (7, whole.swept)
    assert found.posts["title"].to_list() == ["Later", "Other"]
    for name in ("posts", "comments", "rejected"):
        assert getattr(found, name).equals(getattr(whole, name))


def test_no_batch_is_larger_than_it_may_be(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.storing.told, "PART", 2)
    monkeypatch.setattr(flows.storing.told, "BATCH", 4)
    found = batches(told([comment(number) for number in range(11)], origin))
    assert [batch.count for batch in found] == [4, 4, 3]


def test_a_rejection_that_quotes_half_a_character_can_be_stored(origin: Origin) -> None:
    records: list[Record] = [
        replace(ODD, detail="found `\ud83d`"),
        replace(POST, created_at_raw="1. \udfff"),
    ]
    (found,) = told(records, origin)
    assert found.rejected["detail"].to_list() == [
        "found `\ufffd`",
        "the time of a post can't be read; its form is `9. \ufffd` (9: a digit, x: a letter)",
    ]


def test_comments_side_by_side_tell_what_they_tell_one_by_one(origin: Origin) -> None:
    some = [comment(1), comment(2, text=None), comment(3, native_id=None, author="Anna")]
    (single,) = told([POST, *some], origin)
    (together,) = told([POST, Comments.of(some)], origin)
    assert together.count == single.count == 4
    assert together.comments.equals(single.comments)


def test_a_field_that_nothing_is_told_of_has_its_default(origin: Origin) -> None:
    lean = Comments(1, {"platform": ["blog"], "site": [""], "position": [1], "text": ["Danke"]})
    (found,) = told([lean], origin)
    assert list(lean.apart()) == [Comment(platform="blog", site="", position=1, text="Danke")]
    assert found.comments.equals(told(list(lean.apart()), origin)[0].comments)


def test_of_comments_side_by_side_those_that_were_erased_are_rejected(origin: Origin) -> None:
    some = [comment(1, author="Anna"), comment(2, author="Ben")]
    anna = Erased(frozenset({author_key(some[0].platform, "Anna", origin.key)}), frozenset())
    (found,) = tell(iter([Comments.of(some)]), origin, anna)
    assert found.comments["native_id"].to_list() == ["n2"]
    assert found.rejected["reason"].to_list() == ["erased"]
