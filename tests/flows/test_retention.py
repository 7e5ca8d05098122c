import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.classify import count_pending, label_all, make_current
from flows.engines import duckdb_file
from flows.keys.author import read_author_key
from flows.landing.files import land, landed_files
from flows.retention import retention
from flows.running.turns import turn
from flows.settings import load_settings
from flows.storing.store import store
from flows.warehouse import merge, use_time_zone, writing
from models.canonical import Post
from models.errors import TryAgain
from models.tables.comment import COMMENT
from models.tables.comment_version import COMMENT_VERSION
from models.tables.label import LABEL
from models.tables.post import POST
from models.tables.refined_file import REFINED_FILE
from models.tables.run import RUN
from tests.builders import comment_row, label_row, post_row
from tests.flows.conftest import KeywordModel, Query
from transforms.canonical import Origin
from transforms.pseudonymise import author_key

pytestmark = pytest.mark.usefixtures("prefect_server")

NOW = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)
OLD, NEW = datetime(2025, 1, 1, 8, 0), datetime(2026, 1, 1, 8, 0)

Keep = Callable[..., None]


@pytest.fixture
def keep(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Keep:
    """Set periods of retention, in days: `keep(comments=30)`."""
    for name in ("VERSIONS", "REJECTED", "RUNS"):
        monkeypatch.setenv(f"RESONANZ_RETENTION__{name}", "0")

    def settings(**days: int) -> None:
        for name, count in days.items():
            monkeypatch.setenv(f"RESONANZ_RETENTION__{name.upper()}", str(count))

    return settings


def given_two_comments() -> None:
    settings = load_settings()
    rows = [
        comment_row(name, text=f"Wortlaut von {name}", last_seen_at_utc=seen, permalink="https://x")
        for name, seen in (("old", OLD), ("new", NEW))
    ]
    versions = [
        {
            "comment_id": "new",
            "text_hash": text_hash,
            "text": text,
            "first_seen_at_utc": seen,
            "last_seen_at_utc": seen,
            "landed_file": "a.csv",
        }
        for text_hash, text, seen in (
            ("before", "Frueherer Wortlaut", OLD),
            ("hash of new", "Wortlaut von new", OLD),
        )
    ]
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, "Europe/Berlin")
        merge(connection, COMMENT, pl.DataFrame(rows, schema=COMMENT.schema()))
        merge(connection, COMMENT_VERSION, pl.DataFrame(versions, schema=COMMENT_VERSION.schema()))
        inputs = connection.execute(
            "SELECT comment_id, input_hash FROM classified.input"
        ).fetchall()
        labels = [
            label_row(name, "sentiment", "negative", input_hash=input_hash)
            | {"decided_by": f"Wortlaut von {name}", "is_uncertain": False}
            for name, input_hash in inputs
        ]
        merge(connection, LABEL, pl.DataFrame(labels, schema=LABEL.schema()))
        connection.execute(
            "INSERT INTO classified.embedding "
            "SELECT input_hash, model_version, [1]::TINYINT[] FROM classified.label"
        )
        runs = [
            {
                "stage": "refine",
                "finished_at_utc": moment,
                "rows_in": 1,
                "rows_out": 1,
                "rejected_count": 0,
                "note": "",
            }
            for moment in (OLD, NEW)
        ]
        merge(connection, RUN, pl.DataFrame(runs, schema=RUN.schema()))


def test_texts_stay_while_a_stage_is_under_way_that_would_write_them_back(
    keep: Keep, workplace: Path, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_WAREHOUSE__WAIT_SECONDS", "0")
    keep(comments=90)
    given_two_comments()
    with (
        turn("classify", workplace / "runs", 0),
        pytest.raises(TryAgain, match="`retention` can't run beside other stages, and `classify`"),
    ):
        retention(as_of=NOW)
    assert query("SELECT count(*) FROM clean.comment WHERE text = ''") == [(0,)]
    retention(as_of=NOW)
    assert query("SELECT comment_id FROM clean.comment WHERE text = ''") == [("old",)]


def test_words_beyond_their_period_go_and_what_was_counted_stays(
    keep: Keep, query: Query, workplace: Path
) -> None:
    given_two_comments()
    keep(comments=30)
    report = retention(as_of=NOW)
    assert query("SELECT text, author_key, permalink FROM clean.comment ORDER BY comment_id") == [
        ("Wortlaut von new", "author of new", "https://x"),
        ("", None, None),
    ]
    counted = "SELECT count(*) FROM classified.label SEMI JOIN classified.input USING (input_hash)"
    assert query(counted) == [(2,)]
    assert query("SELECT count(decided_by) FROM classified.label") == [(1,)]
    kept = "SELECT comment_id FROM classified.embedding JOIN classified.label USING (input_hash)"
    assert query(kept) == [("new",)]
    assert count_pending("other", load_settings()) == 1
    assert b"Wortlaut von old" not in (workplace / "warehouse.duckdb").read_bytes()
    assert b"Wortlaut von new" in (workplace / "warehouse.duckdb").read_bytes()
    assert str(report) == "retention: deleted: 1 text of a comment"
    assert str(retention(as_of=NOW)) == "retention: nothing due"


def test_words_that_a_killed_run_deleted_are_gone_from_the_file_after_the_next(
    keep: Keep, query: Query, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_two_comments()
    keep(comments=30)
    warehouse = workplace / "warehouse.duckdb"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(duckdb_file, "rewrite", killed)
        with pytest.raises(KeyboardInterrupt):
            retention(as_of=NOW)
    assert query("SELECT count(*) FROM clean.comment WHERE text = ''") == [(1,)]
    assert b"Wortlaut von old" in warehouse.read_bytes()
    retention(as_of=NOW)
    assert b"Wortlaut von old" not in warehouse.read_bytes()
    assert b"Wortlaut von new" in warehouse.read_bytes()
    written = warehouse.stat().st_ino
    retention(as_of=NOW)
    assert warehouse.stat().st_ino == written


def test_a_few_people_do_not_become_many_when_their_names_are_forgotten(
    keep: Keep, query: Query, workplace: Path
) -> None:
    rows = [
        comment_row(f"{author}{number}", author_key=author, last_seen_at_utc=OLD)
        for author in ("anna", "uwe")
        for number in range(3)
    ] + [comment_row("nobody", author_key=None, last_seen_at_utc=OLD)]
    settings = load_settings()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        merge(connection, COMMENT, pl.DataFrame(rows, schema=COMMENT.schema()))
        use_time_zone(connection, "Europe/Berlin")
    people = "SELECT count(DISTINCT author), count(author_key) FROM classified.dated"
    assert query(people) == [(3, 6)]
    keep(comments=30)
    retention(as_of=NOW)
    assert query(people) == [(3, 0)]
    marks = [mark for (mark,) in query("SELECT DISTINCT forgotten_author FROM clean.comment")]
    assert not {"anna", "uwe"} & {str(mark) for mark in marks}
    before = query("SELECT comment_id, forgotten_author FROM clean.comment ORDER BY ALL")
    assert str(retention(as_of=NOW + timedelta(days=1))) == "retention: nothing due"
    assert query("SELECT comment_id, forgotten_author FROM clean.comment ORDER BY ALL") == before


def test_without_periods_nothing_goes(keep: Keep, query: Query) -> None:
    given_two_comments()
    assert str(retention(as_of=NOW)) == "retention: nothing due"
    assert query("SELECT count(*) FROM clean.comment WHERE text <> ''") == [(2,)]


def test_earlier_wordings_and_notes_of_runs_have_periods_of_their_own(
    keep: Keep, query: Query
) -> None:
    given_two_comments()
    keep(versions=30, runs=30)
    retention(as_of=NOW)
    assert query("SELECT text FROM clean.comment_version") == [("Wortlaut von new",)]
    assert query("SELECT count(*) FROM ops.run WHERE stage = 'refine'") == [(1,)]


def test_the_sentence_that_decided_goes_with_the_wording_that_it_stood_in(
    keep: Keep, query: Query, workplace: Path
) -> None:
    given_two_comments()
    settings = load_settings()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        then = label_row("new", "sentiment", "neutral", input_hash="before", labelled_at_utc=OLD)
        rows = [then | {"decided_by": "Frueherer Wortlaut"}]
        merge(connection, LABEL, pl.DataFrame(rows, schema=LABEL.schema()))
    sentences = "SELECT decided_by FROM classified.label WHERE comment_id = 'new' ORDER BY ALL"
    retention(as_of=NOW)
    assert query(sentences) == [("Frueherer Wortlaut",), ("Wortlaut von new",)]
    keep(versions=30)
    retention(as_of=NOW)
    assert query(sentences) == [("Wortlaut von new",), (None,)]
    assert b"Frueherer Wortlaut" not in (workplace / "warehouse.duckdb").read_bytes()


def test_letters_and_review_sheets_go_with_what_they_quote(keep: Keep, workplace: Path) -> None:
    given_two_comments()
    for name in ("published/digest/2025-W01/digest.html", "reviews/2025-W01+anna.xlsx"):
        (workplace / name).parent.mkdir(parents=True)
        (workplace / name).write_text("Wortlaut")
        os.utime(workplace / name, (0, 0))
    retention(as_of=NOW)
    assert (workplace / "reviews/2025-W01+anna.xlsx").exists()
    keep(reviews=30, snapshots=30)
    assert str(retention(as_of=NOW)) == "retention: deleted: 1 letter, 1 review sheet"
    assert not (workplace / "reviews/2025-W01+anna.xlsx").exists()


def test_landing_files_go_with_the_texts_that_they_would_bring_back(
    keep: Keep, workplace: Path, tmp_path: Path
) -> None:
    landing = workplace / "landing"
    for name, received in (("old", NOW - timedelta(days=60)), ("new", NOW - timedelta(days=2))):
        (tmp_path / name).write_text(f"Wortlaut von {name}")
        land(tmp_path / name, "table_file", None, received, landing)
    aside = workplace / "inbox" / ".taken" / "old.zip"
    aside.parent.mkdir(parents=True)
    aside.write_text("alt")
    os.utime(aside, (0, 0))
    keep(comments=30, landing=90)
    retention(as_of=NOW)
    assert [landed.name for landed in landed_files(landing)] == ["new"]
    assert not aside.exists()
    # The same bytes do not land once more.
    assert not land(tmp_path / "old", "table_file", None, NOW, landing).is_new


def test_published_states_beyond_their_period_go_but_the_latest(
    keep: Keep, workplace: Path
) -> None:
    snapshots = workplace / "published" / "snapshots"
    for name in ("20250101T080000Z-aaaaaaaa", "20250601T080000Z-bbbbbbbb"):
        (snapshots / name).mkdir(parents=True)
    (workplace / "published" / "latest").symlink_to("snapshots/20250601T080000Z-bbbbbbbb")
    (snapshots / ".DS_Store").write_text("what Finder leaves in every folder that it shows")
    keep(snapshots=30)
    retention(as_of=NOW)
    left = sorted(path.name for path in snapshots.iterdir())
    assert left == [".DS_Store", "20250601T080000Z-bbbbbbbb"]


def test_examples_of_a_models_report_go_with_their_texts(keep: Keep, workplace: Path) -> None:
    given_two_comments()
    keep(comments=30)
    examples = workplace / "models" / "shadow" / "20251110T080000Z-tried@1" / "examples.csv"
    examples.parent.mkdir(parents=True)
    examples.write_text("comment_id,text\nold,Wortlaut von old\nnew,Wortlaut von new\n")
    report = retention(as_of=NOW)
    assert examples.read_text() == "comment_id,text\nnew,Wortlaut von new\n"
    assert "1 report with examples" in str(report)
    assert str(retention(as_of=NOW)) == "retention: nothing due"


def test_posts_of_others_lose_their_words_and_own_posts_keep_them(
    keep: Keep, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_SOURCES__OWNERS", '["@CIO_Nordhafen"]')
    settings = load_settings()
    key = read_author_key(settings.privacy.author_key_file)
    authors = {"own": "cio_nordhafen", "other": "bergmann", "new": "bergmann"}
    rows = [
        post_row(
            name,
            text=f"Wortlaut von {name}",
            url="https://x",
            author_key=author_key("blog", author, key),
            last_seen_at_utc=NEW if name == "new" else OLD,
        )
        for name, author in authors.items()
    ]
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        merge(connection, POST, pl.DataFrame(rows, schema=POST.schema()))
    keep(posts=30)
    assert str(retention(as_of=NOW)) == "retention: deleted: 1 text of a post"
    left = "SELECT post_id, title, text, url, author_key IS NULL FROM clean.post ORDER BY ALL"
    assert query(left) == [
        ("new", "Title of new", "Wortlaut von new", "https://x", False),
        ("other", None, None, None, True),
        ("own", "Title of own", "Wortlaut von own", "https://x", False),
    ]
    assert str(retention(as_of=NOW)) == "retention: nothing due"


SENTIMENTS = "SELECT comment_id, sentiment FROM classified.audience ORDER BY ALL"
BELOW_A_POST = [("a", "positive"), ("b", "negative"), ("late", "positive")]


@pytest.fixture
def model(workplace: Path) -> KeywordModel:
    """A model that has labelled three comments below a post, one of them seen lately."""
    settings, known = load_settings(), KeywordModel()
    told = {"a": ("gut", OLD), "b": ("schlecht", OLD), "late": ("auch gut", NEW)}
    rows = [
        comment_row(
            name, post_id="blog:p", text=text, last_seen_at_utc=seen, landed_file="x/comments"
        )
        for name, (text, seen) in told.items()
    ]
    post = post_row("blog:p", text="Wortlaut", last_seen_at_utc=OLD, landed_file="x/post")
    file = {
        "landed_file": "x/comments",
        "source": "x",
        "reading": "r",
        "received_at_utc": OLD,
        "post_count": 0,
        "comment_count": 3,
        "rejected_count": 0,
    }
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, "Europe/Berlin")
        merge(connection, POST, pl.DataFrame([post], schema=POST.schema()))
        merge(connection, COMMENT, pl.DataFrame(rows, schema=COMMENT.schema()))
        merge(connection, REFINED_FILE, pl.DataFrame([file], schema=REFINED_FILE.schema()))
    read_again(known)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        make_current([known.version], connection)
    return known


def read_again(model: KeywordModel) -> list[str]:
    """The texts that `model` finds left to read, in two looks as of two days."""
    model.asked.clear()
    for _ in range(2):
        label_all([model.answerer()], load_settings())
    return sorted(model.asked)


def take_in_post(title: str) -> None:
    """Take in a file that words the post so."""
    settings = load_settings()
    post = Post(platform="blog", site="", native_id="p", position=1, title=title, text="Wortlaut")
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        store(connection, [post], Origin("x/edit", NOW, None, frozenset(), b"k" * 32), 1000)


@pytest.mark.parametrize("engine", ["duckdb", "ducklake"])
@pytest.mark.parametrize("days", [{"posts": 30}, {"posts": 30, "comments": 30}, {"comments": 30}])
def test_numbers_stay_when_words_of_posts_and_comments_go(
    keep: Keep,
    query: Query,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    days: dict[str, int],
    engine: str,
) -> None:
    monkeypatch.setenv("RESONANZ_WAREHOUSE__ENGINE", engine)
    model: KeywordModel = request.getfixturevalue("model")
    assert query(SENTIMENTS) == BELOW_A_POST
    keep(**days)
    for later in range(2):
        retention(as_of=NOW + timedelta(days=later))
        assert query(SENTIMENTS) == BELOW_A_POST
        assert read_again(model) == []
    left = query("SELECT coalesce(title, text) FROM clean.post")
    assert left == [(None,)] if "posts" in days else left == [("Title of blog:p",)]


def test_an_edit_of_a_post_has_those_read_again_that_have_their_words_still(
    keep: Keep, query: Query, model: KeywordModel
) -> None:
    keep(comments=30)
    retention(as_of=NOW)
    take_in_post("Ganz anders")
    assert read_again(model) == ["auch gut"]
    assert query(SENTIMENTS) == BELOW_A_POST


def test_words_of_a_post_that_come_back_as_they_were_have_nothing_read_again(
    keep: Keep, query: Query, model: KeywordModel
) -> None:
    keep(posts=30)
    retention(as_of=NOW)
    assert query("SELECT title FROM clean.post") == [(None,)]
    take_in_post("Title of blog:p")
    assert query("SELECT title FROM clean.post") == [("Title of blog:p",)]
    assert read_again(model) == []
    assert query(SENTIMENTS) == BELOW_A_POST


def test_a_comment_that_is_emptied_before_it_was_read_again_keeps_its_last_answer(
    keep: Keep, query: Query, model: KeywordModel
) -> None:
    take_in_post("Ganz anders")
    assert query("SELECT count(sentiment) FROM classified.audience") == [(0,)]
    keep(comments=30)
    retention(as_of=NOW)
    assert query(SENTIMENTS) == [*BELOW_A_POST[:2], ("late", None)]
    assert read_again(model) == ["auch gut"]
    assert query(SENTIMENTS) == BELOW_A_POST


def test_labels_that_an_earlier_version_took_away_come_back(
    keep: Keep, query: Query, model: KeywordModel
) -> None:
    settings = load_settings()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute("UPDATE clean.comment SET text = '' WHERE comment_id <> 'late'")
        connection.execute("UPDATE clean.post SET title = NULL, text = NULL")
        connection.execute("UPDATE ops.layout SET digest = 'of an earlier version'")
    assert query("SELECT count(sentiment) FROM classified.audience") == [(0,)]
    keep(comments=30)
    retention(as_of=NOW)
    assert read_again(model) == ["auch gut"]
    assert query(SENTIMENTS) == BELOW_A_POST
