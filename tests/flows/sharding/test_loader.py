import pickle
from dataclasses import replace

import polars as pl
import pytest

from flows.checkpoint import current_version
from flows.settings import load_settings
from flows.sharding.loader import CheckpointLoader, LanguageLoader
from models.errors import GiveUp
from tests.model_bench import Bench


@pytest.fixture
def load(bench: Bench) -> CheckpointLoader:
    """What the settings name."""
    classify = load_settings().classify
    return CheckpointLoader.of(classify, current_version(classify))


def test_a_loader_that_has_travelled_answers_the_same(load: CheckpointLoader) -> None:
    inputs = pl.DataFrame(
        {"comment_id": ["c"], "input_hash": ["h"], "text": ["good"], "post_text": [None]},
        schema_overrides={"post_text": pl.String},
    )
    arrived = pickle.loads(pickle.dumps(load))
    assert arrived == load
    assert hash(arrived) == hash(load)
    answers = arrived()(inputs)
    assert answers.labels.equals(load()(inputs).labels)
    assert answers.labels.filter("is_chosen")["label"].to_list() == ["positive"]


def test_another_checkpoint_at_the_same_place_is_refused(
    load: CheckpointLoader, bench: Bench
) -> None:
    with pytest.raises(GiveUp, match=f"is `{load.version}`, expected `other@1`"):
        replace(load, version="other@1")()


def test_other_versions_of_what_reads_are_refused(load: CheckpointLoader) -> None:
    older = tuple(
        (name, "0.1" if name == "onnxruntime" else version) for name, version in load.packages
    )
    with pytest.raises(GiveUp, match=r"A worker has `onnxruntime` .*, expected 0\.1"):
        replace(load, packages=older)()


def test_another_language_detector_is_refused() -> None:
    with pytest.raises(GiveUp, match="expected `lingua@0`"):
        LanguageLoader("lingua@0")()
