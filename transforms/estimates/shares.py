"""Share rows: what was counted of a mart's cells in, one row per cell, head and label out."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from models.contract import POLARS_TYPE
from models.held_out import HeldOut
from models.shares import HIDDEN_METHOD, NET_COLUMNS, SHARE_COLUMNS
from transforms.estimates import correction
from transforms.estimates.evidence import Audits, Cells, Numbers, Places, Reference
from transforms.estimates.interval import Estimates
from transforms.estimates.kinds import Company, Likeness
from transforms.estimates.pools import Pool, Pooling, pools
from transforms.estimates.questions import Question, questions
from transforms.statements import Shares

CHUNK = 2_000
"""Cells that are estimated together: bounds memory, whatever the number of cells."""

COUNTED = ("comment_count", "author_count", "uncertain_share")
"""What was counted of a cell and is published as it is."""

INNER = ("cell", *COUNTED, "last_day", "is_whole", "drawable_share", "alike")
"""Columns of the cells that are not the mart's own."""

ESTIMATED = ("label", "share_raw", "share", "ci_low", "ci_high", "audit_count", "method")
"""Columns of `SHARE_COLUMNS` that differ from label to label."""

ROWS = pl.Schema(
    {"cell": pl.Int64()}
    | {c.name: POLARS_TYPE[c.kind] for c in SHARE_COLUMNS if c.name in ESTIMATED}
)
ORIGINS = pl.Schema({"cell": pl.Int64(), "channel": pl.String(), "voices": pl.Float64()})
NETS = pl.Schema({"cell": pl.Int64()} | {c.name: POLARS_TYPE[c.kind] for c in NET_COLUMNS})


@dataclass(frozen=True)
class Gathered:
    """What the estimator needs to know of a mart, already counted.

    `labels`: the head's, in the order of their places. `cells`: `cell` (from 0, ascending), the
    cell's own columns, and `INNER`. `histogram`: `cell`, `question`, `code`, `chosen`, `comments`,
    `voices`; of a label that may apply, comments of code 0 that were not chosen may be left out.
    `audits`: `cell`, `question`, `code`, `gold`, `comment`, `author`, `day`, `alike`, `voice`,
    `drawn_share`. `origins`: how many voices a cell has from which channel.

    A head with one label has the question 0, and `chosen` and `gold` are places of labels. Where
    several apply, every label's place is a question, their number that of having none, and `chosen`
    and `gold` are 0 or 1.
    """

    labels: tuple[str, ...]
    cells: pl.DataFrame
    histogram: pl.DataFrame
    audits: pl.DataFrame
    origins: pl.DataFrame = field(default_factory=ORIGINS.to_frame)


@dataclass(frozen=True)
class Known:
    """What is known beside the warehouse: the head's held-out set, the shift, how audits pool.

    `company`: what the channels' comments are like. Without it, comments are taken for such as the
    model is for, as far as `shift` lets them be. `smallest`: cells of fewer authors are not told of
    (`transforms/small_cells.py`), so nothing is estimated of them.
    """

    held: HeldOut | None
    shift: float
    pooling: Pooling
    company: Company | None = None
    smallest: int = 1


@dataclass(frozen=True)
class _Found:
    """Some of a chunk's cells, by place: their estimates, how made, and each one's audits."""

    places: Places
    estimates: Estimates
    method: str
    audits: Places


def share_rows(
    shares: Shares, gathered: Gathered, known: Known
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The share rows (the cells' columns, then `SHARE_COLUMNS`), and the nets (then `NET_COLUMNS`).

    Rows are in no particular order. Of a head that has answered nothing there are none. Rows of
    cells that are not told of have no numbers but their counts, and cells no net.
    """
    few, enough = parted(gathered, known.smallest)
    rows, untold, nets = [ROWS.to_frame()], [ROWS.to_frame()], [NETS.to_frame()]
    for question in questions(shares, gathered.labels, known.held):
        untold += [_untold(few, label) for _, label in question.published]
        for more_rows, more_nets in _answered(question, enough, known):
            rows.append(more_rows)
            nets.append(more_nets)
    cells, own = enough.cells, [name for name in gathered.cells.columns if name not in INNER]
    told = [
        pl.concat(rows).join(cells.select("cell", *own, *COUNTED), on="cell"),
        pl.concat(untold).join(few.select("cell", *own, *COUNTED), on="cell"),
    ]
    finished = pl.concat(told).with_columns(
        head=pl.lit(shares.head), hidden_reason=pl.lit(None, dtype=pl.String())
    )
    return (
        finished.select(*own, *(column.name for column in SHARE_COLUMNS)),
        pl.concat(nets).join(cells.select("cell", *own), on="cell").drop("cell"),
    )


def parted(gathered: Gathered, smallest: int) -> tuple[pl.DataFrame, Gathered]:
    """The cells of fewer than `smallest` authors, and what was gathered of all others.

    Audits stay, as they may speak for other cells; the cell of those that lie in no other is -1.
    """
    cells, is_few = gathered.cells, gathered.cells["author_count"] < smallest
    if not is_few.any():
        return cells.clear(), gathered
    place = (~is_few).cum_sum().cast(pl.Int64) - 1
    place = place.set(is_few, -1)

    def moved(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(cell=place.gather(rows["cell"]))

    is_told = pl.col("cell") >= 0
    return cells.filter(is_few), replace(
        gathered,
        cells=moved(cells).filter(is_told),
        histogram=moved(gathered.histogram).filter(is_told),
        audits=moved(gathered.audits),
        origins=moved(gathered.origins).filter(is_told),
    )


def _untold(cells: pl.DataFrame, label: str) -> pl.DataFrame:
    """A row without numbers for each of `cells`."""
    told = {"cell": pl.col("cell"), "label": pl.lit(label), "method": pl.lit(HIDDEN_METHOD)}
    nothing = {name: pl.lit(None, kind) for name, kind in ROWS.items()}
    return cells.select(value.alias(name) for name, value in (nothing | told).items())


def _answered(
    question: Question, gathered: Gathered, known: Known
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """The rows and nets of one question, a chunk of cells at a time."""
    asked = pl.col("question") == question.place
    histogram = gathered.histogram.filter(asked).sort("cell")
    audits = gathered.audits.filter(asked)
    starts = histogram["cell"].to_numpy()
    for first in range(0, gathered.cells.height, CHUNK):
        low, high = np.searchsorted(starts, [first, first + CHUNK])
        part = histogram.slice(low, high - low).with_columns(pl.col("cell") - first)
        cells = gathered.cells.slice(first, CHUNK)
        codes = np.unique(np.concatenate([[0], part["code"], audits["code"]]).astype(np.int64))
        evidence, raw = _cells(question, cells, part, codes)
        borrowed = pools(cells, audits, known.pooling, question.references is not None)
        origins = gathered.origins.with_columns(pl.col("cell") - first).filter(
            pl.col("cell").is_between(0, cells.height - 1)
        )
        basis = _Basis(question, known, origins, cells.height)
        found = list(_estimates(question, evidence, borrowed, basis, codes))
        yield _rows(question, cells, raw, found), _nets(question, cells, found)


def _cells(
    question: Question, cells: pl.DataFrame, histogram: pl.DataFrame, codes: Places
) -> tuple[Cells, Numbers]:
    """The evidence on `cells`, and the plain share of comments for each answer."""
    place, chosen = histogram["cell"].to_numpy(), histogram["chosen"].to_numpy()
    voices, comments = histogram["voices"].to_numpy(), histogram["comments"].to_numpy()
    authors = np.maximum(cells["author_count"].to_numpy().astype(np.float64), 1)
    weight = np.zeros((cells.height, len(codes)))
    by_voice, by_comment = np.zeros((2, cells.height, question.answers))
    np.add.at(weight, (place, np.searchsorted(codes, histogram["code"])), voices)
    np.add.at(by_voice, (place, chosen), voices)
    np.add.at(by_comment, (place, chosen), comments)
    if question.is_pair:
        # Code 0 and not chosen is most of it, and was left out.
        weight[:, 0] += authors - weight.sum(axis=1)
        by_voice[:, 0] += authors - by_voice.sum(axis=1)
        by_comment[:, 0] += cells["comment_count"].to_numpy() - by_comment.sum(axis=1)
    evidence = Cells(
        posterior=question.posterior(codes),
        weight=_rows_to_one(weight),
        chosen=_rows_to_one(by_voice),
        authors=authors,
        is_whole=np.asarray(cells["is_whole"].to_numpy(), dtype=np.bool_),
    )
    return evidence, _rows_to_one(by_comment)


class _Basis:
    """The references of a chunk's cells: of each, texts of the kinds that its comments are like."""

    def __init__(self, question: Question, known: Known, origins: pl.DataFrame, cells: int) -> None:
        self._references, self._shift = question.references, known.shift
        self._likeness: Likeness | None = None
        if known.company and question.references:
            self._likeness = known.company.of(origins, cells, question.references.kinds)

    def groups(self, places: Places) -> Iterator[tuple[Places, Reference | None, str]]:
        """Cells of `places` that share a reference, the reference, and what the cells are like."""
        if self._references is None:
            yield places, None, ""
        elif self._likeness is None:
            yield places, self._references.first(self._shift), ""
        else:
            for here, weights, shift, name in self._likeness.groups(places):
                yield places[here], self._references.mixed(weights, shift), f" ({name})"


def _estimates(
    question: Question, evidence: Cells, borrowed: Iterator[Pool], basis: _Basis, codes: Places
) -> Iterator[_Found]:
    """Estimates of every cell, each by the best method that it has the audits for."""
    left, values = np.ones(len(evidence), dtype=bool), question.values
    for name, is_own, pairs in borrowed:
        audited = np.unique(pairs["cell"].to_numpy())
        left[audited] = False
        every = _audits(question, pairs, codes)
        for places, reference, _ in basis.groups(audited):
            audits, here = every.of(places), evidence.at(places)
            counts = np.bincount(audits.cell, minlength=len(places))
            if is_own and len(places):
                found = correction.own(here, audits, reference, values)
                yield _Found(places, found, f"ppi ({name})", counts)
            elif reference is not None and len(places):
                found = correction.pooled(here, audits, reference, values)
                yield _Found(places, found, f"ppi ({name})", counts)
    for places, reference, like in basis.groups(np.flatnonzero(left)):
        here, none = evidence.at(places), np.zeros(len(places), dtype=np.int64)
        if reference is None:
            yield _Found(places, correction.raw(here, values), "raw", none)
        else:
            yield _Found(places, correction.alone(here, reference, values), f"emq{like}", none)


def _audits(question: Question, pairs: pl.DataFrame, codes: Places) -> Audits:
    return Audits(
        cell=pairs["cell"].to_numpy(),
        bin=np.searchsorted(codes, pairs["code"].to_numpy()),
        gold=np.eye(question.answers)[pairs["gold"].to_numpy()],
        voice=pairs["voice"].to_numpy(),
        chance=pairs["drawn_share"].to_numpy(),
        author=pairs["author"].to_numpy(),
    )


def _rows(
    question: Question, cells: pl.DataFrame, raw: Numbers, found: list[_Found]
) -> pl.DataFrame:
    """What was found of each answer that is published."""
    pieces = [ROWS.to_frame()]
    for part in found:
        here, counts = cells[part.places], {"audit_count": part.audits}
        whole = pl.lit(part.method != "raw") & pl.col("is_whole")
        method = pl.lit(part.method) + pl.when(whole).then(pl.lit(", whole thread")).otherwise(
            pl.lit("")
        )
        for place, label in question.published:
            numbers = {
                "share_raw": raw[part.places, place],
                "share": part.estimates.share[:, place],
                "ci_low": part.estimates.low[:, place],
                "ci_high": part.estimates.high[:, place],
            }
            told = here.with_columns(
                *(pl.Series(name, values) for name, values in (numbers | counts).items()),
                label=pl.lit(label),
                method=method,
            )
            pieces.append(told.select(ROWS.names()).cast(ROWS))
    return pl.concat(pieces)


def _nets(question: Question, cells: pl.DataFrame, found: list[_Found]) -> pl.DataFrame:
    """The net of each cell; none of a question whose answers are only no and yes."""
    pieces = [NETS.to_frame()]
    for part in found if not question.is_pair else ():
        numbers = part.estimates
        columns = (numbers.net, numbers.net_low, numbers.net_high)
        named = dict(zip([c.name for c in NET_COLUMNS], columns, strict=True))
        pieces.append(pl.DataFrame({"cell": cells["cell"][part.places], **named}, schema=NETS))
    return pl.concat(pieces)


def _rows_to_one(counts: Numbers) -> Numbers:
    positive = np.maximum(counts, 0)
    return np.asarray(positive / np.maximum(positive.sum(axis=1, keepdims=True), 1e-12))
