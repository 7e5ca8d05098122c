from datetime import datetime

import polars as pl
import pytest

from models.tables.comment import COMMENT
from models.tables.post import POST
from tests.builders import Row, comment_row, post_row
from transforms.merge import TOLD, as_one, comments_as_one, merged

EARLY, LATE = datetime(2025, 11, 1), datetime(2025, 11, 8)


def seen(at: datetime, **fields: object) -> Row:
    file = {"landed_file": f"{at:%d}.csv"}
    return comment_row(first_seen_at_utc=at, last_seen_at_utc=at, **(file | fields))


def merge_rows(incoming: Row, stored: Row | None = None) -> Row:
    frames = [
        pl.DataFrame([row] if row else [], schema=COMMENT.schema()) for row in (incoming, stored)
    ]
    return COMMENT.require(merged(frames[0], frames[1], COMMENT)).row(0, named=True)


def test_a_new_comment_stays_as_it_is() -> None:
    assert merge_rows(seen(EARLY)) == seen(EARLY)


def test_the_record_seen_last_counts_whatever_the_order_of_arrival() -> None:
    old, new = seen(EARLY, like_count=1), seen(LATE, like_count=5)
    assert merge_rows(new, old)["like_count"] == 5
    assert merge_rows(old, new)["like_count"] == 5


def test_the_time_of_first_and_last_sight_widens() -> None:
    answer = merge_rows(seen(EARLY), seen(LATE))
    assert (answer["first_seen_at_utc"], answer["last_seen_at_utc"]) == (EARLY, LATE)


def test_what_the_newer_record_does_not_know_is_taken_from_the_older() -> None:
    answer = merge_rows(seen(LATE, like_count=None), seen(EARLY, like_count=3))
    assert answer["like_count"] == 3


def test_another_wording_in_a_later_file_is_an_edit() -> None:
    answer = merge_rows(seen(LATE, text="new", text_hash="2"), seen(EARLY, text_hash="1"))
    assert (answer["text"], answer["is_edited"], answer["edit_basis"]) == (
        "new",
        True,
        "hash_changed",
    )


def test_a_text_that_comes_back_is_known_by_itself_again() -> None:
    emptied = seen(EARLY, text="", forgotten_input="of its last labels")
    answer = merge_rows(seen(LATE, text="is back"), emptied)
    assert (answer["text"], answer["forgotten_input"]) == ("is back", None)
    answer = merge_rows(seen(EARLY, text="is back"), emptied | {"last_seen_at_utc": LATE})
    assert (answer["text"], answer["forgotten_input"]) == ("", "of its last labels")


def test_the_same_wording_is_no_edit() -> None:
    assert merge_rows(seen(LATE), seen(EARLY))["is_edited"] is None


def test_a_better_reading_of_the_same_file_is_no_edit() -> None:
    answer = merge_rows(seen(EARLY, text="a b", text_hash="2"), seen(EARLY, text_hash="1"))
    assert (answer["text"], answer["is_edited"]) == ("a b", None)


def timed(at: datetime, precision: str, **fields: object) -> Row:
    """A record seen at `at` that tells the time of its comment as well as `precision` says."""
    told = {
        "exact": datetime(2025, 10, 31, 14, 30, 12),
        "derived_from_id": datetime(2025, 10, 31, 14, 30, 11),
        "day": datetime(2025, 10, 30, 23),
        "relative": datetime(2025, 10, 28),
    }[precision]
    about = {"created_at_utc": told, "created_at_raw": f"{told} as written"}
    return seen(at, time_precision=precision, **(about | fields))


@pytest.mark.parametrize(
    ("known", "poorer"),
    [("published", "unknown"), ("hidden", "unknown"), ("deleted", "unknown")],
)
def test_a_status_that_is_known_beats_an_unknown_one(known: str, poorer: str) -> None:
    assert merge_rows(seen(LATE, status=poorer), seen(EARLY, status=known))["status"] == known
    assert merge_rows(seen(EARLY, status=known), seen(LATE, status=poorer))["status"] == known


def test_of_two_known_statuses_the_later_counts() -> None:
    answer = merge_rows(seen(LATE, status="hidden"), seen(EARLY, status="published"))
    assert answer["status"] == "hidden"
    assert merge_rows(seen(LATE, status="unknown"))["status"] == "unknown"


def test_how_replies_work_stays_known() -> None:
    answer = merge_rows(seen(LATE, reply_semantics="unknown"), seen(EARLY, reply_semantics="tree"))
    assert answer["reply_semantics"] == "tree"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("exact", "derived_from_id"),
        ("derived_from_id", "day"),
        ("exact", "day"),
        ("day", "relative"),
        ("exact", "relative"),
    ],
)
def test_the_more_exact_time_counts_with_all_that_belongs_to_it(better: str, worse: str) -> None:
    for incoming, stored in (
        (timed(LATE, worse), timed(EARLY, better)),
        (timed(EARLY, better), timed(LATE, worse)),
        (timed(LATE, better), timed(EARLY, worse)),
    ):
        answer = merge_rows(incoming, stored)
        wanted = timed(EARLY, better)
        assert answer["time_precision"] == better
        assert answer["created_at_utc"] == wanted["created_at_utc"]
        assert answer["created_at_raw"] == wanted["created_at_raw"]


def test_a_time_with_its_zone_beats_one_whose_zone_was_assumed() -> None:
    told = seen(EARLY, created_at_utc=datetime(2025, 10, 31, 14), created_tz_assumed=None)
    assumed = seen(
        LATE, created_at_utc=datetime(2025, 10, 31, 13), created_tz_assumed="Europe/Berlin"
    )
    answer = merge_rows(assumed, told)
    assert answer["created_at_utc"] == datetime(2025, 10, 31, 14)
    assert answer["created_tz_assumed"] is None


def test_of_equally_exact_times_the_later_counts() -> None:
    old = seen(EARLY, created_at_utc=datetime(2025, 10, 31, 14))
    new = seen(LATE, created_at_utc=datetime(2025, 10, 31, 15))
    assert merge_rows(new, old)["created_at_utc"] == datetime(2025, 10, 31, 15)


def test_a_better_reading_of_the_same_time_counts_even_if_it_claims_less() -> None:
    raw = {"created_at_raw": "31.10.2025", "landed_file": "a.csv"}
    answer = merge_rows(timed(EARLY, "day", **raw), timed(EARLY, "exact", **raw))
    assert answer["time_precision"] == "day"


def test_a_time_counts_more_than_none_however_exact_none_claims_to_be() -> None:
    fields = {"post_id": "x:1", "native_id": "1", "platform": "x"}
    stub, told = (
        post_row(**fields, time_precision="exact", created_at_utc=None, created_at_raw=None),
        post_row(**fields, time_precision="day", created_at_utc=EARLY, created_at_raw="raw"),
    )
    frames = [pl.DataFrame([row], schema=POST.schema()) for row in (stub, told)]
    answer = merged(frames[0], frames[1], POST).row(0, named=True)
    assert (answer["created_at_utc"], answer["time_precision"]) == (EARLY, "day")


@pytest.mark.parametrize("later", ["published", "hidden", "unknown"])
def test_what_was_deleted_stays_deleted(later: str) -> None:
    """An older export that arrives later does not know of it."""
    for rows in (
        (seen(LATE, status=later), seen(EARLY, status="deleted")),
        (seen(EARLY, status=later), seen(LATE, status="deleted")),
        (seen(LATE, status="deleted"), seen(EARLY, status=later)),
    ):
        assert merge_rows(*rows)["status"] == "deleted"


def test_a_deletion_that_is_read_after_its_end_does_not_count() -> None:
    assert merge_rows(seen(EARLY, status="deleted"), seen(LATE))["status"] == "published"


def test_who_was_gone_stays_gone_until_the_file_says_when_it_was_made() -> None:
    answer = merge_rows(seen(LATE), seen(EARLY, gone_at_utc=EARLY, deletion_told_at_utc=EARLY))
    assert (answer["gone_at_utc"], answer["deletion_told_at_utc"]) == (EARLY, EARLY)


FULL = "Die Cloud ist gut, aber wer zahlt den Umzug, und wann kommt er endlich?"
CUT = "Die Cloud ist gut, aber wer zahlt den …"


def worded(at: datetime, text: str, **fields: object) -> Row:
    return seen(at, text=text, text_hash=str(len(text)), redacted=f'{{"x":{len(text)}}}', **fields)


@pytest.mark.parametrize(
    "cut",
    [
        CUT,
        "Die Cloud ist gut, aber wer zahlt d...",
        f"{CUT} ",
        f"{CUT} Mehr anzeigen",
        "Die Cloud ist gut, aber wer [...]",
        "Die Cloud ist gut, aber wer zahlt… https://t.co/Ab1",
        "Die Cloud ist gut, aber wer zahlt d",
    ],
)
def test_a_text_that_was_cut_short_does_not_replace_the_whole_one(cut: str) -> None:
    for rows in (
        (worded(LATE, cut), worded(EARLY, FULL)),
        (worded(EARLY, cut), worded(LATE, FULL)),
        (worded(LATE, FULL), worded(EARLY, cut)),
        (worded(EARLY, FULL), worded(LATE, cut)),
    ):
        answer = merge_rows(*rows)
        assert (answer["text"], answer["text_hash"]) == (FULL, str(len(FULL)))
        assert answer["redacted"] == f'{{"x":{len(FULL)}}}'
        assert (answer["is_edited"], answer["edit_basis"]) == (None, None)


def test_blanks_do_not_make_a_cut_text_another_one() -> None:
    whole = worded(EARLY, FULL.replace(", ", ",\n\n"))
    assert merge_rows(worded(LATE, CUT), whole)["text"] == whole["text"]


SHORTENED = FULL.partition(", und")[0]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"landed_file": "x_api/b"}, id="by the source that told more before"),
        pytest.param({"edited_at_utc": LATE}, id="by a source that says so"),
    ],
)
def test_a_text_that_was_shortened_is_an_edit(fields: dict[str, object]) -> None:
    stored = worded(EARLY, FULL, landed_file="x_api/a")
    answer = merge_rows(worded(LATE, SHORTENED, **fields), stored)
    assert (answer["text"], answer["is_edited"]) == (SHORTENED, True)


@pytest.mark.parametrize(
    "other", ["Die …", "Ganz anders, als es vorher einmal war …", "Die Cloud ist"]
)
def test_a_text_that_is_no_cut_of_the_other_is_an_edit(other: str) -> None:
    answer = merge_rows(worded(LATE, other), worded(EARLY, FULL))
    assert (answer["text"], answer["is_edited"]) == (other, True)


def one_of(*rows: Row) -> Row:
    """What `rows`, each under an id of its own, are under the first one."""
    names = {str(row["comment_id"]): str(rows[0]["comment_id"]) for row in rows[1:]}
    told = pl.Series([row["last_seen_at_utc"] for row in rows], dtype=pl.Datetime("us"))
    frame = pl.DataFrame(list(rows), schema=COMMENT.schema()).with_columns(told.alias(TOLD))
    return COMMENT.require(comments_as_one(frame, names)[0]).row(0, named=True)


def test_rows_under_several_ids_are_merged_as_if_they_had_come_under_one() -> None:
    old = seen(EARLY, comment_id="c1", like_count=1, permalink="https://example.org/1")
    new = seen(LATE, comment_id="c2", like_count=5, text_hash=old["text_hash"], text=old["text"])
    as_they_came = merge_rows(new | {"comment_id": "c1"}, old)
    assert one_of(old, new) == one_of(new, old) | {"comment_id": "c1"} == as_they_came


def test_of_three_rows_the_one_seen_last_counts_whatever_their_order() -> None:
    days = [
        seen(datetime(2025, 11, day), comment_id=f"c{day}", like_count=day) for day in (1, 2, 3)
    ]
    for first in days:
        found = one_of(first, *(row for row in days if row is not first))
        assert (found["comment_id"], found["like_count"]) == (first["comment_id"], 3)


def test_the_beginning_of_a_text_that_came_under_another_id_is_told() -> None:
    whole = "Die Cloud ist gut, aber wer zahlt den Umzug?"
    old = seen(EARLY, comment_id="c1", text=f"{whole[:30]} …", text_hash="cut")
    new = seen(LATE, comment_id="c2", text=whole, text_hash="whole")
    rows = pl.DataFrame([new, old], schema=COMMENT.schema()).with_columns(pl.lit(LATE).alias(TOLD))
    found, beginnings = comments_as_one(rows, {"c2": "c1"})
    assert (found["text"].item(), found["is_edited"].item()) == (whole, None)
    assert beginnings.rows() == [("c1", "cut")]


def test_who_was_gone_under_one_id_and_is_seen_later_under_the_other_is_not() -> None:
    gone = seen(EARLY, comment_id="c1", gone_at_utc=LATE)
    assert one_of(gone, seen(LATE, comment_id="c2"))["gone_at_utc"] is None
    assert one_of(gone, seen(EARLY, comment_id="c2"))["gone_at_utc"] == LATE


def test_who_was_deleted_under_one_id_stays_so_until_the_other_one_is_shown_later() -> None:
    deleted = seen(EARLY, comment_id="c1", status="deleted", deletion_told_at_utc=EARLY)
    back = one_of(deleted, seen(LATE, comment_id="c2"))
    assert (back["status"], back["deletion_told_at_utc"]) == ("published", None)
    later = deleted | {"deletion_told_at_utc": datetime(2025, 11, 9)}
    away = one_of(later, seen(LATE, comment_id="c2"))
    assert (away["status"], away["deletion_told_at_utc"]) == ("deleted", datetime(2025, 11, 9))
    assert one_of(deleted, seen(LATE, comment_id="c2", status="hidden"))["status"] == "deleted"


def test_nobody_answers_himself_under_another_id() -> None:
    answer = seen(LATE, comment_id="c2", parent_id="c1")
    assert one_of(seen(EARLY, comment_id="c1"), answer)["parent_id"] is None


def test_posts_under_several_ids_are_one() -> None:
    rows = [
        post_row("p1", first_seen_at_utc=EARLY, last_seen_at_utc=EARLY, text="Wer zahlt?"),
        post_row("p2", first_seen_at_utc=LATE, last_seen_at_utc=LATE, title="neu"),
        post_row("p9", title="bleibt"),
    ]
    found = as_one(pl.DataFrame(rows, schema=POST.schema()), {"p2": "p1"}, POST).sort("post_id")
    assert found.select("post_id", "title", "text").rows() == [
        ("p1", "neu", "Wer zahlt?"),
        ("p9", "bleibt", None),
    ]
    assert found["first_seen_at_utc"][0] == EARLY
