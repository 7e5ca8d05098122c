"""What a page is made of: sections with sentences, a chart, and the tables behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.dashboard.charts import Spec


@dataclass(frozen=True)
class Head:
    """The head of a column."""

    text: str
    is_number: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell: text, where it leads to, and the JSON filter of the comments behind it."""

    text: str
    is_number: bool = False
    link: str | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class TableView:
    """A table, whose rows may be of `segments`; one that is folded stands behind a chart."""

    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    is_folded: bool = True
    segments: Sequence[str] = ()


@dataclass(frozen=True)
class ChartView:
    """A chart, what it shows, and the same as a sentence for those who do not see it."""

    spec: Spec
    caption: str
    summary: str


@dataclass(frozen=True)
class Section:
    """A part of the page; one of a `segment` is shown `instead_of` another when that is chosen."""

    id: str
    title: str
    sentences: Sequence[str] = ()
    chart: ChartView | None = None
    tables: Sequence[TableView] = field(default=())
    segment: str = ""
    instead_of: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.sentences or self.chart or self.tables)
