from dataclasses import replace

import polars as pl

from tests.example_mart import TABLE, rows
from transforms.comparison import Moved, differences, largest_moves, moves


def test_equal_states_have_not_moved() -> None:
    state = rows(("cost", "2025-W44", 3, None), ("erp", "2025-W44", 3, 0.5))
    assert not any(moved.is_any for moved in moves(TABLE, state, state))


def test_a_table_that_compares_weeks_itself_has_not_moved_either() -> None:
    columns = (*TABLE.columns, replace(TABLE.columns[-1], name="topic_share_before"))
    weeks = rows(("cost", "2025-W44", 3, 0.5)).with_columns(topic_share_before=pl.lit(0.1))
    assert not any(m.is_any for m in moves(replace(TABLE, columns=columns), weeks, weeks))


def test_added_removed_and_changed_rows_are_told_apart() -> None:
    before = rows(("cost", "2025-W44", 3, 0.2), ("erp", "2025-W44", 3, 0.5))
    after = rows(("cost", "2025-W44", 4, 0.3), ("cloud", "2025-W44", 1, 0.1))
    (moved,) = moves(TABLE, before, after)
    assert (moved.added_count, moved.removed_count, moved.changed_count) == (1, 1, 1)
    assert abs((moved.largest_move or 0) - 0.1) < 1e-9


def test_a_new_period_corrects_nothing() -> None:
    before = rows(("cost", "2025-W44", 3, 0.2))
    after = rows(("cost", "2025-W44", 3, 0.2), ("cost", "2025-W45", 3, 0.2))
    assert moves(TABLE, before, after) == [Moved("2025-W44", 0, 0, 0, 0.0)]


def test_a_period_that_vanished_is_told() -> None:
    before = rows(("cost", "2025-W44", 3, 0.2))
    (moved,) = moves(TABLE, before, TABLE.empty())
    assert moved.removed_count == 1


def test_a_number_that_became_unknown_has_moved() -> None:
    before, after = rows(("cost", "2025-W44", 3, 0.2)), rows(("cost", "2025-W44", 3, None))
    (moved,) = moves(TABLE, before, after)
    assert moved.changed_count == 1


def test_a_column_that_is_new_corrects_nothing() -> None:
    after = rows(("cost", "2025-W44", 3, 0.2))
    assert not any(moved.is_any for moved in moves(TABLE, after.drop("topic_share"), after))


def test_the_shares_that_moved_most_come_first() -> None:
    before = rows(("cost", "2025-W44", 3, 0.2), ("erp", "2025-W44", 3, 0.5))
    after = rows(("cost", "2025-W44", 3, 0.25), ("erp", "2025-W44", 3, 0.1))
    told = largest_moves(TABLE, before, after, 1).to_dicts()
    assert told == [{"key": "erp / 2025-W44", "column": "topic_share", "before": 0.5, "after": 0.1}]


def test_parts_that_only_one_state_has_differ() -> None:
    assert differences({"a": "1", "b": "2"}, {"b": "3", "c": "4"}) == ["a", "b", "c"]
