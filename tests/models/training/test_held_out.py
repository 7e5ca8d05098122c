from pathlib import Path

from models.held_out import HOME
from models.training.held_out import audience_of, domains

CORPUS = Path(__file__).parents[3] / "data" / "corpus"


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


def test_without_labelled_sets_there_is_only_home() -> None:
    assert list(domains(CORPUS, None)) == [HOME]
