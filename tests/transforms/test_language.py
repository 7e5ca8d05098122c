import pytest

from transforms.language import languages


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Endlich eine klare Strategie für unsere Rechenzentren, danke!", "de"),
        ("I still do not see why we need another dashboard for this.", "en"),
        ("Je ne comprends pas pourquoi nous changeons encore de fournisseur.", "fr"),
        ("👏👏", "und"),
        ("+1", "und"),
        ("", "und"),
    ],
)
def test_the_language_is_told_or_left_open(text: str, code: str) -> None:
    assert languages([text])[0][0] == code


def test_answers_come_in_the_order_of_the_texts() -> None:
    texts = ["Das Netz war gestern wieder weg.", "The network was down again yesterday."] * 20
    assert [code for code, _ in languages(texts)] == ["de", "en"] * 20


def test_no_texts_no_answers() -> None:
    assert languages([]) == []


def test_equal_texts_get_equal_numbers_in_whatever_order_lingua_adds_up() -> None:
    text = "Der Umzug unserer Rechenzentren ist endlich durch, und das Netz hält."
    found = {languages([text] * 40)[n] for n in range(40)}
    assert len(found) == 1
    assert round(found.pop()[1], 6) == languages([text])[0][1]
