import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.phrases import LIKE_ASCII, finder, may_hold


@pytest.mark.parametrize(
    ("word", "text", "is_found"),
    [
        pytest.param("nda", "Das steht im NDA.", True, id="in any case"),
        pytest.param("nda", "Agenda", False, id="a part of a word is no word"),
        pytest.param("klag*", "Wir klagen!", True, id="any ending"),
        pytest.param("klage", "klagen", False, id="no ending unless asked for"),
        pytest.param("legal action", "legal\n action", True, id="any white space"),
        pytest.param("c++", "in C++ gebaut", True, id="signs are signs"),
    ],
)
def test_words_are_found_as_whole_words(word: str, text: str, is_found: bool) -> None:
    pattern = finder([word])
    assert pattern is not None
    assert bool(pattern.search(text)) == is_found


def test_no_words_find_nothing() -> None:
    assert finder([]) is None


WORDS = ("klag*", "c++", "größe", "kündigung*", "legal action", "Ж*", "si", "K1")
LETTERS = [*"klagsi1KSI cC+ ößÜüжЖ.\n", *LIKE_ASCII, *WORDS]


@given(
    st.lists(st.sampled_from(WORDS), max_size=3),
    st.lists(st.lists(st.sampled_from(LETTERS), max_size=8).map("".join), min_size=1, max_size=5),
)
def test_whatever_is_found_may_be_held(words: list[str], texts: list[str]) -> None:
    pattern = finder(words)
    held = pl.DataFrame({"text": texts}).with_columns(may=may_hold(words, "text"))
    for text, may in held.iter_rows():
        assert may or not (pattern and pattern.search(text))


def test_most_texts_are_not_looked_at() -> None:
    texts = pl.DataFrame({"text": ["Wann kommt das?", "Mein ANWALT fragt.", "Grüße"]})
    held = texts.select(may_hold(["anwält*", "anwalt*", "größe"], "text"))
    assert held.to_series().to_list() == [False, True, True]
