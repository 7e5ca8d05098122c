"""On what the warehouse lies: one file an engine, chosen by `engine` under `[warehouse]`."""

from importlib import import_module

from flows.engines.base import Engine
from flows.settings import Warehouse


def engine_of(limits: Warehouse) -> Engine:
    """The engine that the settings name; what it needs is imported only then."""
    module = {"duckdb": "duckdb_file", "ducklake": "ducklake"}[limits.engine]
    engine: Engine = import_module(f"flows.engines.{module}").ENGINE
    return engine
