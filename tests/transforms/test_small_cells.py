"""Hidden rows stay in their place, and an attacker with all tables finds out nothing."""

import random
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import transforms.small_cells
from models.contract import Column, SmallCells, Table
from tests.attacker import leaks
from tests.share_marts import (
    CHANNEL_SENTIMENT_WEEKLY,
    CHANNEL_WEEKLY,
    POST_SENTIMENT,
    POST_SENTIMENT_DAILY,
    SEGMENT_SENTIMENT_MONTHLY,
    SENTIMENT_WEEKLY,
    TOPIC_SENTIMENT_WEEKLY,
    TOPIC_SHARE_MONTHLY,
    coverage_of,
    facts_of,
    marts_of,
    threads_of,
)
from transforms.cells import Cells
from transforms.coverage import COVERAGE, counts_told
from transforms.small_cells import WOULD_REVEAL, hide_small_cells

MONDAY = date(2025, 11, 3)
Comments = list[tuple[str, str, str, date, list[str]]]


def only_small_ones(cells: Cells, smallest: int) -> object:
    """What hides small cells, and forgets that others reveal them."""
    return cells.listed["is_few"].to_numpy()


def people(
    prefix: str, count: int, post: str, channel: str, day: date = MONDAY, topics: tuple = ()
) -> Comments:
    return [(f"{prefix}{number}", post, channel, day, list(topics)) for number in range(count)]


def crowd(seed: int, size: int, authors: int, days: int) -> Comments:
    """Comments by chance: three posts on two channels, from a month's end on."""
    chance = random.Random(seed)
    start = date(2025, 9, 22)
    return [
        (
            f"a{chance.randrange(authors)}",
            post := f"p{chance.randrange(3)}",
            "blog" if post == "p0" else "x",
            start + timedelta(chance.randrange(days)),
            chance.sample(["cloud", "costs"], chance.choice([0, 1, 1, 2])),
        )
        for _ in range(size)
    ]


PLANTED = {
    "a week less its other channels": people("a", 1, "p1", "blog")
    + people("b", 20, "p2", "x")
    + people("c", 9, "p3", "y"),
    "a post less its other days": people("a", 9, "p1", "x")
    + people("b", 12, "p1", "x", MONDAY + timedelta(1))
    + people("c", 2, "p1", "x", MONDAY + timedelta(2)),
    "a month less its weeks": people("a", 9, "p1", "x", date(2025, 9, 22), ("cloud",))
    + people("b", 2, "p1", "x", date(2025, 9, 30), ("cloud",))
    + people("c", 9, "p1", "x", date(2025, 10, 1), ("cloud",)),
    "a topic's months less its weeks": people("a", 9, "p1", "x", date(2025, 9, 2), ("cloud",))
    + people("b", 7, "p2", "x", date(2025, 9, 9), ("cloud",))
    + people("c", 2, "p3", "x", date(2025, 9, 16), ("cloud",))
    + people("d", 20, "p3", "x", date(2025, 9, 16), ("costs",)),
    "a week less a topic": people("a", 9, "p1", "x", topics=("cloud",))
    + people("b", 1, "p1", "x", topics=("costs",)),
    "two small ones that sum up": people("a", 2, "p1", "blog")
    + people("b", 1, "p2", "x")
    + people("c", 9, "p3", "y"),
    "one who writes much": people("a", 1, "p1", "blog") * 12 + people("b", 20, "p2", "x"),
}


@pytest.mark.parametrize("comments", PLANTED.values(), ids=PLANTED)
def test_what_hiding_small_cells_alone_gives_away_is_covered(
    comments: Comments, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = facts_of(comments)
    covered = hide_small_cells(marts_of(facts), facts, 5)
    monkeypatch.setattr(transforms.small_cells, "hidden_cells", only_small_ones)
    naive = hide_small_cells(marts_of(facts), facts, 5)
    assert leaks(naive, facts, 5)
    assert leaks(covered, facts, 5) == []


THREE_MONTHS = (
    people("a", 20, "p1", "x", date(2025, 1, 15))
    + people("b", 3, "p1", "x", date(2025, 2, 12))
    + people("c", 30, "p1", "x", date(2025, 3, 12))
)
"""A month of few people, and nothing that parts what is left over."""


def test_the_total_beside_the_tables_does_not_tell_the_week_that_is_left_over() -> None:
    facts = facts_of(THREE_MONTHS)
    marts = {t: rows for t, rows in marts_of(facts).items() if t in (SENTIMENT_WEEKLY,)}
    hidden = hide_small_cells(marts | coverage_of(facts), facts, 5)
    counts = counts_told(hidden.pop(COVERAGE.table))
    assert leaks(hidden, facts, 5, {"audience_comments": 53})
    assert leaks(hidden, facts, 5, {"comments": 56, "own_answers": 2, "left_out": 1})
    assert leaks(hidden, facts, 5, counts) == []
    assert counts == {"posts": 1, "own_answers": 2, "left_out": 1, "rejected_records": 0}
    # It gives way, and the tables keep their numbers.
    assert hidden[SENTIMENT_WEEKLY].equals(hide_small_cells(marts, facts, 5)[SENTIMENT_WEEKLY])
    assert hidden[SENTIMENT_WEEKLY]["hidden_reason"].null_count() == 6


@pytest.mark.parametrize("seed", range(6))
def test_the_tables_are_the_same_with_the_total_and_without(seed: int) -> None:
    facts = facts_of(crowd(seed, 60, 25, 25))
    hidden = hide_small_cells(marts_of(facts) | coverage_of(facts), facts, 5)
    for table, rows in hide_small_cells(marts_of(facts), facts, 5).items():
        assert hidden[table].equals(rows)


def test_the_total_is_told_where_it_reveals_nothing() -> None:
    facts = facts_of(
        THREE_MONTHS
        + people("d", 2, "p1", "x", date(2025, 4, 16))
        + people("e", 4, "p1", "x", date(2025, 5, 14))
    )
    marts = {t: rows for t, rows in marts_of(facts).items() if t in (SENTIMENT_WEEKLY,)}
    hidden = hide_small_cells(marts | coverage_of(facts), facts, 5)
    counts = counts_told(hidden.pop(COVERAGE.table))
    assert (counts["audience_comments"], counts["comments"]) == (59, 62)
    assert leaks(hidden, facts, 5, counts) == []


def test_a_total_of_few_people_is_hidden_as_such() -> None:
    facts = facts_of(people("a", 3, "p1", "x"))
    (row,) = hide_small_cells(coverage_of(facts), facts, 5)[COVERAGE.table].to_dicts()
    assert (row["audience_comments"], row["author_count"], row["unlabelled"]) == (None,) * 3
    assert row["hidden_reason"] == "fewer than 5 authors"


SHORT_THREADS = people("a", 3, "p1", "x") + people("b", 8, "p2", "x") + people("c", 30, "p3", "x")


@pytest.mark.parametrize("reported", [3, 4], ids=["whole", "one is missing"])
def test_what_is_said_of_a_hidden_thread_does_not_tell_how_short_it_is(reported: int) -> None:
    facts = facts_of(SHORT_THREADS)
    marts = marts_of(facts) | threads_of(facts, {"p1": reported, "p2": 9, "p3": 30})
    (table,) = threads_of(facts, {"p1": 0, "p2": 0, "p3": 0})
    hidden = hide_small_cells(marts, facts, 5)
    assert leaks(hidden, facts, 5) == []
    short, covering, long = hidden[table].to_dicts()
    kept = {"post_id", "post_title", "channel", "first_seen_day", "last_seen_day", "hidden_reason"}
    for row in (short, covering):
        assert {name for name, value in row.items() if value is not None} == kept
    assert (long["is_whole"], long["reported_comment_count"]) == (True, 30)


def test_the_attacker_reads_the_flag_beside_what_is_reported() -> None:
    facts = facts_of(SHORT_THREADS)
    marts = marts_of(facts) | threads_of(facts, {"p1": 4, "p2": 9, "p3": 30})
    hidden = hide_small_cells(marts, facts, 5)
    (table,) = threads_of(facts, {"p1": 0, "p2": 0, "p3": 0})
    said = marts[table].select("post_id", "is_whole", "reported_comment_count")
    with_flag = hidden[table].drop("is_whole", "reported_comment_count").join(said, on="post_id")
    assert "{'post_id': 'p1'} is hidden, and is at most 3.0" in leaks(
        hidden | {table: with_flag.select(hidden[table].columns)}, facts, 5
    )


def segment_of(author: str, channel: str) -> str:
    """Employees by channel or by who they are, partners by who they are, and the public."""
    if channel == "blog" or author[-1] in "01":
        return "employees"
    return "partners" if author[-1] == "2" else "public"


IN_SEGMENTS = {
    # One partner: the month less employees and the public, who are each enough.
    "a month less its other segments": people("e0", 1, "p1", "blog") * 9
    + [(f"e{n}", "p1", "blog", MONDAY, []) for n in range(9)]
    + [(f"f{n}3", "p2", "x", MONDAY, []) for n in range(20)]
    + [("g2", "p2", "x", MONDAY, [])],
    # Employees are those of the blog, and one more: all less the blog's week tells of that one.
    "a segment less the channel that makes it": [
        (f"e{n}", "p1", "blog", MONDAY, []) for n in range(9)
    ]
    + [("h1", "p2", "x", MONDAY, [])]
    + [(f"f{n}3", "p2", "x", MONDAY, []) for n in range(20)],
}


@pytest.mark.parametrize("comments", IN_SEGMENTS.values(), ids=IN_SEGMENTS)
def test_small_segments_are_covered_against_all_other_tables(
    comments: Comments, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = facts_of(comments, segment_of)
    covered = hide_small_cells(marts_of(facts), facts, 5)
    assert leaks(covered, facts, 5) == []
    monkeypatch.setattr(transforms.small_cells, "hidden_cells", only_small_ones)
    assert leaks(hide_small_cells(marts_of(facts), facts, 5), facts, 5)


def test_a_small_segment_takes_another_one_with_it_and_leaves_the_total() -> None:
    facts = facts_of(IN_SEGMENTS["a month less its other segments"], segment_of)
    hidden = hide_small_cells(marts_of(facts), facts, 5)
    months = hidden[SEGMENT_SENTIMENT_MONTHLY].unique("segment").sort("segment")
    reasons = dict(months.select("segment", "hidden_reason").iter_rows())
    assert reasons.pop("partners") == "fewer than 5 authors"
    assert sorted(reasons.values(), key=bool) == [None, WOULD_REVEAL]
    assert hidden[SENTIMENT_WEEKLY]["hidden_reason"].null_count() == 3


CROWDS = given(
    seed=st.integers(0, 10_000),
    size=st.integers(1, 60),
    authors=st.sampled_from([4, 8, 25]),
    days=st.sampled_from([3, 10, 25]),
    smallest=st.sampled_from([2, 3, 5]),
)


def learned(
    seed: int, size: int, authors: int, days: int, smallest: int, in_segments: bool = False
) -> list[str]:
    """What an attacker learns from all tables of a crowd's comments, small cells hidden."""
    comments = crowd(seed, size, authors, days)
    facts = facts_of(comments, segment_of) if in_segments else facts_of(comments)
    hidden = hide_small_cells(marts_of(facts) | coverage_of(facts), facts, smallest)
    counts = counts_told(hidden.pop(COVERAGE.table))
    return leaks(hidden, facts, smallest, counts)


@settings(max_examples=8, deadline=None, derandomize=True)
@CROWDS
def test_an_attacker_learns_nothing_from_any_tables(**crowd: int) -> None:
    assert learned(**crowd) == []


@settings(max_examples=4, deadline=None, derandomize=True)
@CROWDS
def test_an_attacker_learns_nothing_of_segments(**crowd: int) -> None:
    assert learned(**crowd, in_segments=True) == []


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@CROWDS
def test_an_attacker_learns_nothing_however_often_it_is_tried(**crowd: int) -> None:
    assert learned(**crowd) == []
    assert learned(**crowd, in_segments=True) == []


def test_topics_tell_how_many_comments_there_are_at_least() -> None:
    # Found by chance: a topic's week and a month's sum left no room for a hidden week.
    assert learned(seed=0, size=12, authors=4, days=25, smallest=2) == []


def test_a_month_that_is_all_on_one_topic_is_hidden_with_the_topic() -> None:
    # Found by chance: that no topic has more comments than the month was the whole attack.
    assert learned(seed=6, size=4, authors=8, days=10, smallest=2) == []


PLANTED_ONE = people("a", 1, "p1", "blog")


@pytest.mark.slow
def test_without_further_hiding_the_attacker_finds_something_in_most_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transforms.small_cells, "hidden_cells", only_small_ones)
    crowds = [facts_of(crowd(seed, 60, 25, 10)) for seed in range(10)]
    found = [bool(leaks(hide_small_cells(marts_of(f), f, 5), f, 5)) for f in crowds]
    assert sum(found) >= 8


def test_a_hidden_row_stays_says_why_and_has_no_number() -> None:
    facts = facts_of(PLANTED["a week less its other channels"])
    marts = marts_of(facts)
    hidden = hide_small_cells(marts, facts, 5)
    assert {t.name: r.height for t, r in hidden.items()} == {
        t.name: r.height for t, r in marts.items()
    }
    for table, rows in hidden.items():
        assert table.require(rows).select(table.grain).equals(marts[table].select(table.grain))
    channels = hidden[CHANNEL_SENTIMENT_WEEKLY].unique("channel").sort("channel")
    assert channels["hidden_reason"].to_list() == ["fewer than 5 authors", None, WOULD_REVEAL]
    blog = channels.row(0, named=True)
    assert {name for name, value in blog.items() if value is not None} == {
        "channel", "week", "head", "label", "method", "hidden_reason",
    }  # fmt: skip
    assert blog["method"] == "hidden"


def test_what_is_not_about_the_audience_stays() -> None:
    facts = facts_of(PLANTED_ONE)
    (row,) = hide_small_cells(marts_of(facts), facts, 5)[CHANNEL_WEEKLY].to_dicts()
    assert (row["comment_count"], row["left_out_count"]) == (None, 0)


def test_a_cell_has_one_fate_in_all_tables() -> None:
    facts = facts_of(crowd(3, 50, 25, 25))
    hidden = hide_small_cells(marts_of(facts), facts, 5)
    fate = [
        hidden[table].unique(["channel", "week"]).sort("channel", "week")["hidden_reason"].to_list()
        for table in (CHANNEL_WEEKLY, CHANNEL_SENTIMENT_WEEKLY)
    ]
    assert fate[0] == fate[1]
    assert any(fate[0])


def test_a_smallest_cell_of_one_hides_nothing() -> None:
    facts = facts_of(PLANTED_ONE)
    marts = marts_of(facts)
    for table, rows in hide_small_cells(marts, facts, 1).items():
        assert rows.equals(marts[table])


def test_an_exempt_table_is_left_alone() -> None:
    table = Table(
        "mart", "list", "A list.", ("comment_id",), (Column("comment_id", "text", "it"),),
        SmallCells(exempt="single comments"),
    )  # fmt: skip
    rows = pl.DataFrame({"comment_id": ["c0"]})
    assert hide_small_cells({table: rows}, facts_of(PLANTED_ONE), 5)[table].equals(rows)


def test_no_comments_and_no_rows_give_no_rows() -> None:
    facts = facts_of(PLANTED_ONE)
    empty = {table: rows.clear() for table, rows in marts_of(facts).items()}
    for rows in hide_small_cells(empty, facts.clear(), 5).values():
        assert rows.is_empty()


def test_a_hidden_topic_hides_its_share_and_no_other() -> None:
    facts = facts_of(
        people("a", 9, "p1", "x", topics=("cloud",))
        + people("b", 9, "p1", "x", topics=("costs",))
        + people("c", 8, "p2", "x", topics=("people",))
        + people("d", 2, "p2", "x", topics=("skills",))
    )
    hidden = hide_small_cells(marts_of(facts), facts, 5)
    reasons = dict(hidden[TOPIC_SHARE_MONTHLY].select("label", "hidden_reason").iter_rows())
    assert reasons["skills"] == "fewer than 5 authors"
    assert reasons["cloud"] is None
    assert hidden[TOPIC_SENTIMENT_WEEKLY].filter(topic="skills")["share"].null_count() == 3
    assert hidden[SENTIMENT_WEEKLY]["share"].null_count() == 0
    assert {POST_SENTIMENT, POST_SENTIMENT_DAILY} <= set(hidden)


def test_segments_that_nobody_sets_change_nothing_for_the_others() -> None:
    facts = facts_of(crowd(3, 50, 25, 25))
    marts = marts_of(facts)
    without = {table: rows for table, rows in marts.items() if "segment" not in table.grain}
    hidden = hide_small_cells(marts, facts, 5)
    assert hidden[SEGMENT_SENTIMENT_MONTHLY].is_empty()
    for table, rows in hide_small_cells(without, facts, 5).items():
        assert hidden[table].equals(rows)
