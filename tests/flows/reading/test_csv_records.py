from flows.reading.csv_records import csv_records


def test_line_breaks_within_quotes_belong_to_the_text(table):
    content = 'Kommentar;Datum\n"eins\n\n""zwei""; drei";01.10.2025\nvier;02.10.2025\n'
    rows = list(table(content).rows)
    assert rows[0].cells["Kommentar"] == 'eins\n\n"zwei"; drei'
    assert [(row.position, row.line) for row in rows] == [(1, 2), (2, 5)]


def test_a_quote_that_is_never_closed_costs_one_line(outcomes):
    content = 'Kommentar;Datum\n"offen;01.10.2025\na;02.10.2025\n"b, c";03.10.2025\nd;04.10.2025\n'
    assert outcomes(content) == [(2, "broken record"), "a", "b, c", "d"]


def test_a_quote_that_is_never_closed_is_named(table):
    rejected = next(table('Kommentar;Datum\n"offen;01.10.2025\na;02.10.2025\n').rows)
    assert rejected.detail == "a quote opens here and is never closed"


def test_a_lost_quote_does_not_swallow_the_rows_below(outcomes):
    content = 'Kommentar;Datum\n"offen;01.10.2025\na;02.10.2025\n"; b";03.10.2025\n'
    assert outcomes(content) == [(2, "broken record"), "a", "; b"]


def test_quotes_of_a_writer_who_never_quotes_are_part_of_the_text(cells):
    content = 'Kommentar;Datum\n"Digital First" ist ein Slogan;01.10.2025\n17" reichen;02.10.2025\n'
    assert [first for first, _ in cells(content)] == [
        '"Digital First" ist ein Slogan',
        '17" reichen',
    ]


def test_without_known_widths_every_record_is_taken_as_it_is():
    lines = ["a;b\n", "\n", '"c\n', 'd";e;f\n']
    assert list(csv_records(lines, 0, ";", None)) == [(1, ["a", "b"]), (3, ["c\nd", "e", "f"])]
