import pytest

from transforms.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Personalnummer 20471, danke", "Personalnummer [Nummer], danke"),
        ("Kundennr. 4471-083-2.", "Kundennr. [Nummer]."),
        ("meine Personalnummer ist Z-104433", "meine Personalnummer ist [Nummer]"),
        ("Ticket INC0088213 hängt", "Ticket [Nummer] hängt"),
        ("BG-Nummer 25704//0049913", "BG-Nummer [Nummer]"),
        ("employee no. HC-77120", "employee no. [Nummer]"),
        ("Buchung BW7K2Q", "Buchung [Nummer]"),
        ("Schülernummer 88214, bitte", "Schülernummer [Nummer], bitte"),
        ("Zähler 1ESY1160 774 392", "Zähler [Nummer]"),
        (
            "Ticketnummer 48213 Seiten lang kommentiert",
            "Ticketnummer [Nummer] Seiten lang kommentiert",
        ),
        ("Kundennr. 12.345.678 fehlt", "Kundennr. [Nummer] fehlt"),
        ("mein Ticket 48213 offen seit März", "mein Ticket [Nummer] offen seit März"),
        ("Vertrag 5512345 im Anhang", "Vertrag [Nummer] im Anhang"),
    ],
)
def test_the_number_of_a_file_on_somebody_is_replaced(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "Kunde seit 2013",
        "Vertrag 61 ist teuer",
        "Ticket 17 von 20",
        "Tickets 20000 Stück",
        "Tickets: 4500 im Monat",
        "Tickets 12.345 offen",
        "Tickets: 8123 offen",
        "Order 1234 servers",
        "account 4500 seats",
        "Request 5000 per second",
        "File 10000 rows max",
        "Vertrag 5000 Seiten",
        "Auftrag 3500 PT",
        "user 5000+",
        "Service 1200 Anrufe",
        "case 2024 was lost",
        "Norm ISO-27001 und Fall CVE-2024-3094",
    ],
)
def test_years_counts_and_standards_stay(text: str) -> None:
    assert redact(text).text == text
