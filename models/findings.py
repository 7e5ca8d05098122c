"""What a quality gate found: one verdict an expectation, and what they come to together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["critical", "warning"]
"""`critical` keeps the last good publish, or a row out of the tables; a `warning` is only told."""

MOST_SHOWN = 5
"""Findings and places that one sentence names; the others are in the quality pages."""


@dataclass(frozen=True)
class Finding:
    """One expectation's verdict on one table: what was expected, and how many rows break it.

    `where` names such rows by their keys (a channel, a week); never what people wrote.
    """

    table: str
    expectation: str
    column: str
    passed: bool
    broken_count: int
    severity: Severity = "critical"
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"`{self.table}.{self.column}`" if self.column else f"`{self.table}`"
        rows = f"{self.broken_count:,} row{'' if self.broken_count == 1 else 's'}"
        named = f" ({', '.join(self.where[:MOST_SHOWN])})" if self.where else ""
        return f"{place}: {self.expectation} fails in {rows}{named}"


@dataclass(frozen=True)
class Judgement:
    """All findings of a gate, and the page of each table that was judged, as HTML by its name."""

    findings: tuple[Finding, ...]
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """What keeps the new state from being published."""
        return self._broken("critical")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What a person should look at."""
        return self._broken("warning")

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        count = len(self.findings)
        if self.failed:
            return (
                f"{len(self.failed)} of {count} checks failed, the last good publish stays: "
                f"{listed(self.failed)}"
            )
        if self.warnings:
            return f"{count} checks, none failed, {len(self.warnings)} with a warning"
        return f"{count} checks passed"

    def _broken(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(
            found for found in self.findings if not found.passed and found.severity == severity
        )


def listed(findings: Sequence[Finding]) -> str:
    """The first findings, in one line."""
    more = f"; and {len(findings) - MOST_SHOWN} more" if len(findings) > MOST_SHOWN else ""
    return "; ".join(map(str, findings[:MOST_SHOWN])) + more
