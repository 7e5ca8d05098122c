from datetime import UTC, datetime

import pytest

from flows.reading.landed import ColumnMapping, LandedFile, ReadingRules
from flows.reading.table_plan import plan_for
from flows.reading.table_rows import open_table
from flows.reading.table_types import BrokenTable


@pytest.fixture
def plan(tmp_path):
    """The plan for a file with this content."""

    def made(content, rules=None, channel=None):
        path = tmp_path / "file.csv"
        path.write_text(content, encoding="utf-8")
        landed = LandedFile(path, path.name, datetime(2025, 12, 1, tzinfo=UTC), channel)
        table = open_table(path)
        return plan_for(landed, table, list(table.rows)[:3], rules or ReadingRules())

    return made


def test_a_header_has_one_signature_in_whatever_order_it_comes(plan):
    first, second = plan("Kommentar;Datum\na;05.11.2025\n"), plan("DATUM,kommentar\n05.11.2025,a\n")
    assert first.signature == second.signature == "datum|kommentar"


def test_the_order_of_dates_is_looked_for_in_the_whole_file(plan):
    lines = ["text,date"] + ["a b,03/04/2025"] * 50
    assert plan("\n".join(lines)).is_order_assumed
    proven = plan("\n".join([*lines, "c d,03/25/2025"]))
    assert (proven.is_order_assumed, proven.times.order) == (False, "mdy")


def test_numbered_parents_below_the_first_rows_are_known(plan):
    rows = [f"{number},{number - 1},Text {number},2025-11-05 10:00" for number in range(1, 9)]
    family = plan("\n".join(["id,parent_id,text,date", *rows])).family
    assert [number for _, number in family] == [str(number) for number in range(1, 9)]
    assert plan("id,text,date\n1,a b,2025-11-05\n").family == {}


def test_the_channel_of_the_sender_comes_before_those_of_settings_and_columns(plan):
    content, rules = (
        "video_id;text;date\nv;a b;2025-11-05\n",
        ReadingRules(mappings=(ColumnMapping(channel="intranet"),)),
    )
    assert plan(content, rules, "x").channel == "x"
    assert plan(content, rules).channel == "intranet"
    assert plan(content).channel == "youtube"


@pytest.mark.parametrize(
    ("match", "channel"),
    [("umfrage*.csv", "intranet"), ("export.zip/2025/*", "intranet"), ("export*.zip", "")],
)
def test_a_mapping_is_for_a_name_inside_an_archive_too(tmp_path, match, channel):
    path = tmp_path / "file.csv"
    path.write_text("text;date\na b;2025-11-05\n", encoding="utf-8")
    landed = LandedFile(path, "export.zip/2025/umfrage.csv", datetime(2025, 12, 1, tzinfo=UTC))
    rules = ReadingRules(mappings=(ColumnMapping(match=match, channel="intranet"),))
    table = open_table(path)
    assert plan_for(landed, table, list(table.rows), rules).channel == channel


def test_ids_of_threads_are_told_from_ids_of_posts(plan):
    assert plan("thread_id;text;date\n5;a b;2025-11-05\n").has_threads
    assert not plan("post_id;text;date\n5;a b;2025-11-05\n").has_threads


@pytest.mark.parametrize(
    ("columns", "part"),
    [({"text": "Nix"}, "`Nix`"), ({"texxt": "Kommentar"}, "`texxt`")],
    ids=["column", "field"],
)
def test_a_mapping_that_does_not_fit_is_a_broken_table(plan, columns, part):
    rules = ReadingRules(mappings=(ColumnMapping(columns=columns),))
    with pytest.raises(BrokenTable, match=part):
        plan("Kommentar;Datum\na b;05.11.2025\n", rules)


def test_of_a_table_without_a_header_no_row_is_quoted(plan):
    rows = "Anna Berg;Ich finde Herrn Schulz gut;Nord\nBen Cham;Mir geht es wie der Anna;Nord\n"
    with pytest.raises(BrokenTable) as refused:
        plan(rows)
    told = "`column 1 (9 characters)`, `column 2 (26 characters)`, `column 3 (4 characters)`. Name"
    assert f"found the columns {told}" in refused.value.detail
