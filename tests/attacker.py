"""Somebody with the published tables and linear algebra, who wants to know about few people.

Written apart from what hides cells, and by other means: unknowns are the comments of each post, day
and topic; every published number is an equation; what equations imply is found by the row space
(numbers that follow exactly) and by linear programmes (numbers that can't be large). The attacker
knows all rows of the tables, which posts had comments on which day, and nothing of what is hidden.
"""

from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
import polars as pl
from scipy import sparse
from scipy.optimize import linprog

from models.contract import Table
from models.shares import is_of_shares, small_cells_of

BASE = ("post_id", "channel", "day", "week", "month")


@dataclass(frozen=True)
class Target:
    """A group of comments: which unknowns it sums, and what is true of it."""

    name: str
    unknowns: np.ndarray
    comments: int
    authors: int
    is_few: bool


class Attacker:
    """Reads `marts`; `facts` only say which unknowns there are, and what is true."""

    def __init__(self, marts: dict[Table, pl.DataFrame], facts: pl.DataFrame, smallest: int):
        self.facts, self.smallest = facts, smallest
        self.base = facts.select(BASE).unique().sort(BASE)
        topics = sorted(set(chain.from_iterable(facts["topics"].to_list())))
        self.topics = [None, *topics]
        self.size = len(self.base) * len(self.topics)
        equations, targets = [], {}
        for table, rows in marts.items():
            if small_cells_of(table).exempt:
                continue
            for row in rows.to_dicts():
                for name, unknowns, count, comments in self.told(table, row):
                    if row["hidden_reason"] is None:
                        equations.append((unknowns, count))
                    elif row.get("head") != "topic" or "topic" in name:
                        # A hidden share of a topic says nothing of all comments beside it.
                        few = row["hidden_reason"].startswith("fewer")
                        authors = comments["author"].n_unique()
                        few = few and 0 < authors < smallest
                        targets[name] = Target(name, unknowns, len(comments), authors, few)
        matrix = np.array([unknowns for unknowns, _ in equations]).reshape(-1, self.size)
        self.matrix, first = np.unique(matrix, axis=0, return_index=True)
        self.counts = np.array([count for _, count in equations])[first] if len(first) else first
        self.targets = list(targets.values())
        _, size, rows = np.linalg.svd(self.matrix, full_matrices=False)
        self.row_space = rows[size > 1e-9]

    def told(self, table: Table, row: dict):
        """What a row tells: (name, unknowns, count, comments) of each group that it counts."""
        if "comment_count" not in row:
            return  # counts of comments of whatever kind, not of the audience
        cell = {name: row[name] for name in small_cells_of(table).cell if name in (*BASE, "topic")}
        if "post_id" in cell:
            cell.pop("channel", None)
        yield self.group(cell, row["comment_count"])
        if is_of_shares(table) and row["head"] == "topic":
            known = row["share_raw"] is not None
            count = round(row["share_raw"] * row["comment_count"]) if known else None
            yield self.group(cell | {"topic": row["label"]}, count)

    def group(self, cell: dict, count: int | None):
        """The group of comments that `cell` describes."""
        topic = cell.get("topic")
        fits = pl.lit(True)
        for name, value in cell.items():
            if name != "topic":
                fits &= pl.col(name) == value
        unknowns = np.zeros((len(self.topics), len(self.base)))
        unknowns[self.topics.index(topic)] = self.base.select(
            fits.cast(pl.Float64).alias("fits") if cell.keys() - {"topic"} else pl.lit(1.0)
        ).to_series()
        comments = self.facts.filter(fits)
        if topic is not None:
            comments = comments.filter(pl.col("topics").list.contains(topic))
        return str(cell), unknowns.ravel(), count, comments

    def follows(self, unknowns: np.ndarray) -> bool:
        """Whether the group's count is a sum or difference of published counts."""
        rest = unknowns - self.row_space.T @ (self.row_space @ unknowns)
        return bool(np.abs(rest).max() < 1e-7)

    def most(self, unknowns: np.ndarray) -> float:
        """The most comments that the group can have; a topic's are never more than all comments."""
        width, others = len(self.base), len(self.topics) - 1
        whole = sparse.vstack([-sparse.identity(width)] * others)
        link = sparse.hstack([whole, sparse.identity(width * others)])
        answer = linprog(
            -unknowns,
            A_eq=sparse.csr_matrix(self.matrix) if len(self.matrix) else None,
            b_eq=self.counts if len(self.matrix) else None,
            A_ub=link,
            b_ub=np.zeros(width * others),
            bounds=(0, len(self.facts) + 100),
            method="highs",
        )
        return -answer.fun

    def derived(self):
        """Groups that no row tells of, of so few authors: by some dimensions, or beside a topic."""
        kinds = chain.from_iterable(combinations(BASE, size) for size in range(1, len(BASE) + 1))
        for kind in kinds:
            for topic in self.topics:
                for values in self.facts.select(kind).unique().iter_rows():
                    cell = dict(zip(kind, values, strict=True))
                    if topic is not None:
                        cell["topic"] = topic
                    name, unknowns, _, comments = self.group(cell, None)
                    authors = comments["author"].n_unique()
                    if 0 < authors < self.smallest:
                        yield Target(name, unknowns, len(comments), authors, True)

    def beside_topics(self):
        """Comments of a week or month that are not on a topic, if their authors are few."""
        for kind in ("week", "month"):
            for value in self.facts[kind].unique():
                _, whole, _, all_comments = self.group({kind: value}, None)
                for topic in self.topics[1:]:
                    name, part, _, comments = self.group({kind: value, "topic": topic}, None)
                    rest = all_comments.join(comments, on="comment_id", how="anti")
                    if 0 < rest["author"].n_unique() < self.smallest:
                        yield f"not {name}", whole, part

    def leaks(self) -> list[str]:
        """A sentence for all that the published tables give away."""
        found = []
        for target in self.targets:
            if self.follows(target.unknowns):
                found.append(f"{target.name} is hidden, and is {target.comments}")
            elif target.is_few and (most := self.most(target.unknowns)) < self.smallest - 1e-6:
                found.append(f"{target.name} is hidden, and is at most {most:.1f}")
        for target in self.derived():
            if self.follows(target.unknowns):
                found.append(f"{target.name} follows: {target.comments} of {target.authors}")
        for name, whole, part in self.beside_topics():
            if self.follows(whole - part):
                found.append(f"{name} follows")
        return found


def leaks(marts: dict[Table, pl.DataFrame], facts: pl.DataFrame, smallest: int) -> list[str]:
    """What an attacker finds in published `marts`, given the comments behind them."""
    return Attacker(marts, facts, smallest).leaks()
