"""Texts as people also write them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from models.training.datasets import Example
from models.training.respell import respelt, with_slip, without_umlauts

EXAMPLE = Example("Für die Geräte müssen wir büßen, sagt Österreich.", {"sentiment": ("negative",)})


def test_umlauts_are_written_out():
    text = without_umlauts(EXAMPLE.text, random.Random(1))
    assert text == "Fuer die Geraete muessen wir buessen, sagt Oesterreich."


@given(st.text(), st.integers())
def test_a_slip_changes_two_letters_at_most(text, seed):
    found = with_slip(text, random.Random(seed))
    assert len(text) - 1 <= len(found) <= len(text)
    assert sorted(set(found) - set(text)) == []


def test_about_the_share_is_respelt_and_no_label_changes():
    found = respelt([EXAMPLE] * 1000, share=0.3, seed=1)
    changed = sum(example.text != EXAMPLE.text for example in found)
    assert 230 < changed < 370
    assert all(example.labels == EXAMPLE.labels for example in found)


def test_the_same_seed_respells_alike():
    assert respelt([EXAMPLE] * 50, 0.5, seed=3) == respelt([EXAMPLE] * 50, 0.5, seed=3)
