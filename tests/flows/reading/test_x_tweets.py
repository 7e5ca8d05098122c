"""Single posts of an archive; whole files of them are tested with `x_archive`."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flows.reading.json_window import Found
from flows.reading.x_tweets import Part, answered_in, records_of
from models.canonical import Post, Rejected


def post(**fields: Any) -> Post:
    tweet = {"id_str": "7", "full_text": "Open Source im Leitstand", **fields}
    (record,) = records_of(Found({"tweet": tweet}, 3), Part("tweets", {}))
    assert isinstance(record, Post)
    return record


def test_the_top_of_a_thread_is_known_if_all_of_it_is_there() -> None:
    part = Part(
        "tweets",
        answered_in(
            [
                {"tweet": {"id_str": "3", "in_reply_to_status_id_str": "2"}},
                {"tweet": {"id_str": "2", "in_reply_to_status_id_str": "1"}},
                {"id_str": "1"},
                {"id_str": "9", "in_reply_to_user_id_str": "8"},
                "no post",
            ]
        ),
    )
    assert [part.root_of(one) for one in ("3", "2", "1", "9", "5")] == ["1", "1", "1", None, None]


def test_what_is_no_post_says_why_and_where() -> None:
    (without_id,) = records_of(Found({"tweet": {}}, 3), Part("tweets", {}))
    (stray,) = records_of(Found({}, 4, has_stray_bytes=True), Part("tweets", {}))
    assert isinstance(without_id, Rejected)
    assert isinstance(stray, Rejected)
    assert (without_id.line, without_id.detail) == (3, "a post without `id_str`")
    assert (stray.line, stray.detail) == (4, "bytes that are not UTF-8")


@pytest.mark.parametrize(
    ("escaped", "text"),
    [("a &amp; b", "a & b"), ("&lt;x&gt;", "<x>"), ("&amp;lt;", "&lt;"), ("&uuml;", "&uuml;")],
)
def test_the_three_signs_that_x_escapes_are_unescaped_once(escaped: str, text: str) -> None:
    found = post(full_text=escaped)
    assert found.text == text


@pytest.mark.parametrize(
    "raw",
    ["Mi Sep 17 06:55:52 +0000 2025", "Wed Foo 17 06:55:52 +0000 2025", "2025-09-17", "", None],
)
def test_a_time_that_cannot_be_read_stays_unknown(raw: str | None) -> None:
    found = post(created_at=raw)
    assert (found.created_at, found.created_at_raw) == (None, raw or None)


def test_a_time_of_another_zone_is_turned_to_utc() -> None:
    found = post(created_at="Wed Sep 17 06:55:52 +0230 2025")
    assert found.created_at == datetime(2025, 9, 17, 4, 25, 52, tzinfo=UTC)
