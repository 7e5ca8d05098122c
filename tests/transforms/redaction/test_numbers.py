import pytest

from transforms.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("auf DE12 5001 0517 0648 4898 90 bitte", "auf [IBAN] bitte"),
        ("IE29AIBK93115212345678", "[IBAN]"),
        ("AT61 1904 3002 3457 3201, BIC INGDDEFFXXX", "[IBAN], BIC [IBAN]"),
        ("Karte 4111 1111 1111 1111", "Karte [Karte]"),
        ("Steuer-ID 12 345 678 911", "Steuer-ID [Nummer]"),
        ("AHV 756.9217.0769.85", "AHV [Nummer]"),
        ("SVNR 1237 010180", "SVNR [Nummer]"),
        ("meine 12 150355 K 004", "meine [Nummer]"),
        ("my NI is QQ 12 34 56 C", "my NI is [Nummer]"),
        ("AHV 7569217076985", "AHV [Nummer]"),
        ("7569217076985 steht im Ausweis", "[Nummer] steht im Ausweis"),
        ("SVNR 1237/010180", "SVNR [Nummer]"),
        ("KVNR A123456789", "KVNR [Nummer]"),
        ("Krankenversichertennummer: M 310119800", "Krankenversichertennummer: [Nummer]"),
        ("sort code 20-00-00", "sort code [IBAN]"),
        ("USt-IdNr. DE136695976", "USt-IdNr. [Nummer]"),
        ("UID ATU12345675, Einzelunternehmer", "UID [Nummer], Einzelunternehmer"),
        ("UID CHE-123.456.788 MWST", "UID [Nummer] MWST"),
        ("VAT no GB 123 4567 82", "VAT no [Nummer]"),
    ],
)
def test_a_number_of_a_person_is_replaced(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112 Aufrufe",
        "ab 1000 2000 3000 Nutzer",
        "DE 2030 und AT 40",
        "20-00-00",
        "A123456789",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text).text == text
