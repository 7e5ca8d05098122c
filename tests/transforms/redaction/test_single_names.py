import pytest

from transforms.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kollege Schröder hat das gemacht", "Kollege [Name] hat das gemacht"),
        ("Das war die Kollegin Ritschel.", "Das war die Kollegin [Name]."),
        ("Dank an unseren Kollegen Dr. Uhl", "Dank an unseren Kollegen Dr. Uhl"),
        ("ich habe dem Kollegen Egle geschrieben", "ich habe dem Kollegen [Name] geschrieben"),
        ("Peter aus der IT hilft immer", "[Name] aus der IT hilft immer"),
        ("die Sabine vom Helpdesk", "die [Name] vom Helpdesk"),
        ("Jens aus unserem Projektteam", "[Name] aus unserem Projektteam"),
        ("ask Sarah from HR", "ask [Name] from HR"),
        ("Tom in IT knows", "[Name] in IT knows"),
        ("unser Admin Jens macht das", "unser Admin [Name] macht das"),
        ("my colleague Sarah fixed it", "my colleague [Name] fixed it"),
        ("Frag mal Sabine", "Frag mal [Name]"),
        ("unser Herr Meier kann das", "unser Herr [Name] kann das"),
        ("Frau Röder hat gesagt: weiter", "Frau [Name] hat gesagt: weiter"),
        ("Frau Dr. Müller-Lüdenscheid hat es erklärt", "Frau [Name] hat es erklärt"),
        ("Mr. Doyle said no", "Mr. [Name] said no"),
        ("Frau Fischer hat mir geholfen", "Frau [Name] hat mir geholfen"),
        ("Hr. Keller hat abgesagt", "Hr. [Name] hat abgesagt"),
        ("Hr Keller hat abgesagt", "Hr [Name] hat abgesagt"),
        ("Fr. Ostermann aus der IT war nett", "Fr. [Name] aus der IT war nett"),
        ("Hrn. Keller bitte fragen", "Hrn. [Name] bitte fragen"),
        ("Fam. Huber wohnt nebenan", "Fam. [Name] wohnt nebenan"),
    ],
)
def test_a_name_of_one_word_goes_where_the_text_tells_whose_it_is(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "Anna hat recht",
        "Peter aus München",
        "Kollege Computer sagt nein",
        "Liebe Kollegen Vertriebler, den Kollegen Zeit geben",
        "Herr Krenn, wird es eine externe Prüfung geben?",
        "Frau Merkel hat das gesagt",
        "Tausch mit Kollegin Schwerin–Pasewalk",
        "ask May, or ask IT",
        "Der Chef Controlling aus der Zentrale",
        "Das Mandat von der IT",
        "Release from Legal",
        "our admin Panel is slow",
        "Fr. Nachmittag hat keiner Zeit",
        "Fr. 12.3. hat keiner Zeit",
        "am Fr. Abend kam die Meldung",
        "Hr. Support hat geholfen",
    ],
)
def test_who_is_one_of_thousands_addressed_known_or_no_person_stays(text: str) -> None:
    assert redact(text).text == text
