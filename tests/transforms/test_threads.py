import polars as pl

from transforms.threads import with_places


def places(**parents: str | None) -> dict[str, tuple[str, int]]:
    rows = pl.DataFrame(
        {"comment_id": list(parents), "parent_id": list(parents.values())},
        schema={"comment_id": pl.String, "parent_id": pl.String},
    )
    answer = with_places(rows)
    assert answer.height == rows.height
    return {
        row["comment_id"]: (row["root_id"], row["depth"]) for row in answer.iter_rows(named=True)
    }


def test_depth_counts_answers_to_answers() -> None:
    assert places(a=None, b="a", c="b", d="a") == {
        "a": ("a", 0),
        "b": ("a", 1),
        "c": ("a", 2),
        "d": ("a", 1),
    }


def test_an_answer_to_a_missing_comment_starts_a_thread_of_its_own() -> None:
    assert places(b="gone", c="b") == {"b": ("b", 0), "c": ("b", 1)}


def test_comments_that_answer_each_other_in_a_circle_are_roots() -> None:
    assert places(a="b", b="a", c=None)["a"] == ("a", 0)


def test_no_comments_no_places() -> None:
    assert places() == {}
