import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Läuft.", ["Läuft."]),
        (
            "Die Umstellung lief gut. Danke an alle! Nur das WLAN fehlt noch?",
            ["Die Umstellung lief gut.", "Danke an alle!", "Nur das WLAN fehlt noch?"],
        ),
        ("Erste Zeile ohne Punkt\n\nzweite Zeile", ["Erste Zeile ohne Punkt", "zweite Zeile"]),
        (
            "Im Werk heißt das Nr. 5, sagte er: „Das bleibt so.“ Schade um die Zeit.",
            ["Im Werk heißt das Nr.", "5, sagte er: „Das bleibt so.“ Schade um die Zeit."],
        ),
        ("Das gilt z. B. für alle Werke.", ["Das gilt z. B.", "für alle Werke."]),
    ],
)
def test_a_text_is_parted_at_its_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text())
def test_nothing_but_white_space_is_lost(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
