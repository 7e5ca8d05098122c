"""How the last run of each stage ended: one small file a stage, also when the warehouse is away."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

Outcome = Literal["running", "done", "failed", "gate failed", "try again"]


@dataclass(frozen=True)
class RunRecord:
    """The last run of a stage, and when one ended well for the last time."""

    stage: str
    outcome: Outcome
    started_at: datetime
    ended_at: datetime | None = None
    rows_in: int = 0
    rows_out: int = 0
    rejected_count: int = 0
    note: str = ""
    succeeded_at: datetime | None = None


def write_record(record: RunRecord, folder: Path) -> None:
    """Put the record of a stage in the place of its last one, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{record.stage}.partial"
    content = json.dumps(asdict(record), default=datetime.isoformat, indent=2, ensure_ascii=False)
    partial.write_text(f"{content}\n", encoding="utf-8")
    partial.replace(folder / f"{record.stage}.json")


def read_record(stage: str, folder: Path) -> RunRecord | None:
    """The last run of `stage`; None if there was none, or its file is damaged."""
    try:
        content = json.loads((folder / f"{stage}.json").read_text(encoding="utf-8"))
        times = {
            name: datetime.fromisoformat(content[name]) if content[name] else None
            for name in ("started_at", "ended_at", "succeeded_at")
        }
        return RunRecord(**(content | times))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def read_records(folder: Path) -> Iterator[RunRecord]:
    """The last run of every stage that has run, the earliest first."""
    found = [read_record(path.stem, folder) for path in folder.glob("*.json")]
    yield from sorted(filter(None, found), key=lambda record: record.started_at)
