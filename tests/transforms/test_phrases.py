import pytest

from transforms.phrases import finder


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
