import pytest

from transforms.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in der Lindenallee 14, 14999 Hinterkahnow, ja", "in der [Adresse], ja"),
        ("an Am Weingarten 17b, 60487 Frankfurt", "an [Adresse]"),
        ("Neu: Hegenheimerstrasse 211, 4055 Basel", "Neu: [Adresse]"),
        ("Deichstr. 8, Brake", "[Adresse]"),
        ("im at 14 Larch Close, Buxton", "im at [Adresse]"),
        ("12 Baker Street, London NW1 6XE", "[Adresse]"),
    ],
)
def test_a_postal_address_is_replaced(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "Die Straße 2 ist lang",
        "Arbeitsplatz 4.0 und Monitoring 24 Stunden",
        "Hiring 12 platform engineers",
        "in der Parallelstraße",
        "as of May 6, 2005",
        "Nürnberg 2024",
    ],
)
def test_places_and_counts_stay(text: str) -> None:
    assert redact(text).text == text
