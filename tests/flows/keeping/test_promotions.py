import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.keeping.promotions import (
    FILE_NAME,
    Declared,
    Promotion,
    add_promotion,
    counting,
    read_promotions,
)
from models.errors import GiveUp

DECLARED = Declared("models/checkpoint", {})
FIRST = Promotion(
    promoted_at=datetime(2026, 11, 10, 8, tzinfo=UTC),
    name="new@0123456789ab",
    instead_of="old@0123456789ab",
    folder="checkpoints/0123456789ab/new",
    labels={"5 stars": "positive"},
    settings=DECLARED,
)


def test_the_latest_promotion_counts_and_the_earlier_ones_are_remembered(tmp_path: Path) -> None:
    second = replace(FIRST, name="newer@0123456789ab")
    add_promotion(FIRST, tmp_path)
    add_promotion(second, tmp_path)
    assert read_promotions(tmp_path) == (FIRST, second)
    assert counting(tmp_path, DECLARED) == second


def test_who_edits_the_settings_afterwards_has_decided_anew(tmp_path: Path) -> None:
    add_promotion(FIRST, tmp_path)
    assert counting(tmp_path, Declared("models/other", {})) is None
    assert counting(tmp_path, Declared("models/checkpoint", {"1 star": "negative"})) is None
    assert counting(tmp_path, DECLARED) == FIRST


def test_before_any_promotion_the_settings_count(tmp_path: Path) -> None:
    assert counting(tmp_path / "models", DECLARED) is None


@pytest.mark.parametrize("content", ["{", "[{}]", '"a"', json.dumps([{"promoted_at": 1}])])
def test_a_damaged_list_is_told_and_not_passed_over(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(GiveUp, match="put back a copy, or delete it"):
        read_promotions(tmp_path)
