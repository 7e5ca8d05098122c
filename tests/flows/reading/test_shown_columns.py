import pytest

from flows.reading.shown_columns import shown_columns, some_of
from flows.reading.table_types import TableFile

LONG = "Was gefällt Ihnen an der neuen IT-Strategie nicht?"


def shown(*header: str, rows: tuple[tuple[str, ...], ...] = (), is_keyed: bool = False) -> str:
    table = TableFile(list(header), iter(()), "a note", is_keyed)
    samples = [dict(zip(header, row, strict=True)) for row in rows]
    return "|".join(shown_columns(table, samples).values())


def test_columns_of_a_header_are_shown_by_their_names() -> None:
    assert shown("Name", "Kommentar", "Abteilung", LONG) == f"Name|Kommentar|Abteilung|{LONG}"


def test_of_a_row_that_need_not_be_a_header_places_and_lengths_are_shown() -> None:
    row = ("Anna Berg", "Ich finde Herrn Schulz unmöglich", "gut", "x")
    assert shown(*row) == (
        "column 1 (9 characters)|column 2 (32 characters)|column 3 (3 characters)|"
        "column 4 (1 character)"
    )


@pytest.mark.parametrize("known", ["Kommentar", "erstellt am:", "Gefällt mir", "column 2"])
def test_a_name_that_we_know_is_shown_wherever_it_stands(known: str) -> None:
    assert shown("Berg", known) == f"column 1 (4 characters)|{known}"


@pytest.mark.parametrize(
    "beside", ["Kommentar (Anna)", "Anna. Kommentar", "Kommentar 王", "Text 2"]
)
def test_what_stands_beside_a_name_that_we_know_is_not_shown(beside: str) -> None:
    assert shown("Berg", beside) == f"column 1 (4 characters)|column 2 ({len(beside)} characters)"


def test_a_row_whose_words_stand_below_it_is_no_header() -> None:
    row = ("comment", "published", "Anna Berg")
    assert shown(*row) == "comment|published|Anna Berg"
    below = (("comment", "published", "Ben Cham"),)
    assert shown(*row, rows=below) == "comment|published|column 3 (9 characters)"


@pytest.mark.parametrize(
    ("name", "cells", "is_header"),
    [
        ("Zahl", ("1", "2,5"), True),
        ("Zahl", ("1", "2", "drei"), False),
        ("Zahl", ("1", ""), False),
        ("Zimmer 12", ("13", "14"), False),
    ],
    ids=["numbers", "a word among them", "one number", "a number itself"],
)
def test_a_word_over_numbers_tells_a_header(
    name: str, cells: tuple[str, ...], is_header: bool
) -> None:
    named = shown("Farbe", name, rows=tuple(("rot", cell) for cell in cells))
    assert named.startswith("Farbe|") == is_header


def test_keys_are_names_whatever_they_are_called() -> None:
    assert shown("ts", "said", is_keyed=True) == "ts|said"


def test_of_many_columns_the_first_are_named() -> None:
    assert some_of(["a", "b" * 41]) == f"`a`, `{'b' * 39}…`"
    assert some_of([str(number) for number in range(42)]).endswith("`39` and 2 more")
