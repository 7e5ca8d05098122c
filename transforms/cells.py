"""Published tables and the comments they count in; which cell holds whose comments out.

A cell is what a row counts: the comments of a week, of a channel in a week, on a topic in a month.
Each cell is a sum of atoms, the smallest groups that no table parts further: of all comments, and
again of those on each topic. Everything an attacker could subtract is in the matrix that says which
cell holds which atom.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from models.contract import Table
from models.errors import ContractBroken
from models.shares import is_of_shares, small_cells_of

Marts = Mapping[Table, pl.DataFrame]
Family = tuple[str, ...]
"""The dimensions of one kind of cell, in the order of `DIMENSIONS`."""

DIMENSIONS = ("topic", "post_id", "channel", "source", "segment", "month", "week", "day", "all")
"""What comments are counted by; columns of `classified.counted` (`topic`: of its list), and `all`,
which has one value, for what is not parted."""

TOTAL: Family = ("all",)
"""What is not parted: all comments of the audience."""

DESCRIBES = ("post_title", "week_start")
"""Columns of a cell that say more about a dimension beside them."""


@dataclass(frozen=True)
class Limits:
    """Where topics part comments, by week for example, they tell something of all comments there.

    All comments of a place are at least those on any one topic, and at most those on all topics
    together (each has one, if only `(none)`): `sign` * (`whole` - `topics`) is never negative.
    `whole` and `topics` are (limits, atoms), 0 or 1, `sign` is (limits,), 1 or -1. Atoms of the
    same `mark` are in the same limits.
    """

    whole: Any
    topics: Any
    sign: np.ndarray[Any, Any]
    mark: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Cells:
    """Every cell that published tables tell about, as a sum of atoms.

    `listed` has a row each: `family`, its dimensions (null where it is not of that family),
    `comment_count`, `author_count`, `is_few` (fewer authors than published) and `is_small` (few, or
    all beside it are). `holds` is (cells, atoms), `written` (authors, atoms), both 0 or 1;
    `comments` counts the comments of each atom. `groups` is (groups, atoms): every group of
    comments that the dimensions tell apart, published or not, and that few authors wrote. `limits`
    is what topics tell of all.
    """

    listed: pl.DataFrame
    holds: Any
    written: Any
    comments: np.ndarray[Any, Any]
    groups: Any
    limits: Limits


def family_of(table: Table, is_topic_share: bool = False) -> Family:
    """The dimensions of the cells of `table`; raises `ContractBroken` if one is not known."""
    cell = set(small_cells_of(table).cell) | ({"topic"} if is_topic_share else set())
    if strange := sorted(cell.difference(DIMENSIONS, DESCRIBES)):
        raise ContractBroken(
            f"`{table.full_name}` counts comments by `{strange[0]}`, which `classified.counted` "
            "does not have: add it there and to `DIMENSIONS`, or small cells can't be found"
        )
    if "post_id" in cell:
        cell.discard("channel")  # with a post one is told, of all its comments
    return tuple(name for name in DIMENSIONS if name in cell) or TOTAL


def name_of(family: Family) -> str:
    """The family in one word, for example `channel x week`."""
    return " x ".join(family)


def cells_told(table: Table, rows: pl.DataFrame) -> list[tuple[Family, pl.DataFrame]]:
    """Each kind of cell that `rows` of `table` tell about: its dimensions, and `row`, the place.

    A share of the question `topic` tells about two cells: all comments that were read, and those
    on its topic.
    """
    numbered = rows.with_row_index("row").with_columns(all=pl.lit(0))
    family = family_of(table)
    found = [(family, numbered.select("row", *family))]
    if is_of_shares(table) and "topic" not in family and "topic" in rows["head"]:
        topics = numbered.filter(head="topic").with_columns(topic="label")
        wider = family_of(table, is_topic_share=True)
        found.append((wider, topics.select("row", *wider)))
    return found


def cells_of(marts: Marts, facts: pl.DataFrame, smallest: int) -> Cells:
    """The cells of all `marts`, from the comments `facts` (`classified.counted`) behind them.

    A cell is small if it has fewer than `smallest` authors, or if all other comments counted
    beside it have: those on a topic are told from those not on it by one subtraction.
    """
    everyone = in_order(facts).with_columns(
        all=pl.lit(0), author=pl.col("author").rank("dense") - 1
    )
    by_topic = everyone.explode("topics").rename({"topics": "topic"})
    told = told_cells(marts, smallest)
    dimensions = [name for name in DIMENSIONS if any(name in family for family in told)]
    of_topics = [name for name in dimensions if any({name, "topic"} <= {*f} for f in told)]
    whole, whole_atoms = numbered(everyone, [name for name in dimensions if name != "topic"])
    topics, topic_atoms = numbered(by_topic, of_topics)
    whole_count, topic_count = whole_atoms.height, topic_atoms.height
    people = everyone["author"].n_unique()
    listed, holds = [], []
    for family, keys in told.items():
        is_of_topics = "topic" in family
        sized = measured(keys, family, topics if is_of_topics else whole, smallest)
        if is_of_topics:
            sized = with_what_is_beside(sized, family, everyone, by_topic, smallest)
        listed.append(sized.with_columns(family=pl.lit(name_of(family))))
        atoms = (topic_atoms if is_of_topics else whole_atoms).select("atom", *family)
        held = atoms.join(sized.select(family).with_row_index("cell"), on=family)
        inside = incidence(held, "cell", (sized.height, atoms.height))
        nothing = sparse.csr_matrix((sized.height, whole_count if is_of_topics else topic_count))
        holds.append(sparse.hstack([nothing, inside] if is_of_topics else [inside, nothing]))
    by_whole = written(whole, (whole_count, people))
    by_topics = written(topics, (topic_count, people))
    return Cells(
        listed=pl.concat(listed, how="diagonal").cast({pl.selectors.enum(): pl.String}),
        holds=sparse.vstack(holds, format="csr"),
        written=sparse.hstack([by_whole, by_topics], format="csc"),
        comments=np.concatenate([sizes(whole), sizes(topics)]),
        groups=sparse.block_diag(
            [
                few_wrote(every_group(whole_atoms, dimensions), by_whole, smallest),
                few_wrote(every_group(topic_atoms, of_topics), by_topics, smallest),
            ],
            format="csr",
        ),
        limits=limits_between(whole_atoms, topic_atoms, of_topics),
    )


def in_order(facts: pl.DataFrame) -> pl.DataFrame:
    """`facts` with places in the alphabet for texts: numbers are counted and joined sooner.

    What has such places already stays as it is.
    """
    names = [name for name in DIMENSIONS if facts.schema.get(name) == pl.String]
    kinds: dict[str, pl.DataType] = {name: places_in(facts[name]) for name in names}
    if facts.schema["topics"] == pl.List(pl.String):
        kinds["topics"] = pl.List(places_in(facts["topics"].explode()))
    return facts.cast(kinds)  # type: ignore[arg-type]


def places_in(texts: pl.Series) -> pl.Enum:
    """The kind whose values are `texts`, in the order of the alphabet."""
    return pl.Enum(texts.unique().drop_nulls().sort())


def told_cells(marts: Marts, smallest: int) -> dict[Family, pl.DataFrame]:
    """Every cell that some table tells about, with `is_said`: a table itself says it is small."""
    found: dict[Family, list[pl.DataFrame]] = {}
    for table, rows in marts.items():
        declared = small_cells_of(table)
        if declared.exempt:
            continue
        said = rows.with_row_index("row").select(
            "row", is_said=pl.col(declared.authors).is_between(1, smallest - 1).fill_null(False)
        )
        for family, cells in cells_told(table, rows):
            found.setdefault(family, []).append(cells.join(said, on="row").drop("row"))
    return {
        family: pl.concat(cells).group_by(family).agg(pl.any("is_said"))
        for family, cells in found.items()
    }


def numbered(comments: pl.DataFrame, dimensions: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`comments` with `atom`, the number of their values of `dimensions`; and each atom's values.

    No rows without any dimensions.
    """
    if not dimensions:
        atoms = comments.clear().with_columns(atom=pl.lit(0, pl.UInt32))
        return atoms, atoms
    atoms = comments.select(dimensions).unique().sort(dimensions).with_row_index("atom")
    return comments.join(atoms, on=dimensions), atoms.with_columns(all=pl.lit(0))


def sizes(comments: pl.DataFrame) -> np.ndarray[Any, Any]:
    """(atoms,) the comments of each."""
    return np.bincount(comments["atom"].to_numpy(), minlength=0).astype(np.int64)


def written(comments: pl.DataFrame, shape: tuple[int, int]) -> Any:
    """(authors, atoms): who wrote in which, from the `shape` (atoms, authors)."""
    return incidence(comments, "atom", shape, "author").T


def measured(
    keys: pl.DataFrame, family: Family, source: pl.DataFrame, smallest: int
) -> pl.DataFrame:
    """`keys` that occur in `source`, in order, with how many comments and authors each has."""
    counted = source.group_by(family).agg(
        comment_count=pl.len(), author_count=pl.col("author").n_unique()
    )
    # What no comment has is no kind of text that the comments know.
    known = keys.cast({name: source.schema[name] for name in family}, strict=False)
    sized = known.join(counted, on=family).sort(family)
    is_few = pl.col("author_count").is_between(1, smallest - 1) | pl.col("is_said")
    return sized.with_columns(is_few=is_few, is_small=is_few).drop("is_said")


def with_what_is_beside(
    cells: pl.DataFrame,
    family: Family,
    everyone: pl.DataFrame,
    by_topic: pl.DataFrame,
    smallest: int,
) -> pl.DataFrame:
    """`cells` of topics, also small where few authors wrote what is beside: on other topics."""
    place = [name for name in family if name != "topic"] or ["all"]
    people = everyone.group_by(place).agg(authors=pl.col("author").n_unique())
    placed = cells.with_columns(all=pl.lit(0)).join(people, on=place, maintain_order="left")
    # Who is not on the topic is beside it: so in most places enough are, whoever else is.
    in_doubt = placed.filter(pl.col("authors") < pl.col("author_count") + smallest)
    beside = authors_beside(in_doubt.select(*family, "authors"), place, everyone, by_topic)
    joined = cells.join(beside, on=family, how="left", maintain_order="left")
    few_beside = pl.col("beside").is_between(1, smallest - 1).fill_null(False)
    return joined.with_columns(is_small=pl.col("is_small") | few_beside).drop("beside")


def authors_beside(
    cells: pl.DataFrame, place: list[str], everyone: pl.DataFrame, by_topic: pl.DataFrame
) -> pl.DataFrame:
    """`cells` of topics with `beside`: of the `authors` of their place those on other topics, too.

    Who wrote on nothing else is the only one of the place who is not beside the topic.
    """
    where = cells.with_columns(all=pl.lit(0)).select(place).unique()
    everywhere = everyone.join(where, on=place, how="semi").group_by(*place, "author")
    on_topic = by_topic.join(where, on=place, how="semi").group_by(*place, "topic", "author")
    wholly = (
        on_topic.agg(on_topic=pl.len())
        .join(everywhere.agg(comments=pl.len()), on=[*place, "author"])
        .filter(pl.col("on_topic") == pl.col("comments"))
        .group_by(*place, "topic")
        .agg(wholly=pl.len())
    )
    joined = cells.with_columns(all=pl.lit(0)).join(wholly, on=[*place, "topic"], how="left")
    beside = pl.col("authors") - pl.col("wholly").fill_null(0)
    return joined.select(*(name for name in cells.columns if name != "authors"), beside=beside)


def every_group(atoms: pl.DataFrame, dimensions: list[str]) -> Any:
    """(groups, atoms): the atoms that share the values of some of `dimensions`."""
    used = [name for name in dimensions if name in atoms.columns]
    ranked = atoms.select("atom", *(pl.col(name).rank("dense") for name in used))
    found = [sparse.csr_matrix((0, atoms.height))]
    for kind in telling(ranked, used):
        grouped = ranked.with_columns(group=pl.struct(kind).rank("dense") - 1)
        found.append(incidence(grouped, "group", (grouped["group"].n_unique(), atoms.height)))
    return sparse.vstack(found, format="csr")


def telling(atoms: pl.DataFrame, dimensions: list[str]) -> Iterator[tuple[str, ...]]:
    """Every choice of `dimensions` that parts `atoms` in a way of its own: a day has one week."""
    parts: dict[tuple[str, ...], int] = {}
    for size in range(1, len(dimensions) + 1):
        for kind in combinations(dimensions, size):
            parts[kind] = atoms.n_unique(subset=kind)
            # As many parts as with one dimension less are the same parts.
            if all(parts[kind] > parts.get(less, 0) for less in combinations(kind, size - 1)):
                yield kind


def few_wrote(groups: Any, written: Any, smallest: int) -> Any:
    """Those of `groups` (groups, atoms) that have authors, but fewer than `smallest`."""
    # Who has an atom with enough authors has enough: of much data, that is almost everybody.
    is_crowded = np.diff(written.indptr) >= smallest
    quiet = groups[groups @ is_crowded.astype(np.int64) == 0]
    authors = np.asarray((quiet @ written.T > 0).sum(axis=1)).ravel()
    return quiet[(authors > 0) & (authors < smallest)]


def limits_between(whole: pl.DataFrame, topics: pl.DataFrame, of_topics: list[str]) -> Limits:
    """What atoms of `topics`, parted by `of_topics`, tell of those of all comments, `whole`."""
    shared = [name for name in of_topics if name != "topic"] or ["all"]
    both = pl.concat([whole.select(*shared, "atom"), topics.select(*shared, "atom")]).with_columns(
        place=pl.struct(shared).rank("dense") - 1
    )
    in_whole = both.head(whole.height).select("place", "atom")
    in_topics = both.tail(topics.height).select("place", pl.col("atom") + whole.height)
    in_topics = in_topics.with_row_index("limit")
    place_count, topic_count = both["place"].n_unique(), in_topics.height
    columns = whole.height + topic_count
    places = incidence(in_whole, "place", (place_count, columns))
    # Where no table tells of topics, they are not nothing in sum.
    sum_count = place_count if topic_count else 0
    return Limits(
        whole=sparse.vstack(
            [places[in_topics["place"].to_numpy()], places[:sum_count]], format="csr"
        ),
        topics=sparse.vstack(
            [
                incidence(in_topics, "limit", (topic_count, columns)),
                incidence(in_topics, "place", (place_count, columns))[:sum_count],
            ],
            format="csr",
        ),
        sign=np.repeat([1, -1], [topic_count, sum_count]),
        mark=np.concatenate([in_whole["place"].to_numpy(), place_count + np.arange(topic_count)]),
    )


def incidence(pairs: pl.DataFrame, rows: str, shape: tuple[int, int], columns: str = "atom") -> Any:
    """The matrix of `shape` that is 1 at each pair of `rows` and `columns`, else 0."""
    row_count, column_count = shape
    keys = pairs[rows].to_numpy().astype(np.int64) * column_count + pairs[columns].to_numpy()
    keys.sort()  # soon done for whole numbers, and the matrix is in order
    keys = keys[np.diff(keys, prepend=-1) > 0]
    row, column = np.divmod(keys, max(column_count, 1))
    start = np.searchsorted(row, np.arange(row_count + 1))
    return sparse.csr_matrix((np.ones(len(keys), np.int64), column, start), shape=shape)
