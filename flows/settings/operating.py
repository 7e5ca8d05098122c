"""What everything runs on and who hears that it does not: `[warehouse]`, `[status]`, `[notify]`."""

from typing import Literal

from pydantic import Field

from flows.settings.concern import Concern


class Warehouse(Concern):
    """On what the warehouse lies, and how it is used."""

    engine: Literal["duckdb", "ducklake"] = Field(
        default="duckdb", description="one file, or a lake of Parquet files for several writers"
    )
    catalogue: str = Field(
        default="",
        repr=False,
        description="of the lake: `postgres:dbname=...`; empty: a file in the data folder",
    )
    files: str = Field(
        default="", description="of the lake: folder or `s3://bucket/prefix`; empty: data/lake"
    )
    memory: str = Field(default="1GB", description="what DuckDB may use")
    wait_seconds: int = Field(
        default=30, ge=0, description="patience while another run holds the file"
    )


class Status(Concern):
    """From when on `resonanz status` finds something wrong; 0: never."""

    hours_since_publish: float = Field(
        default=26, ge=0, description="hours since the tables were last brought up to date"
    )
    hours_since_fetch: float = Field(
        default=26, ge=0, description="hours since the account asked longest ago was asked"
    )
    days_since_comment: float = Field(
        default=14, ge=0, description="days since the newest comment was written"
    )
    least_free_gb: float = Field(
        default=2, ge=0, description="gigabytes that must be free where the data lies"
    )


class Notify(Concern):
    """Who is told when a scheduled run fails, or does not start."""

    webhook: str | None = Field(default=None, description="`env:NAME` or `block:NAME`")
    late_minutes: float = Field(
        default=30, gt=0, description="minutes that a run may start late before it is told of"
    )
