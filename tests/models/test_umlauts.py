"""German without umlauts is read as German with them, and nothing else changes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from models.umlauts import umlauts_of

RESTORE = umlauts_of(Tokenizer.from_file(str(Path("models/checkpoint/tokenizer.json"))))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Fuer mich laeuft das, schoene Loesung.", "Für mich läuft das, schöne Lösung."),
        ("Die Geraete muessen wir spaeter pruefen", "Die Geräte müssen wir später prüfen"),
        ("UEBERALL ist das Netz weg", "ÜBERALL ist das Netz weg"),
        ("Ausserdem ist die Strasse gross.", "Außerdem ist die Straße groß."),
        ("Oeffentlich und ueberfaellig", "Öffentlich und überfällig"),
    ],
)
def test_german_gets_its_umlauts(typed, meant):
    assert RESTORE(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Die neue Steuer ist aktuell und sauer.",
        "Das Passwort muss in die Klasse, dass wissen wir.",
        "Joe and Michael: does the queue continue, or is it a business issue?",
        "The value of blue shoes goes to the user.",
        "La nouvelle rue que nous avons vue",
        "La nueva escuela puede ser un buen duelo",
        "Läuft für alle, die ich frage.",
    ],
)
def test_what_is_no_umlaut_stays(text):
    assert RESTORE(text) == text


@given(
    st.text(st.sampled_from("aeouäöüßsSAEOU rnt.1")) | st.text(),
)
def test_restored_text_stays_as_it_is(text):
    once = RESTORE(text)
    assert RESTORE(once) == once


def test_a_tokenizer_without_probabilities_is_refused():
    with pytest.raises(ValueError, match="`WordLevel`, expected `Unigram`"):
        umlauts_of(Tokenizer(models.WordLevel({"a": 0}, "a")))
