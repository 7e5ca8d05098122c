"""What a stage did: one sentence for the log, one row for `ops.run`."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from models.tables.run import RUN
from transforms.canonical import naive_utc

Logger = logging.Logger | logging.LoggerAdapter[logging.Logger]


@dataclass(frozen=True)
class StageReport:
    """Counts of one stage's run, and the lines a person should read."""

    stage: str
    rows_in: int = 0
    rows_out: int = 0
    rejected_count: int = 0
    note: str = ""
    details: tuple[str, ...] = field(default=())

    @property
    def had_work(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.rows_in or self.rows_out or self.rejected_count)

    def __str__(self) -> str:
        counts = f"{self.rows_in:,} in, {self.rows_out:,} out, {self.rejected_count:,} rejected"
        return f"{self.stage}: {self.note or counts}"

    def log(self, logger: Logger) -> None:
        """Write the sentence and its details to the run's log; nothing if there was no work."""
        if self.had_work:
            logger.info("%s", self)
            for line in self.details:
                logger.info("  %s", line)

    def row(self, as_of: datetime) -> pl.DataFrame:
        """The row of `ops.run` for a run that ended at `as_of`."""
        return pl.DataFrame(
            {
                "stage": self.stage,
                "finished_at_utc": naive_utc(as_of),
                "rows_in": self.rows_in,
                "rows_out": self.rows_out,
                "rejected_count": self.rejected_count,
                "note": str(self),
            },
            schema=RUN.schema(),
        )
