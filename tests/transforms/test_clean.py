import re
from collections import Counter

import pytest

from models.canonical import Comment
from models.tables.comment import COMMENT
from models.tables.rejected_comment import REJECTED_COMMENT
from tests.builders import comment
from transforms.canonical import Origin, comments_frame
from transforms.clean import Cleaned, clean


def cleaned(origin: Origin, *comments: Comment, longest_text: int = 100) -> Cleaned:
    return clean(comments_frame(comments, origin, Counter()), longest_text)


@pytest.mark.parametrize(
    ("bad", "reason", "detail"),
    [
        pytest.param({"text": None}, "no text", "nothing", id="no text"),
        pytest.param(
            {"text": "<img src=x>", "text_format": "html"}, "no text", "markup", id="only markup"
        ),
        pytest.param({"text": " \u200b "}, "no text", "nothing", id="only white space"),
        pytest.param({"text": "a\x00b"}, "forbidden character", "NUL", id="NUL byte"),
        pytest.param({"text": "x" * 101}, "text too long", "101 characters", id="too long"),
        pytest.param(
            {"created_at": None, "created_at_raw": "am 32.13."}, "no time", "`xx 99.99.`", id="time"
        ),
        pytest.param(
            {"created_at": None, "created_at_raw": None}, "no time", "missing", id="no time"
        ),
    ],
)
def test_what_cannot_be_used_is_rejected_with_its_reason(
    origin: Origin, bad: dict[str, object], reason: str, detail: str
) -> None:
    answer = cleaned(origin, comment(1), comment(2, line=17, **bad))
    assert answer.kept["position"].to_list() == [1]
    rejected = answer.rejected.row(0, named=True)
    assert (rejected["position"], rejected["line"], rejected["reason"]) == (2, 17, reason)
    assert detail in rejected["detail"]


def test_of_repeated_ids_the_last_is_kept(origin: Origin) -> None:
    first, second = comment(1, native_id="n", text="old"), comment(2, native_id="n", text="new")
    answer = cleaned(origin, first, second)
    assert answer.kept["text"].to_list() == ["new"]
    assert answer.rejected.select("position", "reason").rows() == [(1, "duplicate")]


def test_a_usable_comment_is_not_dropped_for_a_later_unusable_one_with_its_id(
    origin: Origin,
) -> None:
    good, empty = comment(1, native_id="n"), comment(2, native_id="n", text=None)
    answer = cleaned(origin, good, empty)
    assert answer.kept["position"].to_list() == [1]
    assert answer.rejected["reason"].to_list() == ["no text"]


@pytest.mark.parametrize("raw", [None, "secret, Anna Berg"], ids=["no time", "shifted row"])
def test_a_rejection_quotes_no_text_of_a_comment(origin: Origin, raw: str | None) -> None:
    told = comment(1, text="secret " * 50, created_at=None, created_at_raw=raw)
    answer = cleaned(origin, told)
    assert answer.rejected.height == 1
    assert not re.search("secret|Anna|Berg", str(answer.rejected.rows()))


def test_kept_and_rejected_fit_their_tables_and_add_up(origin: Origin) -> None:
    answer = cleaned(origin, comment(1), comment(2, text=None), comment(3, native_id="n1"))
    COMMENT.require(answer.kept)
    REJECTED_COMMENT.require(answer.rejected)
    assert answer.kept.height + answer.rejected.height == 3


def test_nothing_in_nothing_out(origin: Origin) -> None:
    answer = cleaned(origin)
    assert (answer.kept.height, answer.rejected.height) == (0, 0)
