import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

from flows.review_import import take_in
from flows.settings import load_settings
from flows.storing.identity import note_names
from flows.storing.tally import Tally
from flows.warehouse import writing
from models.errors import GiveUp
from tests.builders import comment_row
from tests.review_desk import MONDAY, Desk, fill, ids_in

FULL = {
    "sentiment": "neutral",
    "stance": "dagegen",
    "topic 1": "Kosten",
    "topic 2": "Sicherheit",
    "intent 1": "Frage",
    "needs_reply": "ja",
    "toxic": "nein",
    "note": "klingt ironisch",
}

CHOSEN = """
    SELECT comment_id, head, label FROM classified.review WHERE is_chosen ORDER BY ALL
"""


@pytest.fixture
def file(desk: Desk) -> Path:
    """The file of anna, with three comments to answer."""
    desk.week(3)
    return desk.sheet()[0]


def edited(path: Path, edit: Callable[[Any], None]) -> Path:
    """`path` after `edit` of its workbook."""
    book = load_workbook(path)
    edit(book)
    book.save(path)
    return path


def test_answers_are_kept_beside_the_models_with_reader_and_time(desk: Desk, file: Path) -> None:
    report = desk.take_in(fill(file, {"c1": FULL}))
    assert str(report) == "review import: `2025-W45+anna.xlsx` of anna: 6 new answers"
    assert desk.query(CHOSEN) == [
        ("c1", "intent", "question"),
        ("c1", "needs_reply", "yes"),
        ("c1", "sentiment", "neutral"),
        ("c1", "stance", "oppose"),
        ("c1", "topic", "cost"),
        ("c1", "topic", "security"),
        ("c1", "toxic", "no"),
    ]
    rest = ("m@1", "audit", 1.0, "2025-W45", "anna", MONDAY.replace(tzinfo=None))
    assert desk.query(
        "SELECT label, is_chosen, is_chosen_by_model, model_version, purpose, drawn_share, sheet, "
        "reviewer, reviewed_at_utc FROM classified.review WHERE head = 'sentiment' ORDER BY label"
    ) == [
        (label, label == "neutral", label == "negative", *rest)
        for label in ("negative", "neutral", "positive")
    ]
    assert desk.query("SELECT comment_id, note FROM classified.review_note") == [
        ("c1", "klingt ironisch")
    ]


def test_none_of_them_is_an_answer_and_an_empty_cell_is_none(desk: Desk, file: Path) -> None:
    report = desk.take_in(fill(file, {"c1": {"topic 1": "keines davon"}}))
    assert desk.query("SELECT DISTINCT head FROM classified.review") == [("topic",)]
    assert desk.query("SELECT count(*), count_if(is_chosen) FROM classified.review") == [(18, 0)]
    assert report.details[0].startswith("1 of 3 comments drawn at random are answered; still open")
    assert "topic 2" in report.details[0]
    assert "sentiment 3" in report.details[0]
    assert report.details[1].startswith("Answer these in full")


def test_the_same_file_twice_changes_nothing(desk: Desk, file: Path) -> None:
    fill(file, {"c0": FULL, "c1": FULL})
    desk.take_in(file)
    before = desk.query("FROM classified.review ORDER BY ALL")
    report = desk.take_in(file, MONDAY + timedelta(days=1))
    assert str(report).endswith("nothing new")
    assert desk.query("FROM classified.review ORDER BY ALL") == before
    assert desk.query("SELECT count(*) FROM ops.run WHERE stage = 'review import'") == [(1,)]


def test_a_corrected_file_replaces_and_withdraws_and_says_so(desk: Desk, file: Path) -> None:
    desk.take_in(fill(file, {"c0": {"sentiment": "positiv", "toxic": "nein"}}))
    corrected = {"c0": {"sentiment": "negativ", "toxic": None}, "c2": {"toxic": "ja"}}
    report = desk.take_in(fill(file, corrected), MONDAY + timedelta(days=1))
    assert "1 new answer, 1 replaced and 1 withdrawn: it corrects an earlier file" in str(report)
    assert desk.query(CHOSEN) == [("c0", "sentiment", "negative"), ("c2", "toxic", "yes")]
    # Who answered first stays first: the correction keeps its time.
    assert desk.query(
        "SELECT DISTINCT comment_id, reviewed_at_utc::DATE::VARCHAR FROM classified.review "
        "ORDER BY ALL"
    ) == [("c0", "2025-11-10"), ("c2", "2025-11-11")]


def test_a_reader_can_withdraw_all_answers(desk: Desk, file: Path) -> None:
    given = {"c0": {"sentiment": "positiv", "toxic": "nein", "note": "hm"}}
    desk.take_in(fill(file, given))
    cleared = {"c0": {"sentiment": None, "toxic": None, "note": None}}
    report = desk.take_in(fill(file, cleared), MONDAY + timedelta(days=1))
    assert "0 new answers, 0 replaced and 2 withdrawn: it corrects an earlier file" in str(report)
    assert report.details[0].startswith("0 of 3 comments drawn at random are answered")
    assert (report.had_work, report.rows_in, report.rows_out) == (True, 2, 0)
    assert desk.query("FROM classified.review") == []
    assert desk.query("FROM classified.review_note") == []


def test_an_empty_file_is_refused_whatever_other_readers_have_answered(desk: Desk) -> None:
    desk.week(2)
    anna, berta = desk.sheet("anna", "berta")
    desk.take_in(fill(anna, {"c0": {"toxic": "ja"}}))
    with pytest.raises(GiveUp, match="holds no answers yet"):
        desk.take_in(berta)
    assert desk.query(CHOSEN) == [("c0", "toxic", "yes")]


def test_a_corrected_file_leaves_other_readers_alone(desk: Desk) -> None:
    desk.week(2)
    anna, berta = desk.sheet("anna", "berta")
    desk.take_in(fill(anna, {"c0": {"toxic": "ja"}}))
    desk.take_in(fill(berta, {"c0": {"toxic": "nein"}}))
    desk.take_in(fill(anna, {"c0": {"toxic": "nein"}}))
    assert desk.query(
        "SELECT reviewer, label FROM classified.review WHERE is_chosen ORDER BY ALL"
    ) == [("anna", "no"), ("berta", "no")]


def test_a_second_reader_brings_an_agreement(desk: Desk) -> None:
    desk.week(4)
    anna, berta = desk.sheet("anna", "berta")
    answers = ["negativ", "neutral", "positiv", "positiv"]
    first = {f"c{n}": {"sentiment": answer} for n, answer in enumerate(answers)}
    desk.take_in(fill(anna, first))
    report = desk.take_in(fill(berta, first | {"c3": {"sentiment": "neutral"}}))
    (line,) = [line for line in report.details if line.startswith("sentiment")]
    assert line.split() == ["sentiment", "0.67", "75%", "4"]


def test_a_comment_that_was_edited_since_is_left_out_and_the_others_go_in(
    desk: Desk, file: Path
) -> None:
    fill(file, {comment_id: {"toxic": "nein"} for comment_id in ("c0", "c1", "c2")})
    desk.given([comment_row("c1", text="reworded", text_hash="new")])
    report = desk.take_in(file)
    assert report.rejected_count == 1
    assert "was edited since" in report.details[-1]
    assert [row[0] for row in desk.query(CHOSEN)] == ["c0", "c2"]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        pytest.param(
            {"c1": {"sentiment": "gut"}},
            r"`Stichprobe!F\d` holds `gut`, expected one of `negativ`, `neutral`, `positiv`",
            id="a word that is no answer",
        ),
        pytest.param(
            {"c1": {"topic 1": "keines davon", "topic 2": "Kosten"}},
            r"`Stichprobe!H\d` holds `keines davon` beside another answer, expected it alone",
            id="none beside one",
        ),
        pytest.param({}, "holds no answers yet: fill in the yellow cells", id="nothing"),
    ],
)
def test_answers_that_can_not_be_are_named_by_their_cell(
    desk: Desk, file: Path, answers: dict[str, dict[str, object]], message: str
) -> None:
    with pytest.raises(GiveUp, match=message):
        desk.take_in(fill(file, {"c0": {"toxic": "ja"}} | answers if answers else {}))
    assert desk.query("FROM classified.review") == []


def renamed(page: Any) -> None:
    """Call a page otherwise, and one of its columns, too."""
    page.title, page["P1"].value = "Stichprobe Anna", "kennung"


def swapped(page: Any) -> None:
    """Sort the comments of a page, but not what stands beside them."""
    first, second = page["E2"].value, page["E3"].value
    page["E2"].value, page["E3"].value = second, first


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        pytest.param(lambda p: swapped(p), "Row 2 .* shows another comment", id="sorted in part"),
        pytest.param(lambda p: p.insert_cols(6), "`F1` of page .* holds ``", id="a new column"),
        pytest.param(
            lambda p: p.insert_rows(1),
            "`A1` of page `Stichprobe` in .* holds ``, expected `Nr.`: the first row must stay",
            id="a row above the titles",
        ),
        pytest.param(
            lambda p: setattr(p["E1"], "value", "Kommentar (bitte lesen)"),
            r"`E1` of page `Stichprobe` in .* holds `Kommentar \(bitte lesen\)`, expected `Kommen",
            id="the title of what is read",
        ),
        pytest.param(
            lambda p: setattr(p["P1"], "value", "kennung"),
            "`P1` of page `Stichprobe` in .* holds `kennung`, expected `Kennung`",
            id="the title of the key",
        ),
        pytest.param(
            renamed,
            "`P1` of page `Stichprobe Anna` in .* holds `kennung`",
            id="another name of the page and another title",
        ),
        pytest.param(
            lambda p: setattr(p.parent.create_sheet("Merkzettel")["A1"], "value", "x"),
            "`A1` of page `Merkzettel` .* If the page is one of your own, take it out",
            id="a page of one's own",
        ),
        pytest.param(
            lambda p: setattr(p["F1"], "value", "Laune"),
            "`F1` of page `Stichprobe` in .* holds `Laune`, expected `Stimmung`",
            id="another title",
        ),
        pytest.param(
            lambda p: setattr(p["F9"], "value", "negativ"),
            "Row 9 .* has the key ``",
            id="a row of one's own",
        ),
        pytest.param(
            lambda p: [setattr(p.cell(9, c), "value", p.cell(2, c).value) for c in range(1, 17)],
            "Row 9 .* repeats row 2",
            id="a row twice",
        ),
    ],
)
def test_a_file_edited_where_it_must_not_be_is_refused_whole(
    desk: Desk, file: Path, edit: Callable[[Any], object], message: str
) -> None:
    fill(file, {"c0": {"toxic": "ja"}})
    edited(file, lambda book: edit(book["Stichprobe"]) and None)
    with pytest.raises(GiveUp, match=message):
        desk.take_in(file)
    assert desk.query("FROM classified.review") == []


def test_sorted_and_deleted_rows_are_no_harm(desk: Desk, file: Path) -> None:
    fill(file, {"c0": {"toxic": "ja"}, "c1": {"toxic": "nein"}, "c2": {"toxic": "nein"}})
    edited(file, lambda book: book["Stichprobe"].move_range("A2:P2", rows=5))
    edited(file, lambda book: book["Stichprobe"].delete_rows(3))
    assert desk.take_in(file).rows_out == 2


def test_rows_that_are_not_in_the_file_are_counted(desk: Desk, file: Path) -> None:
    fill(file, {f"c{place}": {"toxic": "ja"} for place in range(3)})
    assert not [line for line in desk.take_in(file).details if "not in this file" in line]
    edited(file, lambda book: book["Stichprobe"].delete_rows(3, 2))
    assert (
        desk.take_in(file)
        .details[0]
        .startswith(
            "2 comments drawn at random are on the sheet but not in this file: what was answered"
        )
    )
    assert len(desk.query(CHOSEN)) == 3


def test_a_page_that_is_not_in_the_file_is_told_by_its_rows(desk: Desk) -> None:
    desk.week(6)
    (path,) = desk.sheet(audit=2, training=3)
    (picked, *_) = ids_in(path, "Training")
    fill(path, {picked: {"toxic": "ja"}})
    edited(path, lambda book: book.remove(book["Stichprobe"]))
    report = desk.take_in(path)
    assert report.details[0].startswith("2 comments drawn at random are on the sheet but not in")
    assert desk.query(CHOSEN) == [(picked, "toxic", "yes")]


def test_a_file_of_another_warehouse_is_refused_whole(
    desk: Desk, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(file, {"c0": {"toxic": "ja"}})
    monkeypatch.setenv("RESONANZ_PATHS__DATA", str(tmp_path / "other"))
    other = Desk(tmp_path / "other")
    with pytest.raises(GiveUp, match="which this warehouse has not written"):
        other.take_in(file)
    other.week(2)
    other.sheet()
    with pytest.raises(GiveUp, match="is of another sheet `2025-W45`"):
        other.take_in(file)


def test_a_reader_who_got_no_file_is_refused(desk: Desk, file: Path) -> None:
    fill(file, {"c0": {"toxic": "ja"}})
    edited(file, lambda book: setattr(book["resonanz"]["B3"], "value", "zoe"))
    with pytest.raises(GiveUp, match="names the reader `zoe`, expected one of `anna`"):
        desk.take_in(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "can't be read"), (b"no zip", "can't be read as a workbook")],
    ids=["missing", "no workbook"],
)
def test_what_is_no_workbook_is_one_sentence(
    desk: Desk, tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "x.xlsx"
    if content:
        path.write_bytes(content)
    with pytest.raises(GiveUp, match=message):
        desk.take_in(path)


def test_a_workbook_that_is_no_sheet_of_ours_is_told(desk: Desk) -> None:
    survey = Path(__file__).parents[2] / "data" / "samples" / "intranet-umfrage.xlsx"
    with pytest.raises(GiveUp, match="is no review sheet, it has no page `resonanz`"):
        desk.take_in(survey)


def test_words_of_either_language_ids_case_and_other_types_are_understood(
    desk: Desk, file: Path
) -> None:
    answers = {
        "c0": {"sentiment": " NEGATIVE ", "topic 1": "cost", "toxic": False, "needs_reply": 1},
        "c1": {"sentiment": "Positiv", "topic 1": "people AND culture", "toxic": "j"},
    }
    desk.take_in(fill(file, answers))
    assert desk.query(CHOSEN) == [
        ("c0", "needs_reply", "yes"),
        ("c0", "sentiment", "negative"),
        ("c0", "topic", "cost"),
        ("c0", "toxic", "no"),
        ("c1", "sentiment", "positive"),
        ("c1", "topic", "people"),
        ("c1", "toxic", "yes"),
    ]


def test_no_change_of_a_file_turns_a_picked_comment_into_a_drawn_one(desk: Desk) -> None:
    desk.week(6)
    (path,) = desk.sheet(audit=2, training=2)

    def move(book: Any) -> None:
        picked, drawn = book["Training"], book["Stichprobe"]
        for column in range(1, 17):
            drawn.cell(4, column).value = picked.cell(2, column).value
            picked.cell(2, column).value = None
        drawn.cell(4, 6).value = "positiv"

    desk.take_in(edited(path, move))
    assert desk.query("SELECT DISTINCT purpose, drawn_share FROM classified.review") == [
        ("training", None)
    ]


def test_topics_renamed_since_the_sheet_was_written_are_still_understood(
    desk: Desk, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taxonomy = tmp_path / "taxonomy.toml"
    taxonomy.write_text('[grid]\nde = "Netz"\nof = []\nwords = ["netz"]\n', encoding="utf-8")
    fill(file, {"c0": {"topic 1": "Kosten"}})
    monkeypatch.setenv("RESONANZ_CLASSIFY__TAXONOMY", str(taxonomy))
    desk.take_in(file)
    assert desk.query(CHOSEN) == [("c0", "topic", "cost")]


def test_answers_come_back_after_the_warehouse_was_built_anew(desk: Desk, file: Path) -> None:
    desk.take_in(fill(file, {"c1": FULL}))
    before = desk.query(CHOSEN)
    (desk.data / "warehouse.duckdb").unlink()
    desk.week(3)
    (kept,) = (desk.reviews / "taken").iterdir()
    desk.take_in(kept)
    assert desk.query(CHOSEN) == before
    assert list((desk.reviews / "taken").iterdir()) == [kept]


def test_every_file_that_was_taken_in_is_kept_in_the_order_of_time(desk: Desk, file: Path) -> None:
    for day, answer in enumerate(["ja", "nein", "nein", "ja"]):
        desk.take_in(fill(file, {"c0": {"toxic": answer}}), MONDAY + timedelta(days=day))
    kept = sorted((desk.reviews / "taken").iterdir())
    desk.query("DELETE FROM classified.review")
    for path in kept:
        desk.take_in(path)
    assert desk.query(CHOSEN) == [("c0", "toxic", "yes")]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_what_libreoffice_has_saved_is_read(desk: Desk, tmp_path: Path, suffix: str) -> None:
    tricky = '=HYPERLINK("http://x") _x0041_\r\n\r\n  Zeile\t2 🙂'
    desk.given([comment_row("c0", text=tricky), comment_row("c1", text="+49 30 1234\x0b")])
    (path,) = desk.sheet()
    fill(path, {"c0": FULL, "c1": FULL})
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", suffix, "--outdir", str(tmp_path), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    report = desk.take_in(tmp_path / f"{path.stem}.{suffix}")
    assert report.rows_out == 12
    assert report.rejected_count == 0


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_the_flow_takes_in_several_files(desk: Desk) -> None:
    desk.week(2)
    files = [fill(path, {"c0": {"toxic": "ja"}}) for path in desk.sheet("anna", "berta")]
    assert [report.rows_out for report in take_in(files, as_of=MONDAY)] == [1, 1]
    assert desk.query("SELECT count(*) FROM classified.review WHERE is_chosen") == [(2,)]


def is_one(desk: Desk, goes: str, kept: str) -> None:
    """Let a file tell that two stored comments are one."""
    settings, tally = load_settings(), Tally()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        ids = pl.DataFrame({"row": [0, 0], "id": [kept, goes]})
        note_names(connection, ids, "comment", tally)


def test_answers_on_a_comment_that_is_kept_under_another_id_since_go_there(desk: Desk) -> None:
    same = {"text": "Wer zahlt das?", "text_hash": "same"}
    desk.given([comment_row("c1", **same), comment_row("c2", **same), comment_row("c3")])
    (file,) = desk.sheet()
    fill(file, {"c2": {"sentiment": "negativ", "note": "Ironie?"}, "c3": {"sentiment": "neutral"}})
    is_one(desk, "c2", kept="c1")
    for _ in range(2):
        desk.take_in(file)
        assert desk.query(
            "SELECT DISTINCT comment_id FROM classified.review WHERE is_chosen ORDER BY ALL"
        ) == [("c1",), ("c3",)]
        assert desk.query("SELECT comment_id, note FROM classified.review_note") == [
            ("c1", "Ironie?")
        ]


def test_of_two_rows_that_are_one_comment_since_the_answered_ones_count_once(desk: Desk) -> None:
    same = {"text": "Wer zahlt das?", "text_hash": "same"}
    desk.given([comment_row("c1", **same), comment_row("c2", **same)])
    (file,) = desk.sheet()
    fill(file, {"c1": {"sentiment": "negativ"}, "c2": {"sentiment": "neutral"}})
    desk.take_in(file)
    is_one(desk, "c2", kept="c1")
    chosen = "SELECT comment_id, label FROM classified.review WHERE is_chosen"
    assert desk.query(chosen) == [("c1", "negative")]
    report = desk.take_in(file)
    assert desk.query(chosen) == [("c1", "negative")]
    assert "stands in another row, too" in report.details[-1]
