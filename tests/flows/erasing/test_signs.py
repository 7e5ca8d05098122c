import html
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.erasing.signs import as_written

HIS = 'Wer soll das "alles" bezahlen & wann,\nfragt J\u00fcrgen \U0001f914 (und/oder ich)?'


def is_found(text: str, written: str) -> bool:
    return re.fullmatch(as_written(text), written, re.IGNORECASE) is not None


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(HIS, id="as it is"),
        pytest.param(HIS.replace("\n", "\r\n"), id="lines of Windows"),
        pytest.param(" ".join(HIS.split()), id="in one line"),
        pytest.param(HIS.replace("\n", "<br />"), id="lines of HTML"),
        pytest.param(HIS.replace('"', '""'), id="CSV"),
        pytest.param(json.dumps(HIS)[1:-1], id="JSON in ASCII"),
        pytest.param(json.dumps(HIS, ensure_ascii=False)[1:-1], id="JSON"),
        pytest.param(json.dumps(HIS)[1:-1].replace("/", r"\/"), id="JSON of PHP"),
        pytest.param(json.dumps(HIS)[1:-1].replace('"', '""'), id="JSON in CSV"),
        pytest.param(json.dumps(HIS.encode().decode("latin-1"))[1:-1], id="JSON of Meta"),
        pytest.param(html.escape(HIS), id="HTML"),
        pytest.param(html.escape(HIS).replace("\u00fc", "&uuml;"), id="named references"),
        pytest.param(html.escape(HIS).replace("\u00fc", "&#252;"), id="numbers"),
        pytest.param(html.escape(HIS).replace("\u00fc", "&#xFC;"), id="hexadecimal numbers"),
        pytest.param(html.escape(html.escape(HIS)), id="marked up twice"),
        pytest.param(json.dumps(html.escape(HIS))[1:-1].replace("&", r"\u0026"), id="HTML in JSON"),
        pytest.param(HIS.replace("\u00fc", "u\u0308"), id="in two pieces"),
    ],
)
def test_a_text_is_known_however_it_is_written(written: str) -> None:
    assert is_found(HIS, written)
    assert is_found(HIS.replace("\u00fc", "u\u0308"), written)


def test_another_text_is_not_known() -> None:
    assert not is_found("J\u00fcrgen", "Jurgen")
    assert not is_found("a/b", "ab")
    assert not is_found("Zwei Worte", "ZweiWorte")
    assert not is_found("M\u00fc", "M\u00f6")


def test_space_around_a_text_may_be_missing() -> None:
    assert is_found(" Ja, genau.\n", "Ja, genau.")
    assert is_found(" Ja, genau.\n", " Ja, genau.\n")


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1).filter(str.strip))
def test_every_text_is_known_in_json_and_html(text: str) -> None:
    assert is_found(text, text)
    assert is_found(text, json.dumps(text)[1:-1])
    assert is_found(text, html.escape(text))
