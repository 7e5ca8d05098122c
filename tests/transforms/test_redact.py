import json
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.redaction import MARKED, comments, score
from transforms.redact import OF_POSTS, personal_spans, redact, redact_json

GOLDEN = MARKED["golden, development part"]


def test_every_kind_is_counted_and_no_value_is_told() -> None:
    found = redact("Anna Berg, a@b.example, c@d.example")
    assert found.text == "[Name], [E-Mail], [E-Mail]"
    assert dict(found.counts) == {"name": 1, "email": 2}


def test_what_holds_nothing_personal_stays_to_the_letter() -> None:
    assert redact("Endlich weniger Passwörter!  ").text == "Endlich weniger Passwörter!  "


def test_of_a_post_names_stay_and_numbers_go() -> None:
    post = redact("Anna Berg stellt vor, Fragen an a@b.example", OF_POSTS)
    assert post.text == "Anna Berg stellt vor, Fragen an [E-Mail]"


def test_texts_inside_json_are_redacted_and_its_shape_stays() -> None:
    content = json.dumps([{"type": "image", "alt": "Kollegin Anna Müller am Pult", "n": 3}])
    assert json.loads(redact_json(content) or "") == [
        {"type": "image", "alt": "Kollegin [Name] am Pult", "n": 3}
    ]
    assert redact_json(None) is None


@pytest.mark.parametrize("ascii_only", [True, False], ids=["escaped", "as it is"])
def test_texts_inside_json_are_redacted_however_their_accents_are_written(ascii_only: bool) -> None:
    alt = unicodedata.normalize("NFD", "Kollege Jürgen Großmann am Pult, anna.müller@firma.example")
    content = json.dumps({"alt": alt}, ensure_ascii=ascii_only)
    assert json.loads(redact_json(content) or "") == {"alt": "Kollege [Name] am Pult, [E-Mail]"}
    assert redact_json(alt) == "Kollege [Name] am Pult, [E-Mail]"


@given(st.text(alphabet=st.sampled_from("ab Äz0189 .,:@/-+\n()[]Herr Frau Nr€"), max_size=80))
@settings(max_examples=300, deadline=None)
def test_spans_are_in_order_within_the_text_and_do_not_overlap(text: str) -> None:
    spans = personal_spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


def test_of_the_corpus_nearly_all_marks_go_and_hardly_anything_else() -> None:
    found = score(comments(MARKED["corpus"]))
    assert found.gone.total() >= 0.98 * found.spans.total()
    assert found.strictly_gone >= 0.97 * found.spans.total()
    assert found.touched <= 0.005 * found.unmarked
    assert found.touched_or_mentioned <= 0.015 * found.unmarked


@pytest.mark.fixtures
@pytest.mark.skipif(not Path(GOLDEN).exists(), reason="the golden comments are not here")
def test_of_the_golden_comments_all_marks_go_and_one_in_a_hundred_others_is_touched() -> None:
    found = score(comments(GOLDEN))
    assert found.gone.total() == found.spans.total()
    assert found.touched <= 0.01 * found.unmarked
