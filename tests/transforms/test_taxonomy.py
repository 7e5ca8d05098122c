from pathlib import Path

import polars as pl
import pytest

from models.errors import GiveUp
from models.tables.label import LABEL
from tests.builders import label_row
from transforms.taxonomy import Taxonomy, Topic, require_known, taxonomy_in, topic_rows

MODEL = ("cloud", "legacy", "cost")
SHIPPED = Path("taxonomy.toml")


def said(**probabilities: float) -> dict[str, tuple[float, bool]]:
    return {name: (value, value >= 0.5) for name, value in probabilities.items()}


def judged(topic: Topic, text: str = "", **probabilities: float) -> tuple[float, bool]:
    ((_, probability, applies),) = Taxonomy((topic,)).judge(said(**probabilities), text)
    return probability, applies


def test_a_topic_takes_in_several_of_the_models() -> None:
    infrastructure = Topic("infrastructure", frozenset({"cloud", "legacy"}))
    assert judged(infrastructure, cloud=0.2, legacy=0.7, cost=0.9) == (0.7, True)
    assert judged(infrastructure, cloud=0.2, legacy=0.3) == (0.3, False)


@pytest.mark.parametrize(
    ("text", "applies"),
    [
        ("Wann kommt der Netzausbau zu uns?", True),
        ("Die NETZAUSBAUPLANUNG liegt aus.", True),
        ("Netz  2030 kenne ich nicht", True),
        ("Das Netz bleibt stabil.", False),
        ("Stromnetzausbau", False),
    ],
)
def test_words_are_found_whole_in_any_case_with_a_star_for_endings(
    text: str, applies: bool
) -> None:
    topic = Topic("grid", frozenset(), ("netzausbau*", "netz 2030"))
    assert judged(topic, text) == ((1.0, True) if applies else (0.0, False))


def test_the_shipped_taxonomy_is_that_of_the_shipped_model() -> None:
    import json

    config = json.loads(Path("models/checkpoint/config.json").read_text(encoding="utf-8"))
    heads = {head["name"]: head["labels"] for head in config["resonanz"]["heads"]}
    shipped = taxonomy_in(SHIPPED.read_text(encoding="utf-8"), SHIPPED)
    assert shipped.is_as(heads["topic"])


def version(content: str) -> str:
    return taxonomy_in(content, SHIPPED).version


def test_only_what_decides_changes_the_version() -> None:
    plain = version('[cloud]\nde = "Wolke"')
    assert version('[cloud]\nde = "Cloud"\nabout = "hosting"') == plain
    assert version('[cloud]\nwords = ["aws"]') != plain


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[cloud", "not valid TOML"),
        ("# none yet", "has no topics, expected a table `[name]` for each"),
        ('[cloud]\nword = ["aws"]', "holds `word`, expected some of `about`"),
        ('[cloud]\nwords = "aws"', "`words` of `[cloud]`"),
        ('cloud = "aws"', "expected some of"),
    ],
)
def test_a_mistake_is_told_with_its_place(content: str, message: str) -> None:
    with pytest.raises(GiveUp) as error:
        taxonomy_in(content, SHIPPED)
    assert "`taxonomy.toml`" in str(error.value)
    assert message in str(error.value)


def test_a_topic_that_the_model_does_not_know_is_told() -> None:
    taxonomy = Taxonomy((Topic("grid", frozenset({"grid"})),))
    with pytest.raises(GiveUp, match="takes in `grid`, which the model does not know"):
        require_known(taxonomy, MODEL, SHIPPED)


def test_every_comment_gets_a_row_of_every_topic() -> None:
    inputs = pl.DataFrame(
        {"comment_id": ["c1", "c2"], "input_hash": ["h1", "h2"], "text": ["Teuer!", "AWS"]}
    )
    answers = [
        label_row("c1", "topic", "cost", 0.8, input_hash="h1") | {"is_chosen": True},
        label_row("c2", "topic", "cost", 0.1, input_hash="h2") | {"is_chosen": False},
    ]
    taxonomy = Taxonomy(
        (Topic("money", frozenset({"cost"})), Topic("cloud", frozenset(), ("aws",)))
    )
    rows = topic_rows(inputs, pl.DataFrame(answers, schema=LABEL.schema()), taxonomy, "t@1")
    assert LABEL.require(rows).select("comment_id", "label", "probability", "is_chosen").rows() == [
        ("c1", "money", 0.8, True),
        ("c1", "cloud", 0.0, False),
        ("c2", "money", 0.1, False),
        ("c2", "cloud", 1.0, True),
    ]


def test_a_comment_that_the_model_has_not_read_gets_no_row() -> None:
    inputs = pl.DataFrame(
        {"comment_id": ["c1", "c2"], "input_hash": ["h1", "h2"], "text": ["AWS", "AWS"]}
    )
    answers = [label_row("c1", "topic", "cost", 0.8, input_hash="h1")]
    taxonomy = Taxonomy((Topic("cloud", frozenset(), ("aws",)),))
    rows = topic_rows(inputs, pl.DataFrame(answers, schema=LABEL.schema()), taxonomy, "t@1")
    assert rows["comment_id"].to_list() == ["c1"]


def test_people_read_a_topics_names_and_what_belongs_to_it() -> None:
    written = '[grid]\nde = "Netz"\nabout = "the grid"\n[x]\n'
    grid, plain = (topic.choice() for topic in taxonomy_in(written, SHIPPED).topics)
    assert (grid.de, grid.en, grid.about("de"), grid.about("en")) == (
        "Netz", "Netz", "the grid", "the grid",
    )  # fmt: skip
    assert (plain.de, plain.en, plain.about_de) == ("x", "x", "")


def test_words_for_people_decide_nothing() -> None:
    lines = ("", 'de = "Netz"', 'about_de = "das Netz"')
    assert len({version(f"[grid]\n{line}\n") for line in lines}) == 1
