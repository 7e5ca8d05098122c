"""What a trial of another model found, and what of it a person should know first."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from flows.changing.flips import Flips
from flows.changing.pace import Pace
from models.counted import Counted
from models.paired import Paired

METHOD_RAW = "raw"


@dataclass(frozen=True)
class Trial:
    """What was tried beside what, on which comments, and what was found.

    `shifts` as `transforms.shifts` makes them, `alerts` as `transforms.alert_changes`, `moves` as
    `transforms.comparison.largest_moves` with `table`. `paces` are of the one that answers and of
    the candidate; None where its files are gone.
    """

    candidate: str
    instead_of: str
    since: date
    at: datetime
    comment_count: int
    unread_count: int
    flips: Flips
    shifts: pl.DataFrame
    alerts: pl.DataFrame
    moves: pl.DataFrame
    quality: tuple[Paired, ...]
    paces: tuple[Pace | None, Pace | None]
    smallest_cell: int

    @property
    def uncorrected(self) -> list[str]:
        """Heads whose shares only the candidate leaves uncorrected."""
        rows = self.shifts.filter(
            pl.col("method_after").eq(METHOD_RAW) & pl.col("method_before").ne(METHOD_RAW)
        )
        return sorted(rows["head"].unique())


def warnings(trial: Trial) -> list[str]:
    """What a person should know before anything else."""
    found = []
    if trial.uncorrected:
        heads = ", ".join(f"`{head}`" for head in trial.uncorrected)
        found.append(
            f"The candidate has no held-out set of its own for {heads}: its shares are not "
            "corrected until people have judged enough comments. "
            "`python -m models.training.held_out` makes one."
        )
    if trial.unread_count:
        found.append(
            f"{Counted(trial.unread_count):comment is|comments are} left out that nothing has "
            "labelled yet: run `resonanz classify` before."
        )
    worse = [one.head for one in trial.quality if one.difference.high < 0]
    if worse:
        heads = ", ".join(f"`{head}`" for head in worse)
        found.append(f"The candidate is worse on {heads}, beyond chance.")
    return found
