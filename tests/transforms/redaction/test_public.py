import pytest

from transforms.redaction.name_words import given_names, word_names
from transforms.redaction.public import is_firm, is_public


@pytest.mark.parametrize(
    "name", ["Olaf Scholz", "OLAF SCHOLZ", "Elon Musks", "Donald J. Trump", "Musk", "Roland Berger"]
)
def test_who_is_known_to_all_is_public(name: str) -> None:
    assert is_public(name.split())


@pytest.mark.parametrize("name", ["Sabine Scholz", "Schmidt", "Kevin Merkel", "Lindner", "Taylor"])
def test_who_shares_a_surname_with_somebody_known_is_not(name: str) -> None:
    assert not is_public(name.split())


def test_a_firm_is_told_from_a_person() -> None:
    assert is_firm(["Hugo", "Boss"])
    assert not is_firm(["Olaf", "Scholz"])


def test_names_that_are_words_are_names() -> None:
    assert word_names() <= given_names()
