import pytest

from transforms.redaction.counts import counted, is_count, numbered


@pytest.mark.parametrize(
    "after", [" Lizenzen", " LIZENZEN,", "+", " per second", "\u00a0€", "-mal"]
)
def test_what_stands_behind_a_number_may_say_that_it_counts(after: str) -> None:
    assert is_count(after)


@pytest.mark.parametrize("after", ["", ", Lizenzen", " Berlin", " bitte", " 4500"])
def test_or_nothing_of_the_kind(after: str) -> None:
    assert not is_count(after)


def test_no_word_is_written_with_a_sign_that_would_not_be_found() -> None:
    assert all(is_count(f" {word}") for word in counted() if word.isalpha())
    assert {"Windows", "Gate"} <= numbered()
    assert "gate" not in numbered()
