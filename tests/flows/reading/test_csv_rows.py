import csv
import io
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.reading.table_rows import looks_like_table
from flows.reading.table_types import BrokenTable

ROWS = "Kommentar;Datum\nGut so!;01.10.2025\nÜbel;02.10.2025\n"


def test_quotes_escaped_by_backslashes_are_understood(cells):
    content = 'Date,Link,Message\n2025-10-01,x,"Das \\"Neue\\", na ja"\n2025-10-02,y,"gut"\n'
    assert [row[2] for row in cells(content)] == ['Das "Neue", na ja', "gut"]


def test_a_row_with_another_number_of_fields_is_rejected_alone(outcomes):
    content = (
        "Kommentar;Datum;Likes\na;01.10.2025;1\nb; c;02.10.2025;1\nd;03.10.2025\ne;04.10.2025;2\n"
    )
    assert outcomes(content) == [
        "a",
        (3, "broken record"),
        (4, "broken record"),
        "e",
    ]


def test_trailing_delimiters_and_blank_lines_are_no_matter(outcomes):
    content = "Kommentar;Datum;;\n\na;01.10.2025;;\n;;;\nb;02.10.2025\nc;03.10.2025;;;;\n   \n"
    assert outcomes(content) == ["a", "b", "c"]


def test_a_nul_byte_costs_its_row(outcomes):
    content = ROWS.replace("Übel", "Ü\x00bel")
    assert outcomes(content) == ["Gut so!", (3, "forbidden character")]


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;"])
def test_the_line_that_excel_declares_its_delimiter_in_is_obeyed(cells, first):
    assert len(cells(f"{first}\n{ROWS}")) == 2


def test_titles_above_the_header_are_passed_over(table):
    content = "Umfrage Digitaler Arbeitsplatz;\nExport;03.10.2025\n\n" + ROWS
    found = table(content)
    assert found.header == ["Kommentar", "Datum"]
    assert "header in line 4" in found.note
    assert [row.line for row in found.rows] == [5, 6]


def test_a_table_without_a_header_gets_numbered_columns(table):
    found = table("Gut so;01.10.2025\nÜbel;02.10.2025\n")
    assert found.header == ["column 1", "column 2"]
    assert "without a header" in found.note
    assert len(list(found.rows)) == 2


def test_delimiters_within_texts_do_not_mislead(cells):
    content = "Kommentar;Datum\na, b, c;01.10.2025\nd, e, f;02.10.2025\ng | h, i;03.10.2025\n"
    assert len(cells(content)) == 3


def test_a_very_wide_table_is_read(cells):
    header = ";".join(["Kommentar", "Datum", *(f"Frage {number}" for number in range(5_000))])
    row = ";".join(["Gut", "01.10.2025", *["x"] * 5_000])
    assert len(cells(f"{header}\n{row}\n")) == 1


@pytest.mark.parametrize("content", ["", "\n\n  \n", "\ufeff", "sep=;\n"], ids=repr)
def test_a_file_of_nothing_is_said_to_be_empty(table, content):
    with pytest.raises(BrokenTable, match="the file is empty"):
        table(content)


lasting = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

plain = st.characters(codec="cp1252", exclude_categories=["Cc"])

words = st.text(st.one_of(plain, st.sampled_from('";,\t|\n')), min_size=1, max_size=30)

texts = words.map(lambda text: f"a{text}z")

times = st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)).map(
    lambda moment: moment.strftime("%d.%m.%Y %H:%M")
)

tables = st.lists(st.tuples(texts, times, st.integers(0, 999).map(str)), min_size=1, max_size=12)

HEADER = ("text", "created_at", "likes")


def written(rows, delimiter, quoting, end="\r\n"):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([HEADER, *rows])
    return out.getvalue()


@lasting
@given(
    tables,
    st.sampled_from(";,\t|"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_table_reads_back_exactly(cells, rows, delimiter, quoting, encoding, end):
    content = written(rows, delimiter, quoting, end).encode(encoding)
    assert looks_like_table(content)
    assert cells(content) == [list(row) for row in rows]


# No signs that, one after the other, are UTF-8 by chance, as "Ã¼" is: lines are read one by one.
german = st.text(st.sampled_from('aeZ019 ÄÖÜäöüßéàç";,\n'), max_size=30)


@lasting
@given(st.lists(st.tuples(german.map(lambda text: f"a{text} süß"), times), min_size=1, max_size=12))
def test_every_windows_table_reads_back_exactly(cells, rows):
    rows = [(*row, "1") for row in rows]
    content = written(rows, ";", csv.QUOTE_MINIMAL).encode("cp1252")
    assert cells(content) == [list(row) for row in rows]


def spans(content, count):
    """Start and end of each record of a CSV file, header included, ends exclusive."""
    found, quoted = [0], False
    for index, sign in enumerate(content):
        quoted ^= sign == ord('"')
        if sign == ord("\n") and not quoted:
            found.append(index + 1)
    assert len(found) == count + 2
    return list(pairwise(found))


@lasting
@given(tables, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.data())
def test_a_corrupted_byte_never_spoils_the_intact_rows_of_a_csv_file(cells, rows, quoting, data):
    content = written(rows, ";", quoting, "\n").encode()
    header, *places = spans(content, len(rows))
    index = data.draw(st.integers(header[1], len(content) - 1))
    broken = bytearray(content)
    broken[index] = data.draw(st.integers(0, 255))
    # A record whose line end is hit runs into its neighbour: both are hit.
    intact = [
        list(row)
        for row, (start, end) in zip(rows, places, strict=True)
        if not start - 1 <= index < end
    ]
    found = cells(bytes(broken))
    for row in intact:
        assert row in found
        found.remove(row)


@lasting
@given(tables, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.data())
def test_a_cut_never_spoils_the_rows_above_it(cells, rows, quoting, data):
    content = written(rows, ";", quoting, "\n").encode()
    header, *places = spans(content, len(rows))
    cut = data.draw(st.integers(header[1], len(content)))
    whole = [list(row) for row, (_, end) in zip(rows, places, strict=True) if end <= cut]
    assert cells(content[:cut])[: len(whole)] == whole
