import polars as pl
import pytest

from transforms.quotes import quotes, seats


def evidence(*rows: tuple[str, str, str, float]) -> pl.DataFrame:
    """Comments on cloud: (id, sentiment, post, typicality); the text repeats the id."""
    return pl.DataFrame(
        [
            {
                "quote_id": name,
                "sentiment": sentiment,
                "post_id": post,
                "typicality": typicality,
                "topics": ["cloud"],
                "is_toxic": False,
                "text": f"{name} says enough to be quoted in a mail.",
            }
            for name, sentiment, post, typicality in rows
        ]
    )


def told(rows: pl.DataFrame, shares: dict[str, float], count: int = 3) -> list[str]:
    return [text.split()[0] for text in quotes(rows, "cloud", shares, count)]


def test_quotes_are_shared_out_as_the_sentiments_are() -> None:
    rows = evidence(
        *((f"n{i}", "negative", f"p{i}", 0.5) for i in range(5)), ("y", "positive", "p", 1)
    )
    assert told(rows, {"negative": 0.6, "positive": 0.3, "neutral": 0.1}) == ["n0", "n1", "y"]


def test_the_most_typical_come_first_and_not_all_from_one_post() -> None:
    rows = evidence(
        ("a", "negative", "p1", 0.9), ("b", "negative", "p1", 0.8), ("c", "negative", "p2", 0.5)
    )
    assert told(rows, {"negative": 1.0}, 2) == ["a", "c"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(pl.lit(True).alias("is_toxic"), id="insults"),
        pytest.param(pl.lit("ja").alias("text"), id="one word"),
        pytest.param(pl.lit("x" * 300).alias("text"), id="a page"),
        pytest.param(pl.lit(["cost"], pl.List(pl.String)).alias("topics"), id="another topic"),
    ],
)
def test_what_does_not_fit_is_not_quoted(changed: pl.Expr) -> None:
    rows = evidence(("a", "negative", "p1", 0.9)).with_columns(changed)
    assert told(rows, {"negative": 1.0}) == []


def test_seats_go_to_the_largest_remainders() -> None:
    assert seats({"a": 0.5, "b": 0.3, "c": 0.2}, 3) == {"a": 1, "b": 1, "c": 1}
    assert seats({"a": 0.9, "b": 0.1}, 3) == {"a": 3, "b": 0}
    assert seats({}, 3) == {}
