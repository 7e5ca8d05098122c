"""The shipped model says exactly the same on every engine: probabilities, answers, embeddings."""

import polars as pl
import pytest

from benchmarks.sharding import inputs, is_same, opened, said
from flows.settings import Classify
from transforms.shards import shards

pytestmark = pytest.mark.slow

COMMENTS, SHARD = 200, 30
Said = tuple[pl.DataFrame, pl.DataFrame]


def answers(settings: Classify) -> Said:
    with opened(settings) as crew:
        return said(shards(inputs(COMMENTS), SHARD), crew)


@pytest.fixture(scope="module")
def expected() -> Said:
    found = answers(Classify(threads=1))
    assert found[0]["comment_id"].n_unique() == COMMENTS
    assert found[1].height > 0
    return found


@pytest.mark.parametrize("engine", ["here", "threads", "dask"])
def test_every_engine_says_the_same_bit_for_bit(engine: str, expected: Said) -> None:
    if engine == "dask":
        pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    settings = Classify(engine=engine, workers=2, threads=2 if engine == "here" else 1)
    assert is_same(expected, answers(settings))
