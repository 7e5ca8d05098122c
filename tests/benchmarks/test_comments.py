"""The invented comments are what they claim to be, and our own reader reads all of them."""

from datetime import UTC, datetime

import duckdb
import polars as pl
import pytest

from benchmarks.comments import HEADER, write_comments
from benchmarks.labels import VERSION, options, put_labels
from flows.reading.landed import LandedFile, ReadingRules
from flows.settings import load_settings
from flows.sources.table_file import read
from flows.storing.store import store
from flows.warehouse import writing
from models.canonical import Comment
from transforms.canonical import Origin

COUNT = 1_000


@pytest.fixture
def records(tmp_path):
    file = tmp_path / "kommentare.csv"
    write_comments(file, COUNT)
    return list(read(LandedFile(file, file.name, datetime(2026, 2, 1, tzinfo=UTC)), ReadingRules()))


def test_one_seed_gives_one_file(tmp_path):
    for name in ("one", "two"):
        write_comments(tmp_path / name, 50, seed=7)
    write_comments(tmp_path / "other", 50, seed=8)
    one, two, other = ((tmp_path / name).read_bytes() for name in ("one", "two", "other"))
    assert one == two != other


def test_file_is_what_a_german_excel_writes(tmp_path):
    write_comments(tmp_path / "file", 3)
    content = (tmp_path / "file").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").split("\r\n")[0].split(";") == list(HEADER)


def test_every_row_is_read_with_replies_repeats_and_own_answers(records):
    comments = [record for record in records if isinstance(record, Comment)]
    assert len(comments) == len({comment.native_id for comment in comments}) == COUNT
    assert all(comment.text and comment.created_at for comment in comments)
    ids = {comment.native_id for comment in comments}
    replies = [comment for comment in comments if comment.parent_native_id]
    assert all(reply.parent_native_id in ids for reply in replies)
    assert 0.2 < len(replies) / COUNT < 0.4
    assert 0.005 < sum(comment.is_owner for comment in comments) / COUNT < 0.05
    texts = pl.Series([comment.text for comment in comments])
    assert 0.05 < texts.is_duplicated().mean() < 0.2
    assert 40 < texts.str.len_chars().median() < 120


def test_labels_answer_every_head_once_or_as_often_as_it_allows(records, workplace):
    settings = load_settings()
    origin = Origin("f.csv", datetime(2026, 2, 1, tzinfo=UTC), None, frozenset(), b"k" * 32)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        store(connection, records, origin, settings.refine.longest_text)
    count = put_labels(settings)
    heads = options(settings)
    single = heads.filter(~pl.col("many"))["head"].unique().to_list()
    with duckdb.connect(settings.paths.warehouse, read_only=True) as connection:
        ((audience,),) = connection.execute(
            "SELECT count(*) FROM classified.dated WHERE is_audience"
        ).fetchall()
        odd = connection.execute(
            "SELECT head FROM classified.current_label WHERE list_contains(?, head) "
            "GROUP BY comment_id, head "
            "HAVING count(*) FILTER (is_chosen) <> 1 OR abs(sum(probability) - 1) > 1e-9",
            [single],
        ).fetchall()
        ((topics,),) = connection.execute(
            "SELECT count(*) FILTER (is_chosen) / count(DISTINCT comment_id) "
            "FROM classified.current_label WHERE head = 'topic'"
        ).fetchall()
        versions = connection.execute("SELECT DISTINCT model_version FROM ops.current_model")
        assert versions.fetchall() == [(VERSION,)]
    assert count == audience * heads.height
    assert odd == []
    assert 0.8 < topics < 2
