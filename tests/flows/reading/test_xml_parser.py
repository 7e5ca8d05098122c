import io
import re

import pytest

from flows.reading.xml_elements import XmlRecord, XmlShape
from flows.reading.xml_parser import FIRST_CHUNK, Break, Parser, Start, pieces
from flows.reading.xml_start import UnreadableXml

SHAPE = XmlShape(
    depth=1,
    records=frozenset({"item"}),
    nested=frozenset(),
    record_start=re.compile(rb"<item>"),
    part_start=None,
    prefix_of=lambda address: {"http://x.example/": "x"}.get(address, address),
)


def parsed(content: str, start: Start | None = None) -> list[XmlRecord | Break]:
    parser = Parser(SHAPE, start or Start(0, 1))
    return list(parser.parse(io.BytesIO(content.encode())))


def texts(found: list[XmlRecord | Break]) -> list[str]:
    return [one.detail if isinstance(one, Break) else one.node.text for one in found]


def test_what_is_whole_comes_before_the_break_which_is_the_last() -> None:
    content = "<all>\n<item>a</item>\n<item>b</all>"
    first, broken = parsed(content)
    assert isinstance(first, XmlRecord)
    assert first.node.text == "a"
    assert isinstance(broken, Break)
    assert broken.detail == "mismatched tag, in the `item` that starts in line 3"
    assert (broken.offset, broken.line) == (content.rindex("all"), 3)


def test_reading_starts_anywhere_among_the_tags_that_stand_around_it() -> None:
    content = '<all xmlns:y="http://x.example/"><item/><y:item>b</y:item></all>'
    parser = Parser(SHAPE, Start(0, 1))
    assert len(list(parser.parse(io.BytesIO(content.encode())))) == 2
    (record,) = parsed(content, Start(content.index("<y:item>"), 1, parser.around))
    assert isinstance(record, XmlRecord)
    assert (record.node.tag, record.node.text) == ("x:item", "b")


def test_a_record_starts_in_another_one_only_where_the_format_has_that() -> None:
    found = parsed("<all><item>a<item>b</item></item></all>")
    assert texts(found) == [
        "`item` starts within `item`, which has no end, in the `item` that starts in line 1"
    ]


def test_a_declared_entity_is_refused() -> None:
    with pytest.raises(UnreadableXml, match="the file declares the XML entity `a`"):
        parsed('<!DOCTYPE all [<!ENTITY a "aaaa">]><all/>')


def test_pieces_of_a_file_grow_and_the_last_is_empty() -> None:
    found = list(pieces(io.BytesIO(b"-" * (4 * FIRST_CHUNK + 1)), 1))
    assert [len(piece) for piece in found] == [FIRST_CHUNK, 2 * FIRST_CHUNK, FIRST_CHUNK, 0]
