import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.checkpoint import checkpoint_folder, current_version
from flows.classify import classify
from flows.ingest import ingest
from flows.refine import refine
from flows.settings import Classify
from models.errors import GiveUp, TryAgain
from tests.flows.conftest import Query
from tests.foreign_checkpoint import STARS, write_checkpoint


def test_a_folder_below_the_project_is_found() -> None:
    assert (checkpoint_folder(Classify(checkpoint="models/checkpoint")) / "config.json").exists()


def test_a_name_that_is_neither_a_folder_nor_a_hub_id_is_refused() -> None:
    with pytest.raises(GiveUp, match="`nowhere` is no folder below"):
        checkpoint_folder(Classify(checkpoint="nowhere"))


def test_a_hub_id_without_a_network_may_succeed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(TryAgain, match="`owner/name` is neither a folder nor in the Hub's cache"):
        checkpoint_folder(Classify(checkpoint="owner/name"))


def test_another_mapping_of_labels_is_another_version(tmp_path: Path) -> None:
    folder = str(write_checkpoint(tmp_path))
    plain = current_version(Classify(checkpoint=folder))
    mapped = current_version(Classify(checkpoint=folder, labels=STARS))
    assert mapped.startswith(f"{plain}+")


@pytest.mark.usefixtures("prefect_server", "workplace")
def test_another_makers_checkpoint_labels_comments_with_our_labels(
    tmp_path: Path,
    write_csv: Callable[..., Path],
    query: Query,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "stars"
    folder.mkdir()
    monkeypatch.setenv("RESONANZ_CLASSIFY__CHECKPOINT", str(write_checkpoint(folder)))
    monkeypatch.setenv("RESONANZ_CLASSIFY__LABELS", json.dumps(STARS))
    ingest(files=[write_csv("a.csv", "a-1;03.11.2025;A;good;X", "a-2;03.11.2025;B;bad;X")])
    refine()
    classify()
    assert query("SELECT comment_id, sentiment FROM classified.audience ORDER BY comment_id") == [
        ("table:a-1", "positive"),
        ("table:a-2", "negative"),
    ]
