import polars as pl

from flows.sharding.worker import Shard, loaded, read_shard
from models.tables.label import LABEL
from transforms.classify import Answer, Answers


class Loading:
    """Something to load, that counts how often it was."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Answer:
        self.count += 1
        return lambda inputs: Answers(LABEL.empty(), inputs)


def test_a_process_loads_its_model_once_for_all_shards() -> None:
    load, inputs = Loading(), pl.DataFrame({"input_hash": ["a"]})
    assert read_shard(load, Shard(inputs)).embeddings.equals(inputs)
    read_shard(load, Shard(inputs))
    assert load.count == 1


def test_a_process_holds_one_model_at_a_time() -> None:
    first, second = Loading(), Loading()
    loaded(first)
    loaded(second)
    loaded(first)
    assert (first.count, second.count) == (2, 1)


def test_a_shard_does_not_show_its_texts() -> None:
    shard = Shard(pl.DataFrame({"text": ["what somebody wrote"]}))
    assert "somebody" not in f"{shard} {shard!r}"
