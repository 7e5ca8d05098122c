import tomllib
from pathlib import Path

from models.held_out import ALONE, HOME, MENTIONS
from models.training.held_out import TWEETS, audience_of, domains

CORPUS = Path(__file__).parents[3] / "data" / "corpus"
TRAINING = Path(__file__).parents[3] / "models" / "training"


def test_home_is_what_the_audience_wrote_in_parts_that_were_not_trained_on() -> None:
    from models.training.corpus import rows_of

    expected = [
        row
        for row in rows_of(CORPUS / "comments.jsonl")
        if row["split"] != "train" and not row["by_owner"]
    ]
    found = audience_of(CORPUS)
    assert len(found) == len(expected) > 1_000
    assert all(example.post for example in found)
    assert {"sentiment", "topic", "intent", "stance"} <= set(found[0].labels)


def test_without_labelled_sets_there_are_comments_and_mentions_of_the_corpus() -> None:
    found = domains(CORPUS, None)
    assert list(found) == [HOME, ALONE, MENTIONS]
    assert [example.text for example in found[ALONE]] == [e.text for e in found[HOME]]
    assert not any(example.post for example in found[ALONE])


def test_what_is_held_out_was_not_trained_on() -> None:
    trained = tomllib.loads((TRAINING / "settings.toml").read_text(encoding="utf-8"))["stages"]
    names = {name for stage in trained.values() for name in stage["data"]}
    assert set(TWEETS) <= names  # their train parts, from which near copies are taken out
    assert not {part for part in TWEETS.values() if part.startswith("train")}
    assert not any("germeval2017" in name for name in (*TWEETS, *names))
