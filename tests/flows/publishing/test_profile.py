import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.checkpoint import checkpoint_folder, current_version
from flows.ingest import ingest
from flows.publishing.profile import profile_pending, tokens_of
from flows.refine import refine
from flows.settings import load_settings
from flows.warehouse import writing
from models.encoder import TOKENIZER_FILES, load_tokenizer
from tests.flows.conftest import Query

pytestmark = pytest.mark.usefixtures("prefect_server", "workplace")

Csv = Callable[..., Path]
MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)


def test_each_wording_is_counted_once_as_the_model_reads_it(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.publishing.profile.BATCH", 2)
    rows = ["a;03.11.2025;A;Top 👏;P", "b;03.11.2025;B;Gut gemacht;P", "c;03.11.2025;C;\u07d8;P"]
    ingest(files=[write_csv("a.csv", *rows)], as_of=MONDAY)
    refine(as_of=MONDAY)
    settings = load_settings()
    assert (profile_pending(settings), profile_pending(settings)) == (3, 0)
    found = query(
        "SELECT comment_id, character_count, emoji_count, unknown_count > 0 "
        "FROM classified.text_profile ORDER BY 1"
    )
    assert found == [
        ("table:a", 5, 1, False),
        ("table:b", 11, 0, False),
        ("table:c", 1, 0, True),
    ]
    ingest(files=[write_csv("b.csv", "a;03.11.2025;A;Doch nicht;P")], as_of=MONDAY)
    refine(as_of=MONDAY)
    assert profile_pending(settings) == 1


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkpoint of another version whose tokenizer is the same; the settings name it."""
    shipped = checkpoint_folder(load_settings().classify)
    folder = shutil.copytree(shipped, tmp_path / "other", ignore=shutil.ignore_patterns("onnx"))
    (folder / "onnx").symlink_to(shipped / "onnx")
    with (folder / "config.json").open("a") as config:
        config.write("\n")
    monkeypatch.setenv("RESONANZ_CLASSIFY__CHECKPOINT", str(folder))
    return folder


def three_comments(write_csv: Csv) -> None:
    rows = ["a;03.11.2025;A;Top 👏;P", "b;03.11.2025;B;Gut gemacht;P", "c;03.11.2025;C;Nein;P"]
    ingest(files=[write_csv("a.csv", *rows)], as_of=MONDAY)
    refine(as_of=MONDAY)


def test_what_one_model_counted_holds_for_all_with_its_tokenizer(
    write_csv: Csv, query: Query, request: pytest.FixtureRequest
) -> None:
    three_comments(write_csv)
    assert profile_pending(load_settings()) == 3
    folder: Path = request.getfixturevalue("other")
    assert profile_pending(load_settings()) == 0
    with (folder / "tokenizer_config.json").open("a") as config:
        config.write("\n")
    (folder / "config.json").write_text((folder / "config.json").read_text() + "\n")
    assert profile_pending(load_settings()) == 3
    assert query("SELECT count(*), count(DISTINCT model_version) FROM classified.text_profile") == [
        (6, 2)
    ]


def test_profiles_that_an_earlier_version_made_for_each_model_are_not_counted_twice(
    write_csv: Csv, query: Query, request: pytest.FixtureRequest
) -> None:
    three_comments(write_csv)
    settings = load_settings()
    profile_pending(settings)
    request.getfixturevalue("other")
    later = load_settings()
    with writing(later.paths.warehouse, later.warehouse) as connection:
        version = current_version(later.classify)
        connection.execute(
            "INSERT INTO classified.text_profile BY NAME "
            "SELECT * REPLACE (? AS model_version) FROM classified.text_profile LIMIT 2",
            [version],
        )
    assert profile_pending(later) == 0
    assert query("SELECT count(*) FROM classified.text_profile") == [(3,)]


def test_profiles_of_a_warehouse_that_names_no_tokenizers_stay(
    write_csv: Csv, query: Query
) -> None:
    three_comments(write_csv)
    settings = load_settings()
    profile_pending(settings)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute("DROP TABLE ops.tokenizer")
        connection.execute("DELETE FROM ops.layout")
    assert profile_pending(settings) == 0
    assert query("SELECT count(*) FROM classified.text_profile") == [(3,)]
    assert query("SELECT model_version FROM ops.tokenizer") == [
        (current_version(settings.classify),)
    ]


def test_tokens_are_those_that_the_model_reads() -> None:
    folder = checkpoint_folder(load_settings().classify)
    texts = ["Gut gemacht 👏", "", "\u07d8", "Wer bezahlt das?"]
    tokenizer = load_tokenizer(folder / TOKENIZER_FILES[0])
    found = tokens_of(folder, "any")
    assert found.ids(texts) == tokenizer(texts, add_special_tokens=False)["input_ids"]
    assert found.unknown in found.ids(texts)[2]
