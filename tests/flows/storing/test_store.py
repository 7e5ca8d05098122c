"""What merging the records of files leaves of their wordings."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import duckdb
import polars as pl
import pytest

from flows.storing.store import store
from flows.warehouse import merge
from models.canonical import Post
from models.tables.labelled_file import LABELLED_FILE
from tests.builders import comment
from transforms.canonical import Origin

MONDAY = datetime(2025, 11, 10, 8, tzinfo=UTC)
WHOLE = "Die Cloud ist gut, aber wer zahlt den Umzug, und wann kommt er endlich?"
SAID_CUT, CUT = f"{WHOLE[:40]} …", WHOLE[:47]


@pytest.mark.parametrize("texts", list(permutations((WHOLE, SAID_CUT, CUT))))
def test_the_beginning_of_a_text_is_no_wording_of_its_own(
    texts: tuple[str, ...], con: duckdb.DuckDBPyConnection
) -> None:
    for number, text in enumerate(texts):
        at = MONDAY + timedelta(hours=number)
        origin = Origin(f"source{number}/file", at, None, frozenset(), b"k" * 32)
        store(con, [comment(text=text)], origin, 1000)
    assert con.execute("SELECT text FROM clean.comment_version").fetchall() == [(WHOLE,)]
    assert con.execute("SELECT text, is_edited FROM clean.comment").fetchall() == [(WHOLE, None)]


def day_of(number: int) -> Origin:
    """The file of one day."""
    return Origin(
        f"source/day{number}", MONDAY + timedelta(days=number), None, frozenset(), b"k" * 32
    )


@pytest.mark.parametrize("post", ["p", None], ids=["a post", "no post that is known"])
def test_an_answer_moves_below_a_comment_that_comes_days_later(
    post: str | None, con: duckdb.DuckDBPyConnection
) -> None:
    answer = comment(native_id="2", parent_native_id="1", post_native_id=post)
    store(con, [answer], day_of(0), 1000)
    store(con, [comment(native_id="9", post_native_id="other")], day_of(1), 1000)
    store(con, [comment(native_id="1", post_native_id=post)], day_of(2), 1000)
    places = "SELECT comment_id, root_id, depth FROM clean.comment WHERE depth > 0"
    (found,) = con.execute(places).fetchall()
    assert found[0].endswith("2")
    assert found[1].endswith("1")
    assert found[2] == 1


def test_an_earlier_file_that_is_read_again_replaces_its_own_rows_and_no_others(
    con: duckdb.DuckDBPyConnection,
) -> None:
    store(con, [comment(native_id="1"), comment(native_id="2")], day_of(0), 1000)
    store(con, [comment(native_id="3")], day_of(1), 1000)
    store(con, [comment(native_id="2", text="neu gelesen")], day_of(0), 1000)
    kept = "SELECT native_id, landed_file FROM clean.comment ORDER BY ALL"
    assert con.execute(kept).fetchall() == [("2", "source/day0"), ("3", "source/day1")]
    assert con.execute(
        "SELECT landed_file, count(*) FROM clean.comment_version GROUP BY ALL ORDER BY ALL"
    ).fetchall() == [("source/day0", 1), ("source/day1", 1)]


def test_a_comment_of_an_earlier_version_that_had_no_numbers_is_known(
    con: duckdb.DuckDBPyConnection,
) -> None:
    store(con, [comment(native_id="1"), comment(native_id="2")], day_of(0), 1000)
    con.execute("UPDATE clean.comment SET id_number = NULL")
    store(con, [comment(native_id="1", text="neu")], day_of(1), 1000)
    kept = "SELECT native_id, text FROM clean.comment ORDER BY ALL"
    assert con.execute(kept).fetchall() == [("1", "neu"), ("2", "Text number 1")]


def test_wordings_go_with_a_comment_that_a_file_no_longer_tells(
    con: duckdb.DuckDBPyConnection,
) -> None:
    store(con, [comment(native_id="1", text="wie es zuerst hieß")], day_of(0), 1000)
    store(con, [comment(native_id="1", text="wie es nun heißt")], day_of(1), 1000)
    store(con, [comment(native_id="2")], day_of(1), 1000)
    left = "SELECT DISTINCT comment_id FROM clean.comment_version"
    assert (
        con.execute(left).fetchall()
        == con.execute(f"{left} SEMI JOIN clean.comment USING (comment_id)").fetchall()
    )
    assert len(con.execute(left).fetchall()) == 1


def test_comments_below_a_post_that_a_file_no_longer_tells_are_looked_at_again(
    con: duckdb.DuckDBPyConnection,
) -> None:
    post = Post(platform="blog", site="", native_id="p", position=1, title="Umzug in die Cloud")
    store(con, [post], day_of(0), 1000)
    for day, place in ((1, "p"), (2, "q")):
        said = comment(site="", native_id=str(day), post_native_id=place)
        store(con, [said], day_of(day), 1000)
    read_with_its_post = con.execute("SELECT * FROM classified.wording").fetchall()
    files = {"landed_file": ["source/day1", "source/day2"], "model_version": ["m", "m"]}
    merge(con, LABELLED_FILE, pl.DataFrame(files))
    store(con, [], day_of(0), 1000)
    assert con.execute("SELECT * FROM classified.wording").fetchall() != read_with_its_post
    assert con.execute("SELECT landed_file FROM ops.labelled_file").fetchall() == [("source/day2",)]


def test_a_comment_of_a_file_was_last_seen_then_or_later(con: duckdb.DuckDBPyConnection) -> None:
    store(con, [comment(native_id="1")], day_of(2), 1000)
    store(con, [comment(native_id="1", text="von früher"), comment(native_id="2")], day_of(0), 1000)
    store(con, [comment(native_id="2", text=None, status="deleted")], day_of(3), 1000)
    store(con, [comment(native_id="1")], day_of(1), 1000)
    received = {day_of(number).landed_file: MONDAY + timedelta(days=number) for number in range(4)}
    for table in ("clean.comment", "clean.comment_version"):
        rows = con.execute(f"SELECT landed_file, last_seen_at_utc FROM {table}").fetchall()
        assert len(rows) >= 2
        assert all(seen >= received[file].replace(tzinfo=None) for file, seen in rows)
