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
        (
            "Das hat Sabine Schmidt vom Einkauf entschieden",
            "Das hat [Name] vom Einkauf entschieden",
        ),
        ("Mein Name ist Jens Lindner", "Mein Name ist [Name]"),
        ("Mein Name ist Olaf Scholz, nicht der", "Mein Name ist [Name], nicht der"),
        ("gez. Peter Schmidt", "gez. [Name]"),
        ("Maria Hofer, Kundennummer 4471882", "[Name], Kundennummer [Nummer]"),
        ("Angela Merkel, Kundennummer 4471882", "[Name], Kundennummer [Nummer]"),
        ("Petra Klein weiß das", "[Name] weiß das"),
        ("Kevin Merkel aus Suhl", "[Name] aus Suhl"),
        ("ask Emma Taylor in HR", "ask [Name] in HR"),
        ("gebt das Herrn Schmidt", "gebt das Herrn [Name]"),
        ("Kollege Thomas Schmidt hat es gebaut", "Kollege [Name] hat es gebaut"),
        ("Gruß, Roland Schmidt", "Gruß, [Name]"),
        ("Frank Weber hat es gebaut", "[Name] hat es gebaut"),
        ("Das war André Huber", "Das war [Name]"),
        ("Vreni Zgraggen und Hüseyin Akbulut", "[Name] und [Name]"),
        ("Danke Zoltán Kerekes", "Danke [Name]"),
        ("Hans MÜLLER war da", "[Name] war da"),
        ("das weiß Anna SCHULTE-HOLT genau", "das weiß [Name] genau"),
        ("Sabine K. hat es gebaut", "[Name] hat es gebaut"),
        ("von Murat Y., Abteilung 3", "von [Name], Abteilung 3"),
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
        "Olaf Scholz sieht das anders, Ursula von der Leyen auch",
        "Elon Musks Firma und Angela Merkels Satz",
        "Frau Angela Merkel und George W. Bush",
        "Frau Merkel hat das gesagt, Herr Merz hat es wiederholt",
        "Roland Berger, Oliver Wyman und Ernst & Young",
        "our partner Roland Berger, Hugo Boss, Carl Zeiss, Robert Bosch",
        "Max Mustermann muss das ausfüllen",
        "Danke Deutsche Bahn!",
        "Thanks Red Hat",
        "Danke Apple Intelligence",
        "Partner Deutsche Telekom liefert nicht",
        "our partner Red Hat",
        "Leiter Digitale Transformation gesucht",
        "Mitarbeiter Zentraler Dienste",
        "Contact Center Genesys",
        "Patient Data Platform",
        "Danke Teams Meeting",
        "Vielen Dank Stadtwerke Ulm",
        "Frank und frei gesagt",
        "Peter HAT RECHT, Jens NICHT",
        "Anna SAP und Peter von der NATO",
        "Heinrich V. und Elisabeth I. hatten keine Cloud",
        "Mark I. und Max A.",
        "Mark Up und Will Microsoft das?",
    ],
)
def test_who_is_addressed_known_to_all_or_no_person_stays(text: str) -> None:
    assert redact(text).text == text


def test_a_name_by_itself_goes_near_a_number_of_somebody_and_stays_far_from_one() -> None:
    between = "Und so geht das seit Wochen ohne ein Wort davon weiter" + ", das ist lang" * 20
    near = "Ruf an, 0171 2345678, Uwex Dannecker"
    assert redact(near).text == "Ruf an, [Telefon], [Name]"
    far = f"0171 2345678. {between}. Guter Beitrag."
    assert redact(far).text == far.replace("0171 2345678", "[Telefon]")
