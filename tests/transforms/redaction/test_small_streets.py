import pytest

from transforms.redact import redact
from transforms.redaction.small_streets import no_streets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hauptstraße 5", "[Adresse]"),
        ("ich sitze in der hauptstraße 5 in berlin", "ich sitze in der [Adresse] in berlin"),
        ("schickt es an lindenstr. 4, danke", "schickt es an [Adresse], danke"),
        ("goethestr.12, 12345 Berlin", "[Adresse]"),
        ("bahnhofstrasse 12, 8001 zürich!", "[Adresse]!"),
        ("wiener straße 12 und so", "[Adresse] und so"),
        ("kaiser-wilhelm-allee 3\nlg", "[Adresse]\nlg"),
        ("in der judengasse 7/2/5.", "in der [Adresse]."),
        ("bin musterweg 12a zuhause", "bin [Adresse] zuhause"),
        ("musterweg 12, 12345 berlin", "[Adresse]"),
        ("ich wohne im musterweg 12 hinten", "ich wohne im [Adresse] hinten"),
    ],
)
def test_a_street_in_small_letters_is_replaced(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "auf dem weg 2025",
        "weg 2, straße 3, gasse 4",
        "in der straße 2",
        "in unserer straße 5",
        "in jeder straße 3, in großer straße 3",
        "seit der hauptstraße 2 baustellen",
        "hauptstraße 5,5 km",
        "hauptstraße 2025",
        "bundesstraße 5, einbahnstraße 3",
        "fertigungsstraße 4, teststraße 2",
        "rettungsgasse 3",
        "registr. 5, connectionstr. 3, abstr. 2",
        "arbeitsweg 20, schulweg 3, umweg 12",
        "der lösungsweg 2a und rechenweg 1b",
        "ich wohne weit weg, arbeitsweg 45",
        "mein spazierweg 3",
        "spazierweg 3, 1200 schritte",
        "durchweg 5 sterne",
        "src/hauptstraße 5",
    ],
)
def test_ways_and_counts_in_small_letters_stay(text: str) -> None:
    assert redact(text).text == text


def test_words_that_name_no_street_are_written_as_they_are_met() -> None:
    assert {"einbahn", "unserer", "arbeits"} <= no_streets()
    assert all(word.islower() and word.isalpha() for word in no_streets())
