import polars as pl

from transforms.aliases import alias_rows, all_ids, kept_ids, together


def rows(*given: tuple[str, str, list[str]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"comment_id": own, "platform": "facebook", "site": site, "aliases": aliases}
            for own, site, aliases in given
        ],
        schema={
            "comment_id": pl.String,
            "platform": pl.String,
            "site": pl.String,
            "aliases": pl.List(pl.String),
        },
    )


def test_aliases_are_written_as_ids_of_the_same_platform_and_site() -> None:
    ids = all_ids(
        rows(("facebook:1_2", "", ["2"]), ("facebook:page:9", "page", ["8"])), "comment_id"
    )
    assert ids.rows() == [
        (0, "facebook:1_2"),
        (0, "facebook:2"),
        (1, "facebook:page:9"),
        (1, "facebook:page:8"),
    ]


def test_an_id_that_is_stored_wins_over_the_one_that_arrives() -> None:
    ids = all_ids(rows(("facebook:1_2", "", ["2"])), "comment_id")
    kept = kept_ids(together(ids, []), ["facebook:2"])
    assert kept == {"facebook:1_2": "facebook:2", "facebook:2": "facebook:2"}
    assert alias_rows(kept, "comment").rows() == [("comment", "facebook:1_2", "facebook:2")]


def test_two_that_share_an_alias_are_one_even_in_one_file() -> None:
    ids = all_ids(rows(("facebook:a", "", ["x"]), ("facebook:b", "", ["x"])), "comment_id")
    kept = kept_ids(together(ids, []), [])
    assert set(kept.values()) == {"facebook:a"}


def test_one_that_shares_an_alias_with_each_of_two_makes_them_one() -> None:
    ids = all_ids(
        rows(
            ("facebook:a", "", ["x"]),
            ("facebook:other", "", ["z"]),
            ("facebook:b", "", ["y"]),
            ("facebook:c", "", ["x", "y"]),
        ),
        "comment_id",
    )
    kept = kept_ids(together(ids, []), [])
    assert {kept[f"facebook:{name}"] for name in "axbyc"} == {"facebook:a"}
    assert kept["facebook:z"] == "facebook:other"


def test_what_two_ids_are_kept_under_becomes_one_under_the_first_that_came() -> None:
    ids = all_ids(rows(("facebook:c", "", ["x", "y"])), "comment_id")
    groups = together(ids, [("facebook:x", "facebook:a"), ("facebook:y", "facebook:b")])
    kept = kept_ids(groups, ["facebook:b", "facebook:a"])
    assert set(kept) == {f"facebook:{name}" for name in "cxyab"}
    assert set(kept.values()) == {"facebook:b"}
