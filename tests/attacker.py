"""Somebody with the published tables and linear algebra, who wants to know about few people.

Written apart from what hides cells, and by other means: unknowns are the comments of each post, day
and topic; every published number is an equation; what equations imply is found by the row space
(numbers that follow exactly) and by linear programmes (numbers that can't be large). The attacker
knows all rows of the tables, which posts had comments on which day, and nothing of what is hidden.

Tables of single comments are read, too: their rows are put together by what names the comment, and
each is one comment more that must be somewhere in what is told of it: on one of these posts and
days, and on each of its topics. No comment is two.

What a row says of a thread, that it is whole or not beside what the platform reports, bounds how
many comments it has. The counts of the manifest are read like a table's: of all comments, and of
those that are no audience, which are the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
import polars as pl
from scipy import sparse
from scipy.optimize import linprog

from models.contract import Table
from models.shares import is_of_shares, small_cells_of

BASE = ("post_id", "channel", "segment", "day", "week", "month")


@dataclass(frozen=True)
class Target:
    """A group of comments: which unknowns it sums, and what is true of it."""

    cell: dict
    unknowns: np.ndarray
    comments: int
    authors: int
    is_few: bool

    @property
    def name(self) -> str:
        """The group in words."""
        return str(self.cell)


@dataclass(frozen=True)
class Seen:
    """Comments of which lists tell the same: where they are, on which posts and days, on what."""

    cell: dict
    places: np.ndarray
    topics: tuple[str, ...]
    count: int


class Attacker:
    """Reads `marts` and `counts`; `facts` only say which unknowns there are, and what is true."""

    def __init__(
        self,
        marts: dict[Table, pl.DataFrame],
        facts: pl.DataFrame,
        smallest: int,
        counts: Mapping[str, int] | None = None,
    ):
        self.facts, self.smallest = facts, smallest
        self.parts = [name for name in BASE if facts[name].null_count() < len(facts)]
        self.base = facts.select(self.parts).unique().sort(self.parts)
        topics = sorted(set(chain.from_iterable(facts["topics"].to_list())))
        self.topics = [None, *topics]
        self.size = len(self.base) * len(self.topics)
        equations, targets, published = [], {}, set()
        self.bounds: list[tuple[np.ndarray, int]] = []
        total = self.group({}, total_told(counts or {}))
        if total[2] is not None:
            equations.append((total[1], total[2]))
        elif 0 < facts["author"].n_unique() < smallest:
            targets["all"] = Target({}, total[1], len(facts), facts["author"].n_unique(), True)
        for table, rows in marts.items():
            if small_cells_of(table).exempt:
                continue
            for row in rows.to_dicts():
                self.bounds += self.bounds_told(row)
                for cell, unknowns, count, comments in self.told(table, row):
                    if row["hidden_reason"] is None:
                        equations.append((unknowns, count))
                        published.add(frozenset(cell.items()))
                    elif row.get("head") != "topic" or "topic" in cell:
                        # A hidden share of a topic says nothing of all comments beside it.
                        few = row["hidden_reason"].startswith("fewer")
                        authors = comments["author"].n_unique()
                        few = few and 0 < authors < smallest
                        targets[str(cell)] = Target(cell, unknowns, len(comments), authors, few)
        matrix = np.array([unknowns for unknowns, _ in equations]).reshape(-1, self.size)
        self.matrix, first = np.unique(matrix, axis=0, return_index=True)
        self.counts = np.array([count for _, count in equations])[first] if len(first) else first
        # A row that tells of two cells hides both for one's sake; another table may show the other.
        self.targets = [
            target
            for target in targets.values()
            if target.is_few or frozenset(target.cell.items()) not in published
        ]
        _, size, rows = np.linalg.svd(self.matrix, full_matrices=False)
        self.row_space = rows[size > 1e-9]
        self.seen = self.read_lists(marts)
        self.systems = {is_read: self.system(is_read) for is_read in (False, True)}

    def read_lists(self, marts: dict[Table, pl.DataFrame]) -> list[Seen]:
        """What tables of single comments tell, those of which they tell the same together."""
        told: dict[str, dict] = {}
        for table, rows in marts.items():
            if small_cells_of(table).exempt and "quote_id" in table.column_names:
                for row in rows.to_dicts():
                    told.setdefault(row["quote_id"], {}).update(told_by_list(row))
        found: dict[tuple, int] = {}
        for cell in told.values():
            topics = tuple(sorted(set(cell.pop("topics", ())) & set(self.topics)))
            key = tuple(sorted(cell.items())), topics
            found[key] = found.get(key, 0) + 1
        return [
            Seen(dict(cell), self.places(dict(cell)), topics, n)
            for (cell, topics), n in found.items()
        ]

    def places(self, cell: dict) -> np.ndarray:
        """Which posts and days fit `cell`."""
        fits = pl.lit(True)
        for name, value in cell.items():
            fits &= pl.col(name) == value
        return self.base.with_columns(fits=fits)["fits"].to_numpy()

    def system(self, reads_lists: bool) -> dict:
        """Everything known, as a linear programme takes it; unknowns first, then where seen are."""
        width, others = len(self.base), len(self.topics) - 1
        seen = self.seen if reads_lists else []
        place = sparse.identity(width, format="csr")
        none = sparse.csr_matrix((width, width))
        in_topic = sparse.hstack(
            [-sparse.vstack([place] * others), sparse.identity(width * others)]
        )
        limits = [sparse.hstack([in_topic, sparse.csr_matrix((width * others, width * len(seen)))])]
        for topic in self.topics:
            of_topic = [place if topic is None or topic in s.topics else none for s in seen]
            mine = [-place if topic == other else none for other in self.topics]
            limits.append(sparse.hstack([*mine, *of_topic]))
        for unknowns, _ in self.bounds:
            limits.append(sparse.csr_matrix(np.append(unknowns, np.zeros(width * len(seen)))))
        sums = [sparse.csr_matrix(self.matrix)] if len(self.matrix) else []
        sums += [sparse.csr_matrix(one.places[None, :].astype(float)) for one in seen]
        if not len(self.matrix):
            sums = [sparse.csr_matrix((0, self.size)), *sums]
        equal = sparse.block_diag(sums, format="csr")
        limit = sparse.vstack(limits, format="csr")
        counts = [self.counts] if len(self.matrix) else []
        known = np.concatenate([*counts, [one.count for one in seen]])
        most = len(self.facts) + 100
        outside = [(0, most if there else 0) for one in seen for there in one.places]
        return {
            "A_eq": equal if equal.shape[0] else None,
            "b_eq": known if equal.shape[0] else None,
            "A_ub": limit,
            "b_ub": np.append(
                np.zeros(limit.shape[0] - len(self.bounds)), [most for _, most in self.bounds]
            ),
            "bounds": [(0, most)] * self.size + outside,
            "method": "highs",
        }

    def shown_of(self, target: Target) -> int:
        """How many comments of a group are listed, as everybody sees it by the columns."""
        topic = {target.cell["topic"]} if "topic" in target.cell else set()
        place = {name: value for name, value in target.cell.items() if name != "topic"}
        return sum(
            seen.count
            for seen in self.seen
            if place.items() <= seen.cell.items() and topic <= {*seen.topics}
        )

    def told(self, table: Table, row: dict):
        """What a row tells: (cell, unknowns, count, comments) of each group that it counts."""
        if "comment_count" not in row:
            return  # counts of comments of whatever kind, not of the audience
        cell = {name: row[name] for name in small_cells_of(table).cell if name in (*BASE, "topic")}
        if "post_id" in cell:
            cell.pop("channel", None)
        yield self.group(cell, row["comment_count"])
        if is_of_shares(table) and row["head"] == "topic" and row["label"] in self.topics:
            known = row["share_raw"] is not None
            count = round(row["share_raw"] * row["comment_count"]) if known else None
            yield self.group(cell | {"topic": row["label"]}, count)

    def bounds_told(self, row: dict):
        """What a row tells of a thread: (weights, most) of which the sum is at most that."""
        reported, is_whole = row.get("reported_comment_count"), row.get("is_whole")
        if reported is not None and is_whole is not None:
            _, unknowns, *_ = self.group({"post_id": row["post_id"]}, None)
            yield (-unknowns, -reported) if is_whole else (unknowns, reported - 1)

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
        return cell, unknowns.ravel(), count, comments

    def follows(self, unknowns: np.ndarray) -> bool:
        """Whether the group's count is a sum or difference of published counts."""
        rest = unknowns - self.row_space.T @ (self.row_space @ unknowns)
        return bool(np.abs(rest).max() < 1e-7)

    def most(self, unknowns: np.ndarray, reads_lists: bool = True, sign: int = 1) -> float:
        """The most comments that the group can have; with the sign -1 the fewest, negative.

        A topic's are never more than all comments.
        """
        system = self.systems[reads_lists]
        costs = np.zeros(len(system["bounds"]))
        costs[: self.size] = -sign * unknowns
        return -linprog(costs, **system).fun

    def guesses(self) -> np.ndarray:
        """A few states of all unknowns that fit all that is known, far apart: (guesses, unknowns).

        A quick sieve: a group that has different counts in them is not told.
        """
        system, chance = self.systems[True], np.random.default_rng(0)
        extra = len(system["bounds"]) - self.size
        found = [
            linprog(np.append(chance.normal(size=self.size), np.zeros(extra)), **system).x
            for _ in range(12)
        ]
        return np.array(found)[:, : self.size]

    def is_pinned(self, target: Target, reads_lists: bool) -> bool:
        """Whether the group can have no other count than its own."""
        return (
            self.most(target.unknowns, reads_lists) < target.comments + 1e-6
            and -self.most(target.unknowns, reads_lists, -1) > target.comments - 1e-6
        )

    def derived(self):
        """Groups that no row tells of, of so few authors: by some dimensions, or beside a topic."""
        sizes = range(1, len(self.parts) + 1)
        kinds = chain.from_iterable(combinations(self.parts, size) for size in sizes)
        for kind in kinds:
            for topic in self.topics:
                for values in self.facts.select(kind).unique().iter_rows():
                    cell = dict(zip(kind, values, strict=True))
                    if topic is not None:
                        cell["topic"] = topic
                    _, unknowns, _, comments = self.group(cell, None)
                    authors = comments["author"].n_unique()
                    if 0 < authors < self.smallest:
                        yield Target(cell, unknowns, len(comments), authors, True)

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
        found += self.leaks_of_lists() if self.seen else []
        for name, whole, part in self.beside_topics():
            if self.follows(whole - part):
                found.append(f"{name} follows")
        return found

    def leaks_of_lists(self) -> list[str]:
        """A sentence for all that only lists of comments give away."""
        groups = {t.unknowns.tobytes(): t for t in [*self.derived(), *self.targets]}
        found, guesses = [], self.guesses()
        for target in groups.values():
            if shown := self.shown_of(target):
                found.append(f"{target.name} is hidden or small, and {shown} of it are listed")
            elif (
                0 < target.authors < self.smallest
                and np.allclose(guesses @ target.unknowns, target.comments)
                and self.is_pinned(target, reads_lists=True)
                and not self.is_pinned(target, reads_lists=False)
            ):
                found.append(f"{target.name} is {target.comments}, as lists tell")
        return found


def told_by_list(row: dict) -> dict:
    """What a row of single comments tells of where its comment belongs."""
    told = {name: row[name] for name in BASE if row.get(name) is not None}
    if "topics" in row:
        told["topics"] = row["topics"]
    if "scope" in row:  # of an alert: what it is of, its comments are of
        scope = {"post": "post_id", "channel": "channel", "topic": "topics"}.get(row["scope"])
        if scope:
            told[scope] = [row["item"]] if scope == "topics" else row["item"]
    return told


def total_told(counts: Mapping[str, int]) -> int | None:
    """How many comments of the audience a manifest's counts tell of; None if they do not."""
    if "audience_comments" in counts:
        return counts["audience_comments"]
    parts = [counts.get(name) for name in ("comments", "own_answers", "left_out")]
    return None if None in parts else parts[0] - parts[1] - parts[2]


def leaks(
    marts: dict[Table, pl.DataFrame],
    facts: pl.DataFrame,
    smallest: int,
    counts: Mapping[str, int] | None = None,
) -> list[str]:
    """What an attacker finds in `marts` and a manifest's `counts`, given the comments behind."""
    return Attacker(marts, facts, smallest, counts).leaks()
