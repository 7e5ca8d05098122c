"""Comments are shown so that an attacker who counts them learns nothing that tables do not tell."""

import random
from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract import Table
from tests.attacker import leaks
from tests.share_marts import CHANNEL_WEEKLY, facts_of, marts_of, quotable_of, with_texts
from transforms.derived import MartRules
from transforms.listing import MOST_TOPICS, TOLD, branches_of, listed, quote_id, shown_cells
from transforms.marts.evidence import TABLE as EVIDENCE
from transforms.marts.evidence import build
from transforms.small_cells import hide_small_cells

Marts = Mapping[Table, pl.DataFrame]


def part_of(author: str, channel: str) -> str:
    """A part of the audience, whatever the channel."""
    return "staff" if int(author[1:]) % 3 else "partners"


def crowd(seed: int, size: int, authors: int, days: int, is_parted: bool = False) -> pl.DataFrame:
    """Comments by chance, most of them on the first days: three posts on two channels."""
    chance = random.Random(seed)
    start = date(2025, 9, 22)
    comments = (
        (
            f"a{chance.randrange(authors)}",
            post := f"p{min(chance.randrange(4), 2)}",
            "blog" if post == "p0" else "x",
            start + timedelta(min(chance.randrange(days), chance.randrange(days))),
            chance.sample(["cloud", "costs"], chance.choice([0, 1, 1, 2])),
        )
        for _ in range(size)
    )
    return facts_of(comments, part_of) if is_parted else facts_of(comments)


def hidden(facts: pl.DataFrame, smallest: int = 5) -> dict[Table, pl.DataFrame]:
    return hide_small_cells(marts_of(facts), facts, smallest)


def with_list(facts: pl.DataFrame, smallest: int = 5) -> dict[Table, pl.DataFrame]:
    marts = hidden(facts, smallest)
    rows = build(marts, quotable_of(facts), with_texts, MartRules(smallest_cell=smallest))
    return {**marts, EVIDENCE: rows}


def with_all_told(facts: pl.DataFrame, smallest: int = 5) -> dict[Table, pl.DataFrame]:
    """The rule before this one: all of a comment, if enough people said the like, and at its post.

    Enough is: as many as a published cell needs, of the channel's month and of the post.
    """
    people = pl.col("author").n_unique()
    kept = facts.filter(
        people.over("channel", "month", "sentiment") >= smallest,
        people.over("post_id") >= smallest,
    )
    told = with_texts(quotable_of(kept)).select(EVIDENCE.column_names)
    rows = told.cast(dict(EVIDENCE.schema()))
    return {**hidden(facts, smallest), EVIDENCE: rows}


CROWDS = [crowd(seed, 80, 40, 10, is_parted=seed > 2) for seed in range(4)]


@pytest.mark.slow
@pytest.mark.parametrize("facts", CROWDS, ids=range(len(CROWDS)))
def test_the_rule_before_gave_hidden_cells_away_and_this_one_does_not(facts: pl.DataFrame) -> None:
    before, now = leaks(with_all_told(facts), facts, 5), leaks(with_list(facts), facts, 5)
    assert leaks(hidden(facts), facts, 5) == []
    assert any("are listed" in leak for leak in before)
    assert now == []


@pytest.mark.parametrize("facts", CROWDS, ids=range(len(CROWDS)))
def test_something_is_listed(facts: pl.DataFrame) -> None:
    assert with_list(facts)[EVIDENCE].height >= facts.height / 5


SAMPLES = given(
    seed=st.integers(0, 10_000),
    size=st.integers(20, 70),
    authors=st.sampled_from([8, 25, 60]),
    days=st.sampled_from([1, 3, 10, 25]),
    smallest=st.sampled_from([2, 3, 5]),
)


@settings(max_examples=6, deadline=None, derandomize=True)
@SAMPLES
def test_an_attacker_who_counts_comments_learns_nothing(smallest: int, **said: int) -> None:
    facts = crowd(**said)
    assert leaks(with_list(facts, smallest), facts, smallest) == []


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@SAMPLES
def test_an_attacker_who_counts_comments_learns_nothing_however_often(
    smallest: int, **said: int
) -> None:
    facts = crowd(**said)
    assert leaks(with_list(facts, smallest), facts, smallest) == []


def places_told(rows: pl.DataFrame) -> pl.DataFrame:
    """Which columns are told of each row, by the row's name."""
    return rows.select(
        "quote_id", *(pl.col(name).is_not_null() for name in TOLD[:-1]), pl.col("topics").list.len()
    )


@pytest.mark.parametrize("facts", CROWDS, ids=range(len(CROWDS)))
def test_of_no_shown_cell_more_than_its_part_is_listed(facts: pl.DataFrame) -> None:
    marts = with_list(facts)
    rows = marts[EVIDENCE].with_columns(all=pl.lit(0))
    shown = shown_cells(marts)
    width = sum(branch.width for branch in branches_of(shown))
    assert width == len(branches_of(shown_cells(hidden(facts)))) - 1 + MOST_TOPICS
    kinds = rows.group_by(
        *(pl.col(name).is_null().alias(f"no_{name}") for name in ("post_id", "channel")),
        pl.col("topics").list.len(),
    )
    for _, told in kinds:
        for family, cells in shown.items():
            if "topic" in family or not set(family) <= {*TOLD, "all"}:
                continue
            sizes = facts.join(cells, on=family, how="semi").group_by(family).len("size")
            listed_of = told.drop_nulls(family).group_by(family).len("listed")
            both = listed_of.join(sizes, on=family)
            assert (both["listed"] <= both["size"] / width).all() or "week" in family


def test_a_comment_is_told_with_one_kind_of_cell_whatever_is_hidden() -> None:
    facts = crowd(1, 80, 40, 10)
    strict = places_told(with_list(facts, 5)[EVIDENCE])
    loose = places_told(with_list(facts, 2)[EVIDENCE])
    both = strict.join(loose, on="quote_id", suffix="_loose")
    assert both.height > 5
    assert both["post_id"].equals(both["post_id_loose"].alias("post_id"))
    assert (both["topics"] == both["topics_loose"]).all()


def test_what_its_cell_does_not_say_is_not_told() -> None:
    rows = with_list(CROWDS[0])[EVIDENCE]
    without_post = rows.filter(pl.col("post_id").is_null())
    assert without_post.height > 0
    assert without_post["permalink"].null_count() == without_post.height
    assert without_post["post_title"].null_count() == without_post.height
    of_topic = rows.filter(pl.col("topics").list.len() > 0)
    assert of_topic.height > 0
    assert of_topic["channel"].null_count() == of_topic.height
    assert rows["topics"].list.len().max() == 1


@pytest.mark.parametrize("facts", CROWDS, ids=range(len(CROWDS)))
def test_under_which_channel_a_comment_on_a_post_came_in_is_not_told_with_the_post(
    facts: pl.DataFrame,
) -> None:
    # The post's second channel has too few people to be told of.
    marts, is_other = hidden(facts), (pl.col("post_id") == "p2") & (pl.int_range(pl.len()) % 3 == 0)
    other = pl.DataFrame({"channel": ["council"] * 2, "week": ["2025-W39", "2025-W40"]})
    few = other.with_columns(hidden_reason=pl.lit("fewer than 5 authors"))
    marts[CHANNEL_WEEKLY] = pl.concat([marts[CHANNEL_WEEKLY], few], how="diagonal")
    comments = quotable_of(facts)
    renamed = comments.with_columns(
        channel=pl.when(is_other).then(pl.lit("council")).otherwise("channel")
    )
    told, said_of_posts = listed(marts, renamed, 5), pl.col("post_id").is_not_null()
    assert told.filter(said_of_posts).height > 0
    assert told.filter(said_of_posts).equals(listed(marts, comments, 5).filter(said_of_posts))
    assert "council" not in told["channel"].to_list()


def test_where_nothing_is_hidden_all_is_told_of_all() -> None:
    facts = CROWDS[0]
    comments = quotable_of(facts)
    assert listed(marts_of(facts), comments, 1).equals(comments.sort("quote_id"))


def test_where_all_is_hidden_nothing_is_listed() -> None:
    facts = facts_of([("a", "p1", "x", date(2025, 11, 5), ["cloud"])])
    assert with_list(facts)[EVIDENCE].is_empty()


def test_no_comments_and_no_tables_give_no_rows() -> None:
    assert listed({}, quotable_of(CROWDS[0]), 5).is_empty()
    assert listed(hidden(CROWDS[0]), quotable_of(CROWDS[0]).clear(), 5).is_empty()


def test_a_row_is_named_by_a_digest_that_is_not_the_comments_id() -> None:
    assert quote_id("blog:1") == quote_id("blog:1") != quote_id("blog:2")
    assert len(quote_id("blog:1")) == 16


@pytest.mark.parametrize("smallest", [1, 5])
def test_comments_without_words_count_in_their_groups_and_take_no_place_of_others(
    smallest: int,
) -> None:
    facts = crowd(3, 400, 60, 20)
    marts, comments = hidden(facts, smallest), quotable_of(facts)
    is_kept = pl.col("comment_id").str.ends_with("7").not_()
    some = listed(marts, comments.with_columns(has_words=is_kept), smallest)
    everyone = listed(marts, comments, smallest)
    assert some.select(is_kept.all()).item()
    assert 0 < everyone.height - some.height < everyone.filter(~is_kept).height + 1
    assert set(everyone.filter(is_kept)["comment_id"]) <= set(some["comment_id"])
