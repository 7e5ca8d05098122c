"""The invented answers are what they claim to be, and our own reader reads all of them."""

from datetime import UTC, datetime

import pytest

from benchmarks.graph_answers import write_answers
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.facebook_graph import SOURCE
from models.canonical import Comment, Post

SIZE = 300_000


def test_one_seed_gives_one_file(tmp_path):
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        write_answers(tmp_path / name, 50_000, seed)
    one, two, other = ((tmp_path / name).read_bytes() for name in ("one", "two", "other"))
    assert one == two != other


def test_a_file_is_as_long_as_was_asked(tmp_path):
    written = write_answers(tmp_path / "file", SIZE)
    assert (tmp_path / "file").stat().st_size == written.bytes >= SIZE


@pytest.fixture
def read(tmp_path):
    file = tmp_path / "graph.json"
    written = write_answers(file, SIZE)
    assert SOURCE.recognise(file.read_bytes()[:65536])
    landed = LandedFile(file, file.name, datetime(2026, 2, 1, tzinfo=UTC))
    return written, list(SOURCE.read(landed, ReadingRules()))


def test_every_post_and_comment_is_read(read):
    written, records = read
    posts = [one for one in records if isinstance(one, Post)]
    comments = [one for one in records if isinstance(one, Comment)]
    assert (len(posts), len(comments)) == (written.posts, written.comments)
    assert len(records) == len(posts) + len(comments)
    assert all(one.post_native_id for one in comments)


def test_threads_and_lengths_are_those_of_a_real_page(read):
    _, records = read
    comments = [one for one in records if isinstance(one, Comment)]
    answers = sum(one.parent_native_id is not None for one in comments) / len(comments)
    lengths = sorted(len(one.text or "") for one in comments)
    assert 0.2 < answers < 0.45
    assert 30 < lengths[len(lengths) // 2] < 150
    assert lengths[-1] > 500
    assert 0 < sum(one.is_owner for one in comments) < len(comments) / 20
