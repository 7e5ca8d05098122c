from pathlib import Path

import polars as pl
import pytest

import flows.compare
from flows.compare import compare
from flows.publishing.publication import Publication
from flows.publishing.snapshots import swap_in
from models.contract import Column, Table
from models.errors import GiveUp
from tests.builders import write_snapshot

TABLE = Table(
    layer="mart",
    name="example",
    about="An example.",
    grain=("channel", "week"),
    columns=(
        Column("channel", "text", "the channel"),
        Column("week", "text", "the week"),
        Column("negative_share", "share", "share of them"),
    ),
)


@pytest.fixture(autouse=True)
def _one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.compare, "tables", lambda: [TABLE])


def publish(published: Path, name: str, negative_share: float) -> None:
    row = ("blog", "2025-W45", negative_share)
    frame = pl.DataFrame([row], schema=TABLE.schema(), orient="row")
    folder = write_snapshot(Publication({TABLE: frame}), {"marts": name}, name, published)
    swap_in(folder, published, 8)


def test_what_moved_between_two_publishes_is_told_with_both_numbers(workplace: Path) -> None:
    publish(workplace / "published", "a", 0.25)
    publish(workplace / "published", "b", 0.5)
    text = compare("previous", "latest")
    assert "a -> b" in text
    assert "why: another version of the tables" in text
    assert "example: 1 row moved in 1 published period, +0 rows in all" in text
    assert "blog / 2025-W45  negative_share  0.250 -> 0.500" in text


def test_equal_publishes_are_the_same(workplace: Path) -> None:
    publish(workplace / "published", "a", 0.25)
    publish(workplace / "published", "b", 0.25)
    assert "example: the same" in compare("a", "b")


def test_a_first_publish_has_nothing_before_it(workplace: Path) -> None:
    publish(workplace / "published", "a", 0.25)
    with pytest.raises(GiveUp, match="no snapshot called `previous`"):
        compare("previous", "latest")
