"""The tables of the warehouse, one file each."""

import importlib
import pkgutil
from functools import cache

from models.contract import Table


@cache
def all_tables() -> dict[str, Table]:
    """Every declared table by its full name, for example `clean.comment`."""
    modules = [
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    ]
    tables = [
        value for module in modules for value in vars(module).values() if isinstance(value, Table)
    ]
    return {table.full_name: table for table in tables}
