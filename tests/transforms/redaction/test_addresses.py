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
        ("it went to 221B Baker Street, London", "it went to [Adresse]"),
        ("an Musterstraße Nr. 12, 12345 Berlin", "an [Adresse]"),
        ("an Musterstr.12, 12345 Berlin", "an [Adresse]"),
        ("Lange Gasse Nr. 7, 1080 Wien, bitte", "[Adresse], bitte"),
        ("Post an Obere Hub 12, 9042 Speicher", "Post an [Adresse]"),
        ("an Berliner Straße 10–12, 10715 Berlin", "an [Adresse]"),
        ("Obere Hub 10–12a, 9042 Speicher", "[Adresse]"),
        ("an St.-Georg-Straße 5, 50667 Köln, bitte", "an [Adresse], bitte"),
        ("in der Dr.-Hans-Kapfinger-Str. 30", "in der [Adresse]"),
        ("Treffen: Straße des 17. Juni 135, 10623 Berlin", "Treffen: [Adresse]"),
        ("in der Straße des 17. Juni 135.", "in der [Adresse]."),
        ("am Platz der Republik 1", "am [Adresse]"),
        ("Platz der Deutschen Einheit 4, Potsdam, ja", "[Adresse], ja"),
        ("Post an Platz der Luftbrücke 5, 12101 Berlin", "Post an [Adresse]"),
        ("Allee der Kosmonauten 33c", "[Adresse]"),
        ("Weg der Gärtner 3, 12345 Berlin", "[Adresse]"),
        ("Wir sind Unter den Linden 77, das Café", "Wir sind [Adresse], das Café"),
        ("Er wohnt Am Alten Markt 3, glaube ich", "Er wohnt [Adresse], glaube ich"),
        ("Auf dem Hohen Ufer 12a", "[Adresse]"),
        ("Bahnhofstrasse 12, 8001 Zürich", "[Adresse]"),
        ("Mariahilfer Straße 1/2/3, bitte", "[Adresse], bitte"),
        ("Mariahilfer Straße 45/3/12, 1060 Wien", "[Adresse]"),
        ("Währinger Straße 8/Stiege 2/Tür 14", "[Adresse]"),
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
        "Windows 11, 4500 Geräte",
        "Office 365, 2400 Lizenzen",
        "Sprint 12, 2000 Tickets",
        "SAP ECC 6, 2027 Ende",
        "Im Quartal 3, 2025 Ende",
        "Standort Linz 3, 1200 Arbeitsplätze",
        "Exchange 19, 12000 Postfächer, Windows Server 22, 1400 VMs",
        "Release 14, 3200 Ideen",
        "Zum Go-Live 3, 1500 Nutzer",
        "Irrweg Nr. 5",
        "Das steht im Büro. Platz 5 ist frei",
        "Schritt 3",
        "am Montag 3 Stunden, Platz 1, Weg 2",
        "auf dem Weg 2025",
        "Weg der Daten 3, Platz der Liste 1",
        "Platz der Freiheit 2024",
        "Straße der Verlierer 2",
        "Platz der Republik 1,5 Millionen",
        "Unter 5 Minuten",
        "Unter den Kollegen 3, Unter den Top 10",
        "Unter den Linden 20 Minuten",
        "Am Alten System 3 Fehler, Im Neuen Portal 2",
        "Am Neuen Bahnhof 12 Uhr",
        "Am Neuen Hafen 300 Mitarbeiter",
        "in 5 ways",
    ],
)
def test_places_and_counts_stay(text: str) -> None:
    assert redact(text).text == text
