"""YouTube Takeouts: what becomes of own comments in every form that Google writes them in."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.youtube_takeout import SOURCE, recognise
from models.canonical import Comment, Rejected
from tests.cut_files import assert_a_cut_file_lies_not, reader

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "youtube-takeout"
SAMPLE = Path(__file__).parent / "samples" / "youtube_takeout.csv"

OLD = "Comment ID,Channel ID,Comment Create Timestamp,Price,Parent Comment ID,Video ID,Comment Text"
NEW = "Channel ID,Comment Create Timestamp,Price,Comment ID,Parent Comment ID,Video ID,Comment Text"
WITH_POST = NEW.replace("Video ID", "Post ID,Video ID")
WITH_TOP = OLD.replace("Video ID", "Post ID,Video ID") + ",Top-Level Comment ID"
LOWER = WITH_TOP.replace("Create Timestamp", "create timestamp").replace(
    "Comment Text", "Comment text"
)
GERMAN = SAMPLE.read_text(encoding="utf-8").splitlines()[0]
FRENCH = "ID chaîne,Horodatage,Prix,ID commentaire,ID parent,ID vidéo,Texte du commentaire"

CELLS = {
    "id": "UgxNordhafenA4AaABAg.9xQ1",
    "channel": "UCstadtwerkenordhafen001",
    "created": "2025-11-03T09:40:11.5+00:00",
    "price": "0",
    "parent": "UgxNordhafenA4AaABAg",
    "post": "",
    "video": "nH4f3nCl0ud",
    "text": '{"text":"Gute Frage"},{"text":"\n"},{"text":"im Januar"}',
    "top": "UgxNordhafenA4AaABAg",
}
OLD_ORDER = ("id", "channel", "created", "price", "parent", "video", "text")
NEW_ORDER = ("channel", "created", "price", "id", "parent", "video", "text")
POST_ORDER = ("channel", "created", "price", "id", "parent", "post", "video", "text")
TOP_ORDER = ("id", "channel", "created", "price", "parent", "post", "video", "text", "top")


def csv_of(rows: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def export(*comments: dict[str, str], header: str = OLD) -> str:
    rows = [[(CELLS | comment)[column] for column in OLD_ORDER] for comment in comments]
    return f"{header}\n{csv_of(rows)}"


records_of = reader(SOURCE, "comments.csv")


def only_comment(**cells: str) -> Comment:
    (found,) = records_of(export(cells).encode())
    assert isinstance(found, Comment)
    return found


EXPECTED = Comment(
    platform="youtube",
    site="",
    position=1,
    line=2,
    native_id="UgxNordhafenA4AaABAg.9xQ1",
    channel="youtube",
    post_native_id="nH4f3nCl0ud",
    parent_native_id="UgxNordhafenA4AaABAg",
    reply_semantics="two_level",
    author="UCstadtwerkenordhafen001",
    is_owner=True,
    text="Gute Frage\nim Januar",
    created_at=datetime(2025, 11, 3, 9, 40, 11, 500000, tzinfo=UTC),
    created_at_raw="2025-11-03T09:40:11.5+00:00",
    status="published",
    permalink="https://www.youtube.com/watch?v=nH4f3nCl0ud&lc=UgxNordhafenA4AaABAg.9xQ1",
)


@pytest.mark.parametrize(
    ("header", "order"),
    [
        pytest.param(OLD, OLD_ORDER, id="old"),
        pytest.param(NEW, NEW_ORDER, id="since June 2024"),
        pytest.param(WITH_POST, POST_ORDER, id="with posts"),
        pytest.param(WITH_TOP, TOP_ORDER, id="with top level"),
        pytest.param(LOWER, TOP_ORDER, id="British English"),
        pytest.param(GERMAN, TOP_ORDER, id="German"),
        pytest.param(FRENCH, NEW_ORDER, id="unknown language"),
    ],
)
def test_a_comment_is_the_same_under_every_header(header: str, order: Sequence[str]) -> None:
    content = f"{header}\n{csv_of([[CELLS[column] for column in order]])}\n\n".encode()
    assert recognise(content)
    assert records_of(content) == [EXPECTED]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('{"takeoutSegments":[{"text":"Hallo "},{"link":{}},{"text":"Welt"}]}', "Hallo Welt"),
        ('{"text":"eine\nZeile"}', "eine\nZeile"),
        ('{"text":"sagte \\"ja\\""}, {"text":" 👍"}', 'sagte "ja" 👍'),
        ('schlichter, "alter" Text', 'schlichter, "alter" Text'),
        ("{lacht} na ja", "{lacht} na ja"),
        ('{"text":""}', None),
    ],
)
def test_the_text_is_put_together_from_its_pieces(cell: str, text: str | None) -> None:
    assert only_comment(text=cell).text == text


def test_a_comment_of_its_own_has_no_parent_and_an_answer_without_one_has_its_ids() -> None:
    assert only_comment(id="UgxA", parent="").parent_native_id is None
    assert only_comment(id="UgxA.b", parent="").parent_native_id == "UgxA"


def test_a_comment_on_a_post_of_a_channel_belongs_to_that_post() -> None:
    *_, found = records_of(SAMPLE.read_bytes())
    assert isinstance(found, Comment)
    assert (found.post_native_id, found.permalink) == ("UgkxNordhafenBeitrag01", None)


@pytest.mark.parametrize(
    ("raw", "at", "zone"),
    [
        ("2021-05-04 18:33:12 UTC", datetime(2021, 5, 4, 18, 33, 12, tzinfo=UTC), None),
        ("2021-05-04T18:33:12", datetime(2021, 5, 4, 16, 33, 12, tzinfo=UTC), "Europe/Berlin"),
        ("gestern", None, None),
    ],
)
def test_times_are_read_and_never_guessed(raw: str, at: datetime | None, zone: str | None) -> None:
    found = only_comment(created=raw)
    assert (found.created_at, found.created_at_raw, found.created_tz_assumed) == (at, raw, zone)


def test_a_comment_without_an_id_is_known_by_what_it_says() -> None:
    found = only_comment(id="", parent="")
    assert (found.native_id, found.id_basis, found.permalink) == (None, "hash", None)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param('UgxBroken0001,UC1,2025-11-03T09:40:11Z,0,,v,"{""text"":""Hal', id="quote"),
        pytest.param(
            'UgxBroken0001,UC1,2025-11-03T09:40:11Z,0,,v,"{""text"":""a\n""},{""b', id="lines"
        ),
        pytest.param('UgxBroken0001,UC1,2025-11-03T09:40:11Z,0,,v,"{""text"":""a"', id="JSON"),
        pytest.param("UgxBroken0001,UC1,2025-11-03T09:40:11Z", id="short"),
    ],
)
def test_damage_costs_one_record_and_is_told_with_its_line(broken: str) -> None:
    whole = export({}).removeprefix(OLD + "\n")
    found = records_of(f"{OLD}\n{whole}{broken}\n{whole}".encode())
    assert [type(record).__name__ for record in found] == ["Comment", "Rejected", "Comment"]
    assert [record.position for record in found] == [1, 2, 3]
    rejected = found[1]
    assert isinstance(rejected, Rejected)
    assert (rejected.line, rejected.reason) == (4, "broken record")


def test_other_columns_are_said_to_be_missing() -> None:
    (rejected,) = records_of(b"Comment ID,Channel ID\nUgx,UC1\n")
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (0, "missing column")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "Comment ID,Channel ID\nUgxA,UC1\n",
        "Live Chat ID,Channel ID,Live Chat Create Timestamp,Price,Video ID,Live Chat Text\n",
        "a,b,c,d,e,f,g\n1,2,3,4,5,6,7\n",
        "date,author,text\n2025-11-03,Jonna,Hallo\n",
        '[{"Comment ID": 1}]',
        '"a quote that is never closed\n',
    ],
)
def test_other_files_are_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


def test_the_sample_is_recognised_as_this_and_read_in_full() -> None:
    assert SOURCE.recognise(SAMPLE.read_bytes())
    found = records_of(SAMPLE.read_bytes())
    assert [type(record) for record in found] == [Comment] * 3
    first, second, _ = found
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert first.text == (
        "Gute Frage, Jonna: Wir testen gerade mit 200 Haushalten,\n"
        "im Januar kommt die App für alle. 🚀"
    )
    assert second.text == (
        "Stark, wie offen ihr über eure Migration sprecht. "
        '"Lift and shift" hat bei uns auch nur teuer gemacht.'
    )


TEXTS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=9))


@given(texts=TEXTS, where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_what_was_whole_and_one_clear_rejection(
    texts: list[str], where: float
) -> None:
    cells = [{"text": json.dumps({"text": text}, ensure_ascii=False)} for text in texts]
    written = SAMPLE.read_text(encoding="utf-8") if not texts else export(*cells)
    content = written.encode()
    assert_a_cut_file_lies_not(records_of, content, int(where * len(content)))


def test_the_sample_cut_anywhere_yields_only_what_was_whole() -> None:
    content = SAMPLE.read_bytes()
    for length in range(0, len(content), 2):
        assert_a_cut_file_lies_not(records_of, content, length)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_real_files_give_what_was_counted_in_them() -> None:
    old = records_of((FIXTURES / "comments_old_pre2024-06.csv").read_bytes())
    new = records_of((FIXTURES / "comments_new_post2024-06.csv").read_bytes())
    assert [type(record) for record in old + new] == [Comment] * 4
    _, answer, first, _ = [record for record in old + new if isinstance(record, Comment)]
    assert answer.parent_native_id == "UgwDN8UeMxW4NDFbvY54AaABAg"
    assert answer.text is not None
    assert answer.text.startswith("Ah, this is the reason why Ive never seen concurrent write")
    assert (first.native_id, first.post_native_id) == ("UgytHqobEtqoKm_-pYB4AaABAg", "rWVAzS6duAs")
    assert first.text == (
        "> I am about to get buried in the concrete\nthe most normal  Veritasium video!"
    )
    assert first.created_at == datetime(2023, 4, 14, 7, 39, 35, 956042, tzinfo=UTC)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_file_that_a_spreadsheet_saved_anew_is_still_one_of_own_comments(delimiter: str) -> None:
    text = '{"text":"Gut, so; ja"}'
    row = [
        "UCstadtwerkenordhafen001",
        "2025-11-03T09:40:11+00:00",
        "0",
        "UgxNordhafenA4",
        "",
        "nH4f3nCl0ud",
    ]
    cells = delimiter.join([*row, '"' + text.replace('"', '""') + '"'])
    content = NEW.replace(",", delimiter) + "\n" + cells + "\n"
    assert recognise(content.encode())
    (found,) = records_of(content.encode())
    assert isinstance(found, Comment)
    assert (found.text, found.is_owner) == ("Gut, so; ja", True)
