from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.checkpoint import checkpoint_folder
from flows.ingest import ingest
from flows.publishing.profile import profile_pending, tokens_of
from flows.refine import refine
from flows.settings import load_settings
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


def test_tokens_are_those_that_the_model_reads() -> None:
    folder = checkpoint_folder(load_settings().classify)
    texts = ["Gut gemacht 👏", "", "\u07d8", "Wer bezahlt das?"]
    tokenizer = load_tokenizer(folder / TOKENIZER_FILES[0])
    found = tokens_of(folder, "any")
    assert found.ids(texts) == tokenizer(texts, add_special_tokens=False)["input_ids"]
    assert found.unknown in found.ids(texts)[2]
