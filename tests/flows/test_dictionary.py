import pytest

from flows.dictionary import describe, every_table
from models.errors import GiveUp


def test_the_overview_names_every_table_marts_first() -> None:
    tables, _, functions = describe(None).partition("\n\n")
    lines = tables.splitlines()
    assert [line.split()[0] for line in lines] == list(every_table())
    assert lines[0].startswith("mart.")
    assert [line.partition("(")[0] for line in functions.splitlines()[1:]] == [
        "wilson_low", "wilson_high", "share_of", "iso_week",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["mart.channel_weekly", "channel_weekly"])
def test_a_table_is_described_column_by_column(name: str) -> None:
    text = describe(name)
    assert "One row per channel, week." in text
    assert "own_answer_count" in text


def test_an_unknown_table_is_refused_with_those_there_are() -> None:
    with pytest.raises(GiveUp, match=r"no table `mart\.nothing`.*`mart\.channel_weekly`"):
        describe("mart.nothing")
