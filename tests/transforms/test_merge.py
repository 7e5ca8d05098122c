from datetime import datetime

import polars as pl

from models.tables.comment import COMMENT
from tests.builders import Row, comment_row
from transforms.merge import merged

EARLY, LATE = datetime(2025, 11, 1), datetime(2025, 11, 8)


def seen(at: datetime, **fields: object) -> Row:
    return comment_row(
        first_seen_at_utc=at, last_seen_at_utc=at, landed_file=f"{at:%d}.csv", **fields
    )


def merge_rows(incoming: Row, stored: Row | None = None) -> Row:
    frames = [
        pl.DataFrame([row] if row else [], schema=COMMENT.schema()) for row in (incoming, stored)
    ]
    return COMMENT.require(merged(frames[0], frames[1], COMMENT)).row(0, named=True)


def test_a_new_comment_stays_as_it_is() -> None:
    assert merge_rows(seen(EARLY)) == seen(EARLY)


def test_the_record_seen_last_counts_whatever_the_order_of_arrival() -> None:
    old, new = seen(EARLY, like_count=1), seen(LATE, like_count=5)
    assert merge_rows(new, old)["like_count"] == 5
    assert merge_rows(old, new)["like_count"] == 5


def test_the_time_of_first_and_last_sight_widens() -> None:
    answer = merge_rows(seen(EARLY), seen(LATE))
    assert (answer["first_seen_at_utc"], answer["last_seen_at_utc"]) == (EARLY, LATE)


def test_what_the_newer_record_does_not_know_is_taken_from_the_older() -> None:
    answer = merge_rows(seen(LATE, like_count=None), seen(EARLY, like_count=3))
    assert answer["like_count"] == 3


def test_another_wording_in_a_later_file_is_an_edit() -> None:
    answer = merge_rows(seen(LATE, text="new", text_hash="2"), seen(EARLY, text_hash="1"))
    assert (answer["text"], answer["is_edited"], answer["edit_basis"]) == (
        "new",
        True,
        "hash_changed",
    )


def test_the_same_wording_is_no_edit() -> None:
    assert merge_rows(seen(LATE), seen(EARLY))["is_edited"] is None


def test_a_better_reading_of_the_same_file_is_no_edit() -> None:
    answer = merge_rows(seen(EARLY, text="a b", text_hash="2"), seen(EARLY, text_hash="1"))
    assert (answer["text"], answer["is_edited"]) == ("a b", None)
