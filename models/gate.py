"""What the gate before publish tolerates."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of `[gate]` in `settings.toml`, where each is explained."""

    warn_after_days: int
    fail_after_days: int
    trailing_weeks: int
    fewest_usual: int
    most_times_usual: float
    most_loss: float
    least_labelled: float
    smallest_cell: int
