import pytest

from models.contract import Column, SmallCells, Table
from models.errors import ContractBroken
from models.shares import SHARE_COLUMNS, is_of_shares, small_cells_of, tells_of_people

SHARES = Table(
    "mart",
    "sentiment_weekly",
    "Shares.",
    ("channel", "week", "head", "label"),
    (Column("channel", "text", "where"), Column("week", "text", "when"), *SHARE_COLUMNS),
)
OTHER = Table("mart", "other", "Other.", ("week",), (Column("week", "text", "when"),))


def test_a_share_tells_about_the_comments_of_its_cell_without_a_word() -> None:
    assert is_of_shares(SHARES)
    assert small_cells_of(SHARES).cell == ("channel", "week")


def test_any_other_table_must_say_whom_it_tells_about() -> None:
    assert not is_of_shares(OTHER)
    with pytest.raises(ContractBroken, match=r"`mart\.other` does not say whose comments"):
        small_cells_of(OTHER)


def test_every_number_tells_about_people_but_those_that_are_declared_not_to() -> None:
    declared = SmallCells(cell=("week",), open=("rejected_count",))
    told = [
        Column("comment_count", "count", "n"),
        Column("negative_share", "share", "share"),
        Column("net_sentiment", "score", "score"),
        Column("is_whole", "flag", "as many as are reported"),
    ]
    untold = [Column("rejected_count", "count", "n"), Column("week", "text", "when")]
    assert all(tells_of_people(column, declared) for column in told)
    assert not any(tells_of_people(column, declared) for column in untold)
