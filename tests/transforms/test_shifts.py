import polars as pl
import pytest

from transforms.shifts import shifts

Row = tuple[str, float, int]


def shares(*rows: Row, label: str = "negative", method: str = "emq") -> pl.DataFrame:
    """Shares of channels, each with an interval of 0.1 around it: (channel, share, authors)."""
    return pl.DataFrame(
        [
            {
                "channel": channel,
                "head": "sentiment",
                "label": label,
                "share": share,
                "ci_low": share - 0.1,
                "ci_high": share + 0.1,
                "comment_count": authors,
                "author_count": authors,
                "method": method,
            }
            for channel, share, authors in rows
        ]
    )


def test_the_largest_difference_is_first_and_only_separate_intervals_are_apart() -> None:
    before = shares(("(all)", 0.3, 50), ("x", 0.3, 20), ("blog", 0.3, 30))
    after = shares(("(all)", 0.35, 50), ("x", 0.6, 20), ("blog", 0.1, 30), method="raw")
    found = shifts(before, after, 5).to_dicts()
    assert [(row["channel"], row["is_apart"]) for row in found] == [
        ("x", True),
        ("blog", False),
        ("(all)", False),
    ]
    assert found[0]["difference"] == pytest.approx(0.3)
    assert (found[0]["method_before"], found[0]["method_after"]) == ("emq", "raw")


def test_a_channel_of_few_people_is_hidden_with_one_that_would_reveal_it() -> None:
    before = shares(("(all)", 0.3, 53), ("x", 0.3, 3), ("blog", 0.3, 20), ("press", 0.3, 30))
    found = shifts(before, before, 5)
    hidden = dict(found.select("channel", "hidden_reason").drop_nulls().iter_rows())
    assert hidden == {"x": "fewer than 5 authors", "blog": "would reveal another row"}
    emptied = found.filter(pl.col("hidden_reason").is_not_null())
    numbers = ["share_before", "ci_low_after", "difference", "is_apart", "comment_count"]
    assert emptied.select(numbers).null_count().row(0) == (2,) * 5


def test_an_answer_that_only_one_knows_has_no_difference() -> None:
    before = shares(("(all)", 0.3, 50), label="old topic")
    after = shares(("(all)", 0.2, 50), label="new topic")
    found = {row["label"]: row for row in shifts(before, after, 5).to_dicts()}
    assert found["old topic"]["share_after"] is None
    assert found["new topic"]["share_after"] == 0.2
    assert found["new topic"]["difference"] is None
