"""No finder finds anything in a text in which its signs are not: looked for in many texts."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pytest

from transforms.redact import redact, redact_all
from transforms.redaction.signs import ODD, finders_for

HERE = Path(__file__).parent
CORPUS = HERE.parents[2] / "data/corpus/comments.jsonl"
INVENTED = ("invented_later.txt", "invented_personal.txt", "invented_plain.txt")
JOINTS = (" ", "\n", ", ", ": ", "-", "(", " - ", "\x1f", "\u00a0", " https://x.example/?key=1 ")
LETTERS = "abcdefghijklmnopqrstuvwxyzäöü"
"""Those that words of the signs are written with, apart from ß."""


def texts() -> list[str]:
    """The corpus, and what other tests of the redaction have made up."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    invented = [(HERE / name).read_text(encoding="utf-8").splitlines() for name in INVENTED]
    return [json.loads(line)["text"] for line in lines] + [t for some in invented for t in some]


def mixtures(whole: Sequence[str], count: int) -> Iterator[str]:
    """Beginnings of texts joined to ends of others, some written in another way."""
    chance = random.Random(20)
    ways = (str, str, str, str.upper, str.lower, str.title, str.casefold, sharpened, turkish)
    for _ in range(count):
        first, second = chance.choice(whole), chance.choice(whole)
        joined = (
            first[: chance.randrange(len(first) + 1)]
            + chance.choice(JOINTS)
            + second[chance.randrange(len(second) + 1) :]
        )
        yield chance.choice(ways)(joined)


def sharpened(text: str) -> str:
    return text.replace("ss", "ß")


def turkish(text: str) -> str:
    return text.replace("i", "ı").replace("I", "İ").replace("s", "ſ")


def assert_alike(some: list[str]) -> None:
    redacted, counts = redact_all(some)
    for place, text in enumerate(some):
        alone = redact(text)
        assert redacted[place] == alone.text
        assert dict(counts.get(place, {})) == dict(alone.counts)


def test_all_texts_at_once_are_redacted_as_each_of_them_alone() -> None:
    whole = texts()
    assert_alike(whole)
    assert_alike(list(mixtures(whole, 6_000)))


@pytest.mark.parametrize(
    "text",
    [
        "Meldung von Kollege https://x.example/1 Peter Müller",
        "HEISSE Anna Berg",
        "ich heiße Anna Berg",
        "ICH HEIẞE Anna Berg",
        "Grüsse\nAnna Berg",
        "kollege\u2028Anna Berg",
        "Kundennr\x1f4711815",
        "perſonalnr: 4711815",
        "half of \ud83d a character, Anna Berg",
        "www. Anna Berg",
        "m² 4711, Anna Berg",
        "Obere Hub 10–12, 9042 Speicher",
        "Dr.-Hans-Kapfinger-Str.30",
    ],
    ids=repr,
)
def test_what_is_written_oddly_is_redacted_as_well(text: str) -> None:
    assert_alike([text])
    assert_alike(["nichts", text, "", text])


def test_most_texts_are_not_looked_at() -> None:
    assert finders_for(["Endlich weniger Passwörter!", "Der Server hakt am Montag.", ""]) == {}
    assert finders_for(["Ruf an: 0151 23456789"]) == {0: {"phones", "numbers"}}


def test_letters_that_only_python_takes_for_others_are_odd() -> None:
    signs = pl.Series([chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000])
    known = set(signs.filter(signs.str.contains(ODD))) | {"ß"}
    all_signs = "".join(signs)
    folded = {sign: sign.casefold() for sign in signs if sign.casefold() != sign}
    for letter in LETTERS:
        polars = set(signs.filter(signs.str.contains(f"(?i)^{letter}$")))
        assert set(re.findall(letter, all_signs, re.IGNORECASE)) <= polars | known
        assert {sign for sign, lower in folded.items() if letter in lower} <= polars | known
    for kind in (r"\s", r"\d"):
        polars = set(signs.filter(signs.str.contains(f"^{kind}$")))
        assert set(re.findall(kind, all_signs)) <= polars | known
