from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.encoder import checkpoint_version
from models.held_out import (
    ALONE,
    FILE_NAME,
    HOME,
    MENTIONS,
    HeldOut,
    read_held_out,
    write_held_out,
)

SHIPPED = Path(__file__).parents[2] / "models" / "checkpoint"


def held() -> HeldOut:
    gold = np.array([[1.0, 0.0], [0.0, 1.0]])
    return HeldOut(("no", "yes"), gold * 0.6 + 0.2, gold, np.array([HOME, "tweets"]))


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    found = read_held_out(write_held_out({"toxic": held()}, tmp_path, "m@1"), "m@1")["toxic"]
    assert found.labels == ("no", "yes")
    assert found.probabilities == pytest.approx(held().probabilities)
    assert found.of(HOME).gold.tolist() == [[1.0, 0.0]]


def test_marks_that_nobody_knows_stay_unknown(tmp_path: Path) -> None:
    unknown = HeldOut(
        held().labels,
        held().probabilities,
        np.array([[1.0, 0.0], [np.nan, np.nan]]),
        np.array([HOME, "tweets/sb10k"]),
    )
    found = read_held_out(write_held_out({"toxic": unknown}, tmp_path, "m@1"), "m@1")["toxic"]
    assert found.known.tolist() == [True, False]
    assert found.kinds.tolist() == [HOME, "tweets"]


def test_another_models_errors_are_not_taken_for_this_ones(tmp_path: Path) -> None:
    assert read_held_out(write_held_out({"toxic": held()}, tmp_path, "m@1"), "m@2") == {}


def test_the_checkpoint_that_ships_has_a_set_of_its_own() -> None:
    # Fails when the checkpoint changed: run `python -m models.training.held_out` again.
    sets = read_held_out(SHIPPED / FILE_NAME, checkpoint_version(SHIPPED))
    assert {"sentiment", "stance", "topic", "intent"} <= set(sets)
    assert len(sets["sentiment"].of(HOME).gold) > 1_000
    assert set(sets["sentiment"].kinds) == {HOME, ALONE, MENTIONS, "tweets"}
    assert sets["sentiment"].known.all()
    known_of = {
        MENTIONS: {"sentiment", "toxic"},
        "tweets/annotated": {"sentiment", "intent", "needs_reply"},
    }
    for head, held in sets.items():
        assert held.domains.tolist() == sets["sentiment"].domains.tolist()
        assert held.known.tolist() == [
            domain in (HOME, ALONE) or head in known_of.get(str(domain), {"sentiment"})
            for domain in held.domains
        ]


def test_the_set_that_ships_is_small_and_holds_no_text() -> None:
    assert (SHIPPED / FILE_NAME).stat().st_size < 400_000
    rows = pl.read_parquet(SHIPPED / FILE_NAME)
    texts = [name for name, kind in rows.schema.items() if kind == pl.String]
    assert texts == ["model_version", "head", "domain"]
    assert rows["domain"].n_unique() < 10
