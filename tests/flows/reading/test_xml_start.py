"""How an XML file starts."""

import pytest

from flows.reading.xml_start import root_start_tag


@pytest.mark.parametrize(
    ("sample", "root"),
    [
        pytest.param(b"<?xml version='1.0'?><!-- <a> --><rss a='b'><c>", "<rss a='b'>", id="plain"),
        pytest.param(b"\xef\xbb\xbf \n<rss>", "<rss>", id="mark"),
        pytest.param("<rss ü=''>".encode("utf-16"), "<rss ü=''>", id="UTF-16"),
        pytest.param(b"oops <?xml version='1.0'?>\n<rss>", "<rss>", id="junk"),
        pytest.param(b"<!DOCTYPE a [<!ENTITY b '>'>]><rss>", "<rss>", id="DTD"),
        pytest.param(b"<!-- never closed <rss>", "", id="cut"),
        pytest.param(b"{}", "", id="JSON"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_the_root_is_found_in_a_sample(sample: bytes, root: str) -> None:
    assert root_start_tag(sample) == root
