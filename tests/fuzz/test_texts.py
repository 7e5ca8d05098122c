"""A few odd texts in the default suite; many more: `python -m benchmarks.fuzz --only texts`."""

import random
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fuzzing.odd_texts import KINDS, LONG, PIECES, endless
from benchmarks.fuzzing.patience import impatient
from benchmarks.fuzzing.texts import TARGETS
from models.encoder import load_encoder

CHECKPOINT = Path(__file__).parents[2] / "models" / "checkpoint"


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60)
@given(chance=st.randoms(use_true_random=False), kind=st.sampled_from(KINDS))
def test_no_text_is_too_odd(name: str, chance: object, kind: object) -> None:
    with impatient():
        TARGETS[name](kind(chance))  # type: ignore[operator]


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60)
@given(text=st.text(st.characters(codec=None), max_size=60))
def test_nor_is_any_run_of_characters(name: str, text: str) -> None:
    with impatient():
        TARGETS[name](text)


@pytest.mark.parametrize("name", TARGETS)
def test_a_megabyte_on_one_line_is_read_in_time(name: str) -> None:
    text = endless(random.Random(7))
    assert len(text) >= LONG
    with impatient():
        TARGETS[name](text)


def test_the_encoder_reads_what_nobody_means_and_each_as_if_alone() -> None:
    encoder = load_encoder(CHECKPOINT, threads=1)
    texts = [*list(chain.from_iterable(PIECES))[::9], "", " ", "\x00", "\ud800"]
    together = encoder.read(texts).probabilities["sentiment"]
    alone = encoder.read([texts[3]]).probabilities["sentiment"]
    assert together.shape[0] == len(texts)
    assert not (together != together).any()
    assert abs(together[3] - alone[0]).max() < 1e-3
