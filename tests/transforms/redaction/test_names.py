import pytest

from transforms.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kollegin Anna Müller hat geholfen", "Kollegin [Name] hat geholfen"),
        ("my colleague Priya Raman fixed it", "my colleague [Name] fixed it"),
        ("Gruß, Max Mustermann", "Gruß, [Name]"),
        ("Mit freundlichen Grüßen\nPetra Holzinger", "Mit freundlichen Grüßen\n[Name]"),
        ("Best regards, Dana Whitcombe", "Best regards, [Name]"),
        ("frag mal Herrn Krause", "frag mal Herrn [Name]"),
        ("Das macht Frau Dr. Annika Sölter", "Das macht Frau [Name]"),
        ("Er heißt Jonas Wiesböck.", "Er heißt [Name]."),
        ("I'm Imogen Tarrant, badge holder", "I'm [Name], badge holder"),
        ("Pers.-Nr. 50 31 774, Uwex Dannecker", "Pers.-Nr. [Nummer], [Name]"),
        ("rent Siobhan Dalkey flat", "rent [Name] flat"),
    ],
)
def test_the_name_of_a_private_person_is_replaced(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "Herr Krenn, wird es eine externe Prüfung geben?",
        "Liebe Frau Sorge, danke!",
        "Danke, Herr Oberlehrer.",
        "Elon Musk und Angela Merkel sehen das anders",
        "Anna hat recht, LG Gerdi",
        "Viele Grüße aus dem Home Office",
        "Hetzner heißt Hetzner Online GmbH",
        "Ich bin Release Train Engineer",
        "Microsoft Teams und Power Platform in der Hamburger Verwaltung",
        "danke! Erster Eintrag in der Liste",
    ],
)
def test_who_is_addressed_known_to_all_or_no_person_stays(text: str) -> None:
    assert redact(text).text == text
