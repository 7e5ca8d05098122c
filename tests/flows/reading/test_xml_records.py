"""XML records: strict reading, and going on after damage."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.xml_elements import XmlRecord, XmlShape
from flows.reading.xml_parser import FIRST_CHUNK
from flows.reading.xml_records import Damage, xml_records

SHAPE = XmlShape(
    depth=2,
    records=frozenset({"item", "note"}),
    nested=frozenset({("item", "note")}),
    record_start=re.compile(rb"<item(?:\s[^<>]*)?>"),
    part_start=re.compile(rb"<note>"),
    prefix_of=lambda address: {"http://x.example/": "x"}.get(address, address),
)


def found_in(content: bytes) -> list[XmlRecord | Damage]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xml"
        path.write_bytes(content)
        return list(xml_records(path, SHAPE))


def feed(*items: str, head: str = "", start: str = '<?xml version="1.0"?>\n') -> str:
    body = "\n".join(items)
    return f'{start}<rss xmlns:x="http://x.example/"><channel>{head}\n{body}\n</channel></rss>\n'


def item(number: int, extra: str = "") -> str:
    return f"<item><x:id>{number}</x:id>{extra}</item>"


def ids(found: list[XmlRecord | Damage]) -> list[str | None]:
    """The ids of whole records; a damage is None."""
    return [
        None if isinstance(one, Damage) else one.node.value("x:id")
        for one in found
        if isinstance(one, Damage) or one.node.tag == "item"
    ]


def damages(found: list[XmlRecord | Damage]) -> list[Damage]:
    return [one for one in found if isinstance(one, Damage)]


def test_children_of_the_element_around_the_records_come_in_file_order_with_their_lines() -> None:
    found = found_in(feed(item(1), item(2), head="<title>T</title>").encode())
    nodes = [one.node for one in found if isinstance(one, XmlRecord)]
    assert [(node.tag, node.line) for node in nodes] == [("title", 2), ("item", 3), ("item", 4)]


def test_namespaces_count_and_not_prefixes() -> None:
    other = '<item xmlns:x="http://evil.example/" xmlns:y="http://x.example/"><x:id>8</x:id><y:id>9</y:id></item>'
    (record,) = found_in(feed(other).encode())
    assert isinstance(record, XmlRecord)
    assert record.node.value("x:id") == "9"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("<item><x:id>2</x:id><b c='&nbsp;'></item>", id="and an undefined entity"),
        pytest.param("<item><x:id>2</x:id><b></item>", id="missing end tag"),
        pytest.param("<item><x:id>2</x:id>a ]]> b</item>", id="end of CDATA in text"),
        pytest.param("<item><x:id>2</x:id>", id="missing end of the record"),
        pytest.param("<item><x:id>2</x:id><b c=1/></item>", id="attribute without quotes"),
        pytest.param("<item><x:id>2</x:id>1 < 2</item>", id="bare less-than sign"),
        pytest.param("<item><x:id>2</x:id>&#1;</item>", id="reference to a control character"),
    ],
)
def test_damage_costs_one_record_and_says_its_line(broken: str) -> None:
    found = found_in(feed(item(1), broken, item(3), item(4)).encode())
    assert ids(found) == ["1", None, "3", "4"]
    (damage,) = damages(found)
    assert damage.line in (4, 5)
    assert "starts in line 4" in damage.detail
    assert not damage.is_whole_file


def test_bytes_that_are_not_in_the_encoding_cost_one_record() -> None:
    found = found_in(feed(item(1), item(2, "§"), item(3)).encode("cp1252"))
    assert ids(found) == ["1", None, "3"]


def test_the_cut_record_comes_with_its_complete_children_only() -> None:
    notes = "<note>a</note><note>b</note><note>c"
    found = found_in(feed(item(1), item(2, notes)).encode().split(b"c</item>")[0])
    (damage,) = damages(found)
    assert damage.cut is not None
    assert damage.cut.node.value("x:id") == "2"
    assert [note.text for note in damage.cut.node.all("note")] == ["a", "b"]
    assert "ends too early" in damage.detail


def test_a_damaged_record_is_taken_up_again_at_its_next_part() -> None:
    notes = "<note>a</note><note>b < c</note><note>c</note>"
    found = found_in(feed(item(1, notes), item(2)).encode())
    damage, rest, second = found
    assert isinstance(damage, Damage)
    assert damage.cut is not None
    assert [note.text for note in damage.cut.node.all("note")] == ["a"]
    assert isinstance(rest, XmlRecord)
    assert rest.is_continued
    assert [note.text for note in rest.node.all("note")] == ["c"]
    assert isinstance(second, XmlRecord)
    assert not second.is_continued


def test_a_damaged_header_does_not_cost_the_records() -> None:
    found = found_in(feed(item(1), head="<title>Q & A</title>").encode())
    assert ids(found) == [None, "1"]


def test_record_tags_in_texts_are_texts() -> None:
    code = "<b><![CDATA[<item><x:id>7</x:id></item>]]></b><!-- <item> -->"
    assert ids(found_in(feed(item(1, code), item(2)).encode())) == ["1", "2"]


def test_a_file_cut_in_a_text_yields_nothing_of_the_text() -> None:
    code = "<b><![CDATA[<item><x:id>7</x:id></item>"
    cut = feed(item(1), item(2, code)).split("</item>\n</channel>")[0]
    assert ids(found_in(cut.encode())) == ["1", None]


def test_control_characters_are_taken_out_and_those_between_words_are_spaces() -> None:
    (record,) = found_in(feed(item(1, "<b c='x\x02y'>a\x00b\x0bc Lei\x03tung\x7f</b>")).encode())
    assert isinstance(record, XmlRecord)
    assert record.node.value("b") == "a b c Leitung"
    assert record.node.first("b") is not None
    assert record.node.children[1].attributes == {"c": "xy"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Wartung&nbsp;am Montag", "Wartung&nbsp;am Montag"),
        ("Q & A", "Q & A"),
        ("M&A &amp; &#8211; &#x2013;", "M&A & \u2013 \u2013"),
        ("<![CDATA[Q & A &nbsp;]]> R&D", "Q & A &nbsp; R&D"),
        ("J&oumlrg &bogus;", "J&oumlrg &bogus;"),
    ],
)
def test_bare_ampersands_and_entities_of_html_cost_no_record(written: str, read: str) -> None:
    broken = f'<item><x:id>2</x:id>\n<b c="?a=1&d=2">{written}</b></item>'
    found = found_in(feed(item(1), broken, item(3)).encode())
    assert ids(found) == ["1", "2", "3"]
    _, mended, after = (one for one in found if isinstance(one, XmlRecord))
    assert mended.node.value("b") == read
    assert mended.node.children[1].attributes == {"c": "?a=1&d=2"}
    assert (mended.node.line, mended.node.children[1].line, after.node.line) == (4, 5, 6)


def test_an_ampersand_in_a_record_that_is_cut_off_stays_damage() -> None:
    found = found_in(feed(item(1), "<item><x:id>2</x:id>Q & A", item(3)).encode())
    assert ids(found) == ["1", None, "3"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeff" + feed(item(1, "ä")), id="byte order mark"),
        pytest.param("\n \n" + feed(item(1, "ä")), id="blank lines first"),
        pytest.param(feed(item(1, "ä"), start=""), id="no declaration"),
        pytest.param(
            feed(item(1, "ä"), start='<?xml version="1.0" encoding="UTF-16"?>'),
            id="declared as what it is not",
        ),
    ],
)
def test_the_start_of_a_file_may_be_untidy(content: str) -> None:
    assert ids(found_in(content.encode())) == ["1"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "cp1252"])
def test_other_encodings_are_read(encoding: str) -> None:
    start = f'<?xml version="1.0" encoding="{encoding[:6] if "16" in encoding else encoding}"?>'
    (record,) = found_in(feed(item(1, "<b>Grüße</b>"), start=start).encode(encoding))
    assert isinstance(record, XmlRecord)
    assert record.node.value("b") == "Grüße"


def test_what_stands_before_the_declaration_is_skipped_and_told() -> None:
    found = found_in(("<br />\n<b>Warning</b>: PHP\n" + feed(item(1))).encode())
    assert ids(found) == [None, "1"]
    last = found[-1]
    assert isinstance(last, XmlRecord)
    assert last.node.line == 5


@pytest.mark.parametrize(
    ("content", "word"),
    [
        pytest.param("", "ends too early", id="empty"),
        pytest.param("  \n", "ends too early", id="blank"),
        pytest.param("no xml at all", "syntax error", id="no XML"),
        pytest.param("<rss><channel><a></b></channel></rss>", "mismatched", id="no record"),
        pytest.param(
            '<?xml version="1.0" encoding="klingon"?><rss/>', "klingon", id="unknown encoding"
        ),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY a "b">]>' + feed(item(1), start=""), "entity", id="entity"
        ),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY % a "b">]>' + feed(item(1), start=""),
            "entity",
            id="parameter entity",
        ),
    ],
)
def test_a_file_that_is_not_readable_as_xml_is_one_damage(content: str, word: str) -> None:
    (damage,) = damages(found_in(content.encode()))
    assert damage.is_whole_file
    assert word in damage.detail
    assert damage.rejected(5).position == 0
    assert damage.rejected(5).reason == "broken file"


def test_an_entity_of_a_foreign_dtd_is_not_left_out_in_silence() -> None:
    text = "<b>f&uuml;r</b>"
    content = '<!DOCTYPE rss SYSTEM "rss.dtd">' + feed(item(1, text), item(2), start="")
    first, _ = found_in(content.encode())
    assert isinstance(first, XmlRecord)
    assert first.node.value("b") == "f&uuml;r"


def test_damage_is_found_where_pieces_of_the_file_meet() -> None:
    for shift in range(-30, 30):
        filler = item(1, f"<b>{'x' * (FIRST_CHUNK - 140 + shift)}</b>")
        found = found_in(feed(filler, "<item><x:id>2</x:id></b></item>", item(3)).encode())
        assert ids(found) == ["1", None, "3"]


def test_many_damages_take_linear_time() -> None:
    broken = "<item><x:id>&n;</x></item>"
    mended = "<item><x:id>&n;</x:id></item>"
    found = found_in(feed(*[broken, item(1), mended] * 2000).encode())
    assert len(damages(found)) == 2000
    assert ids(found).count("1") == ids(found).count("&n;") == 2000


@given(st.data())
def test_any_damage_leaves_the_other_records_as_they_were(data: st.DataObject) -> None:
    texts = [f"<b><![CDATA[{'<item>' * (n % 2)} ä😀 {n}]]></b>" for n in range(5)]
    content = feed(*[item(n, text) for n, text in enumerate(texts)]).encode()
    start = content.index(b"<item><x:id>2")
    end = content.index(b"<item><x:id>3")
    at = data.draw(st.integers(start, end - 1))
    length = data.draw(st.integers(0, min(8, end - at)))
    noise = data.draw(st.sampled_from([b"", b"<", b"&", b">", b"\xff", b"</item>", b"<item>"]))
    found = found_in(content[:at] + noise + content[at + length :])
    whole = [one.node for one in found if isinstance(one, XmlRecord)]
    untouched = [one.node for one in found_in(content) if isinstance(one, XmlRecord)]
    for number in (0, 1, 4):
        assert any(_same(node, untouched[number]) for node in whole)


def _same(one: object, other: object) -> bool:
    return re.sub(r"line=\d+", "", repr(one)) == re.sub(r"line=\d+", "", repr(other))
