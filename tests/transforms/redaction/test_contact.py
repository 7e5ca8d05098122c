import pytest

from transforms.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mail an a.b-c@stadt.example, danke", "Mail an [E-Mail], danke"),
        ("Mail: anna (at) stadt (punkt) example", "Mail: [E-Mail]"),
        ("Rückruf 0176 0406 9045 bitte", "Rückruf [Telefon] bitte"),
        ("Tel. +43 664 5550318", "Tel. [Telefon]"),
        ("erreichbar unter +41 79 555 01 99", "erreichbar unter [Telefon]"),
        ("call me on 07700 900418", "call me on [Telefon]"),
        ("cell is 567-555-0188", "cell is [Telefon]"),
        ("1-800-555-0199 is the desk", "[Telefon] is the desk"),
        ("0171–2345678", "[Telefon]"),
        ("abends 0664 – 555 03 18", "abends [Telefon]"),
        ("anna.mueller AT firma DOT com", "[E-Mail]"),
        ("anna Punkt berg ät firma Punkt example", "[E-Mail]"),
        ("@anna_b danke! cc @anna@social.example", "@… danke! cc @…"),
        ("https://x.example/reset?token=abc1&b=2", "https://x.example/reset?token=[Token]&b=2"),
        ("https://anna:geheim@x.example/a", "https://[Token]@x.example/a"),
    ],
)
def test_a_way_to_reach_somebody_is_replaced(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "am 12.03.2024 um 18:30 Uhr",
        "2019/2020 und 2024-2025",
        "Mo-Fr 08.00-17.00 Uhr",
        "geöffnet 07.30-18.00",
        "von 08.00 - 17.00 besetzt",
        "täglich 09.00–12.30, erreichbar 08.00-16.30",
        "am 01.02.-03.02. Wartung",
        "Wartung 01.02.2025-03.02.2025",
        "0.5–0.75 statt 01.02.25 – 03.02.25",
        "Der Punkt ist klar und the dot is red",
        "für 1.200.000 Euro statt 980000 €",
        "Version 10.0.19045.3803 auf 10.0.19045.1",
        "08/15 und 24/7 und 5 @ 3 Euro",
        "https://example.org/2024/05/17/123456789?page=3",
        "ISO 27001, KB5034441, CVE-2024-30942",
    ],
)
def test_dates_sums_versions_and_pages_stay(text: str) -> None:
    assert redact(text).text == text
