"""Twice as long takes about twice as long, whatever is repeated in a text."""

import re
from time import process_time

import pytest

from benchmarks.fuzzing.patience import impatient
from transforms.redact import personal_spans

PIECES = (
    *(
        "Dr. ",
        "Prof. Dr. ",
        "Prof. Dr. Anna ",
        "Herr Dr. ",
        "Herr ",
        "Frau Anna ",
        "Anna ",
        "Anna-",
        "A. ",
        "Anna von ",
    ),
    *(
        "Kollege ",
        "von ",
        "name: ",
        "Gruß ",
        "\n",
        "\n\n ",
        " ",
        "\t",
        ", ",
        "-",
        ".",
        "A",
        "a",
        "ä",
        "O'",
        "Anna B. ",
    ),
    *(
        "?token",
        "?token=",
        "?a&token",
        "/reset/",
        "/a1",
        "=a1",
        "https://",
        "www.",
        "a.",
        "a.b/",
        "://a:",
        "x.example/?",
    ),
    *(
        "@",
        "a@",
        "a@b.",
        "@a.",
        "a at ",
        "a dot ",
        "a punkt b ",
        "(at)",
        "1",
        "1 ",
        "12-",
        "0171 ",
        "+49",
        "1.",
        "01.02.-",
        "(1",
    ),
    *(
        ":",
        "1:",
        "a:",
        "1.1.",
        "00-",
        "A1",
        "DE12 ",
        "756.",
        "Nr. ",
        "Nr. 1",
        "Ticket 4711 ",
        "Ticket: ",
        "A-B 1",
        "1A",
    ),
    *(
        "Straße ",
        "Straße 1 ",
        "Straße 1, ",
        "Str. Nr. 1",
        "Am Berg 3, ",
        "Windows 1, 2000 ",
        "12 Baker ",
        "Adresse A",
        "wohne ",
    ),
    *(
        "eyJa.",
        "sk-",
        "xoxb-a",
        "ghp_",
        "Anna, Berg, ",
        "Anna Berg ",
        "Name: A, B",
        "Ihr ",
        "de la ",
        "\u2013",
        "%40",
        "Mac",
    ),
)
WITH_A_PHONE = " Tel. 0171 2345678"
"""Names are looked for in more ways where a number of somebody stands."""

SHORT, LONG = 10_000, 20_000
MOST = 3.2
"""Times as long; what grows with the square of the length takes four times as long."""

MEASURABLE = 0.03
"""Seconds of processor time; whatever takes less is fast enough, and its ratio is of noise."""


def seconds(text: str) -> float:
    before = process_time()
    with impatient():
        personal_spans(text)
    return process_time() - before


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: re.sub(r"\s", "_", piece))
@pytest.mark.parametrize("end", ["", WITH_A_PHONE], ids=["alone", "with a phone"])
def test_the_time_for_a_text_grows_with_its_length(piece: str, end: str) -> None:
    short, long = (piece * (length // len(piece)) + end for length in (SHORT, LONG))
    for _ in range(4):
        taken = seconds(long)
        if taken < MEASURABLE or taken < MOST * seconds(short):
            return
    pytest.fail(f"{taken:.2f} s for {LONG:,} characters, more than {MOST} times that for half")
