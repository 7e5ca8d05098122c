from itertools import chain

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.shards import shards


def inputs(*pairs: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        pairs, schema={"comment_id": pl.String, "input_hash": pl.String}, orient="row"
    )


def ids(cut: list[pl.DataFrame]) -> list[list[str]]:
    return [shard["comment_id"].to_list() for shard in cut]


PAIRS = st.lists(
    st.tuples(st.uuids().map(str), st.sampled_from([f"{n:03}" for n in range(40)])),
    unique_by=lambda pair: pair[0],
    max_size=60,
)


def test_neighbouring_hashes_make_a_shard_with_all_their_comments() -> None:
    found = shards(inputs(("a", "3"), ("b", "1"), ("c", "2"), ("d", "1"), ("e", "4")), 2)
    assert ids(found) == [["b", "d", "c"], ["a", "e"]]
    assert found[0].columns == ["comment_id", "input_hash"]


def test_nothing_makes_no_shards() -> None:
    assert shards(inputs(), 2) == []


@given(PAIRS, st.randoms(use_true_random=False), st.integers(1, 7))
def test_shards_are_the_same_in_whatever_order_the_inputs_came(pairs, random, size) -> None:
    shuffled = random.sample(pairs, len(pairs))
    assert ids(shards(inputs(*shuffled), size)) == ids(shards(inputs(*pairs), size))


@given(PAIRS, st.integers(1, 7), st.data())
def test_what_is_left_after_some_whole_shards_is_cut_as_before(pairs, size, data) -> None:
    before = shards(inputs(*pairs), size)
    left = data.draw(st.lists(st.booleans(), min_size=len(before), max_size=len(before)))
    rest = [shard for shard, is_left in zip(before, left, strict=True) if is_left]
    if rest:
        assert ids(shards(pl.concat(rest), size)) == ids(rest)


@given(PAIRS, st.integers(1, 7))
def test_every_input_is_in_one_shard_of_at_most_the_size(pairs, size) -> None:
    found = shards(inputs(*pairs), size)
    assert sorted(chain.from_iterable(ids(found))) == sorted(name for name, _ in pairs)
    counts = [shard["input_hash"].n_unique() for shard in found]
    assert all(count == size for count in counts[:-1])
    assert all(count <= size for count in counts)
    assert sum(counts) == len({of for _, of in pairs})
