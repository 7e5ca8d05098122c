import pytest

from models.counted import Counted


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 posts"), (1, "1 post"), (2, "2 posts"), (12345, "12,345 posts")]
)
def test_a_noun_agrees_with_its_number(number: int, told: str) -> None:
    assert f"{Counted(number):post|posts}" == told
    assert f"{Counted(number):post|posts}" == told


def test_a_number_without_words_is_written_as_it_is() -> None:
    assert f"{Counted(1234567, '.')} {Counted(7):>3}" == "1.234.567   7"
    assert Counted(1) == "1"
