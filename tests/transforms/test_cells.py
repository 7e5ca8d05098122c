from datetime import date
from random import Random

import polars as pl
import pytest
from scipy.sparse import csc_matrix, csr_matrix

from models.contract import Column, SmallCells, Table
from models.errors import ContractBroken
from tests.share_marts import (
    CHANNEL_WEEKLY,
    POST_SENTIMENT,
    TOPIC_SHARE_MONTHLY,
    facts_of,
    marts_of,
)
from transforms.cells import cells_of, cells_told, family_of, few_wrote, in_order, telling
from transforms.small_cells import parts_comments

DAY = date(2025, 11, 3)
FACTS = facts_of(
    [
        ("anna", "p1", "blog", DAY, ["cloud"]),
        ("anna", "p1", "blog", DAY, ["cloud", "costs"]),
        ("bert", "p1", "blog", date(2025, 11, 4), []),
        ("cora", "p2", "x", DAY, ["cloud"]),
    ]
)


MARTS = {table: rows for table, rows in marts_of(FACTS).items() if parts_comments(table, FACTS)}
"""Nobody sets segments here."""


def counting(*cell: str) -> Table:
    columns = (*(Column(name, "text", "cell") for name in cell), Column("n", "count", "n"))
    return Table("mart", "example", "An example.", cell, columns, SmallCells(cell=cell))


def test_a_table_that_counts_by_what_comments_do_not_have_is_refused() -> None:
    with pytest.raises(ContractBroken, match=r"`mart\.example` counts comments by `language`"):
        family_of(counting("language", "week"))


def test_a_table_that_counts_and_says_nothing_is_refused() -> None:
    silent = Table("mart", "silent", "An example.", ("week",), (Column("week", "text", "when"),))
    with pytest.raises(ContractBroken, match=r"`mart.silent` does not say whose comments"):
        cells_of({silent: silent.empty()}, FACTS, 5)


def test_what_describes_a_post_does_not_part_its_comments() -> None:
    assert family_of(POST_SENTIMENT) == ("post_id",)


def test_a_table_that_parts_nothing_counts_all() -> None:
    assert family_of(counting()) == ("all",)


def test_a_share_of_a_topic_tells_about_all_comments_and_about_those_on_it() -> None:
    rows = marts_of(FACTS)[TOPIC_SHARE_MONTHLY]
    (family, whole), (wider, part) = cells_told(TOPIC_SHARE_MONTHLY, rows)
    assert (family, wider) == (("month",), ("topic", "month"))
    assert whole.height == part.height == rows.height == 3


def test_cells_are_sums_of_atoms_and_count_authors_once() -> None:
    cells = cells_of(MARTS, FACTS, 2)
    assert (cells.holds @ cells.comments == cells.listed["comment_count"].to_numpy()).all()
    week = cells.listed.filter(family="week").row(0, named=True)
    assert (week["comment_count"], week["author_count"], week["is_small"]) == (4, 3, False)
    assert cells.comments.sum() == 4 + 5  # all comments, and again those of each topic


def test_what_topics_tell_of_all_comments_is_true() -> None:
    limits = cells_of(MARTS, FACTS, 2).limits
    comments = cells_of(MARTS, FACTS, 2).comments
    assert (limits.sign * ((limits.whole - limits.topics) @ comments) >= 0).all()


def test_a_cell_is_small_if_a_table_says_so_itself() -> None:
    marts = marts_of(FACTS)
    marts[CHANNEL_WEEKLY] = marts[CHANNEL_WEEKLY].with_columns(
        author_count=pl.when(channel="blog").then(1).otherwise(0).cast(pl.Int64)
    )
    cells = cells_of({CHANNEL_WEEKLY: marts[CHANNEL_WEEKLY]}, FACTS, 2).listed
    assert dict(cells.select("channel", "is_few").iter_rows()) == {"blog": True, "x": True}
    marts = {CHANNEL_WEEKLY: marts[CHANNEL_WEEKLY].filter(channel="blog")}
    many = facts_of([(name, "p1", "blog", DAY, []) for name in "abc"])
    assert cells_of(marts, many, 2).listed["is_few"].to_list() == [True]


def test_a_topic_is_small_if_few_wrote_what_is_beside_it() -> None:
    facts = facts_of([(name, "p1", "blog", DAY, ["cloud"]) for name in "abcdef"])
    facts = pl.concat(
        [
            facts,
            facts_of([("g", "p1", "blog", DAY, ["costs"])]).with_columns(comment_id=pl.lit("z")),
        ]
    )
    listed = cells_of(marts_of(facts), facts, 5).listed
    cloud = listed.filter(topic="cloud", family="topic x week").row(0, named=True)
    assert (cloud["is_few"], cloud["is_small"]) == (False, True)


def test_dimensions_that_part_nothing_further_are_asked_once() -> None:
    atoms = pl.DataFrame(
        {"atom": [0, 1, 2], "channel": [1, 1, 2], "week": [1, 1, 1], "day": [1, 2, 2]}
    )
    found = list(telling(atoms, ["channel", "week", "day"]))
    assert found == [("channel",), ("week",), ("day",), ("channel", "day")]


def test_groups_are_those_that_few_wrote() -> None:
    groups = csr_matrix([[1, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]])
    # Three wrote in the first atom, one and the same in the second, nobody in the last.
    written = csc_matrix([[1, 1, 0], [1, 0, 0], [1, 0, 0]])
    assert few_wrote(groups, written, 2).toarray().tolist() == [[0, 1, 0], [0, 1, 1]]


def test_who_wrote_on_several_topics_is_beside_each_of_them() -> None:
    on_both = [(name, "p1", "blog", DAY, [topic]) for name in "abc" for topic in ("cloud", "costs")]
    facts = facts_of([*on_both, ("d", "p1", "blog", DAY, ["cloud"])])
    listed = cells_of(marts_of(facts), facts, 2).listed.filter(family="topic x week")
    # Only one of four wrote nothing on costs, but all four wrote on something else.
    assert dict(listed.select("topic", "is_small").iter_rows()) == {"cloud": False, "costs": False}


@pytest.mark.parametrize("seed", range(10))
def test_whom_topics_leave_beside_them_is_counted_wherever_it_matters(seed: int) -> None:
    random = Random(seed)
    topics = ["cloud", "costs", "devices"]
    facts = facts_of(
        [
            (
                f"author {random.randrange(12)}",
                "p1",
                "blog",
                date(2025, random.randint(1, 3), 3),
                random.sample(topics, random.choice([0, 1, 1, 1, 2])),
            )
            for _ in range(60)
        ]
    )
    marts = {t: rows for t, rows in marts_of(facts).items() if parts_comments(t, facts)}
    smallest = 4
    listed = cells_of(marts, facts, smallest).listed.filter(family="topic x month")
    rows = facts.select("author", "month", "topics").rows()
    assert listed.height > 6
    for cell in listed.iter_rows(named=True):
        on = {a for a, month, of in rows if month == cell["month"] and cell["topic"] in of}
        off = {a for a, month, of in rows if month == cell["month"] and cell["topic"] not in of}
        assert cell["author_count"] == len(on)
        assert cell["is_small"] == any(0 < len(who) < smallest for who in (on, off))


def test_cells_of_places_in_the_alphabet_are_those_of_the_texts() -> None:
    marts = marts_of(FACTS)
    placed = in_order(FACTS)
    assert placed.schema["post_id"] == pl.Enum(["p1", "p2"])
    of_texts, of_places = cells_of(marts, FACTS, 5), cells_of(marts, placed, 5)
    assert of_places.listed.equals(of_texts.listed)
    assert (of_places.holds != of_texts.holds).nnz == 0
    assert in_order(placed).equals(placed)
