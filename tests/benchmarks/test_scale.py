"""A filled warehouse is one that the stages could have made; the table says what was measured."""

import duckdb
import pytest

from benchmarks import scale
from benchmarks.filled import fill, write_day
from benchmarks.scale import DAY, EMPTY_DAY, MARTS, MOST_READ, READ, Found
from benchmarks.shapes import Shape, draw, get_ready
from flows.classify import answerers_of, count_pending, settle
from flows.ingest import ingest
from flows.refine import refine
from flows.running.direct import without_prefect
from flows.settings import load_settings
from flows.storing.labelled import waiting_files
from flows.warehouse import writing
from models.tables import all_tables

COUNT = 2_000


@pytest.fixture(scope="module")
def drawn():
    with duckdb.connect() as connection:
        posts = get_ready(connection, Shape(20_000))
        draw(connection, Shape(20_000), 0, posts)
        yield connection


def quantiles(connection: duckdb.DuckDBPyConnection, what: str, table: str) -> list[float]:
    found = connection.execute(f"SELECT quantile_cont({what}, [0.5, 0.9]) FROM {table}").fetchone()
    return list(found[0]) if found else []


def test_threads_lengths_and_answers_are_as_in_the_real_sets(drawn):
    median_thread, long_thread = quantiles(drawn, "size", "sized")
    assert 35 < median_thread < 75
    assert 200 < long_thread < 450
    median_length, long_length = quantiles(drawn, "length(text)", "drawn WHERE length(text) > 25")
    assert 90 < median_length < 150
    assert 330 < long_length < 520
    hours = "epoch(created_at - post_at) / 3600"
    median_hours, late_hours = quantiles(drawn, hours, "drawn JOIN sized USING (post)")
    assert 3.8 < median_hours < 5.2
    assert 17 < late_hours < 28
    shares = drawn.execute(
        "SELECT count(parent) / count(*), count(DISTINCT author) / count(*) FROM drawn"
    ).fetchone()
    assert shares[0] == pytest.approx(0.43, abs=0.02)
    assert 0.35 < shares[1] < 0.55


def test_a_comment_answers_one_that_is_there_and_is_the_first_of_its_thread(drawn):
    strange = drawn.execute(
        "SELECT count(*) FROM drawn AS answer LEFT JOIN drawn AS above ON above.n = answer.parent "
        "AND above.post = answer.post AND above.parent IS NULL AND above.n < answer.n "
        "WHERE answer.parent IS NOT NULL AND above.n IS NULL"
    ).fetchone()
    assert strange == (0,)


def test_equal_numbers_are_equal_comments_in_however_many_pieces(drawn):
    with duckdb.connect() as connection:
        posts = get_ready(connection, Shape(20_000))
        draw(connection, Shape(20_000), 10, 20)
        some = connection.execute("SELECT * FROM drawn ORDER BY n").fetchall()
    assert (
        some
        == drawn.execute("SELECT * FROM drawn WHERE post >= 10 AND post < 20 ORDER BY n").fetchall()
    )
    assert posts > 100


def test_a_filled_warehouse_fits_its_contracts_and_nothing_is_left_to_label(workplace):
    settings = load_settings()
    fill(COUNT, settings)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        for table in all_tables().values():
            if table.layer in ("clean", "classified", "ops"):
                table.require(connection.execute(f"FROM {table.full_name}").pl())
        (comments,) = connection.execute("SELECT count(*) FROM clean.comment").fetchone()
        (audience,) = connection.execute(
            "SELECT count(DISTINCT comment_id) FROM classified.current_label WHERE is_chosen"
        ).fetchone()
        connection.execute("DELETE FROM ops.labelled_file")
    assert comments == COUNT
    assert 0.95 * COUNT < audience < COUNT
    for answerer in answerers_of(settings):
        assert count_pending(answerer.version, settings) == 0
        settle([answerer.version], settings)
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            assert waiting_files(connection, [answerer.version]) == {answerer.version: {}}


def test_the_day_after_is_read_whole_and_stands_partly_on_posts_that_were_there(
    workplace, tmp_path
):
    settings = load_settings()
    fill(COUNT, settings)
    write_day(tmp_path / "day.csv", COUNT, 500)
    with without_prefect():
        ingest(files=[tmp_path / "day.csv"])
        report = refine()
    assert report.rejected_count == 0
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        counts = connection.execute(
            "SELECT count(*), count(*) FILTER (comment.post_id IN "
            "(SELECT post_id FROM clean.comment WHERE landed_file LIKE '%/2025%')) "
            "FROM clean.comment AS comment "
            "WHERE landed_file LIKE '%day.csv'"
        ).fetchone()
    assert counts[0] == 500
    assert counts[1] >= 80


def found(
    stage: str, size: int, cpu_s: float, wall_s: float = 1.0, comments: int = 10_000
) -> Found:
    return Found(size, stage, comments, wall_s, cpu_s, 500.0)


def test_a_day_is_compared_with_the_same_day_on_nothing():
    rows = [
        found(f"{EMPTY_DAY}: refine", 10_000_000, 2.0),
        found(f"{DAY}: refine", 10_000_000, 3.0),
    ]
    assert "1.50 times, FAIL (<= 1.3)" in scale.shown(rows)
    assert "1.50 times" in scale.shown(
        [found(f"{EMPTY_DAY}: refine", 10, 2.0), found(f"{DAY}: refine", 10, 3.0)]
    )


def test_promises_are_judged_only_where_they_were_made():
    assert "pass (>= 25,000/s)" in scale.shown([found(READ, 10, 1.0, 1.0, MOST_READ)])
    assert "25,000" not in scale.shown([found(READ, 10, 1.0, 1.0, 100)])
    assert "pass (< 60 s, 4,000 MB)" in scale.shown([found(MARTS, 10_000_000, 50.0, 50.0)])
    assert "pass" not in scale.shown([found(MARTS, 1_000_000, 50.0, 50.0)])


def test_growth_is_told_by_a_million_comments():
    told = scale.growth([found(MARTS, 10_000, 2.0), found(MARTS, 20_000, 2.0, 1.0, 20_000)])
    assert told.splitlines()[-1].split() == ["marts", "200", "100"]
