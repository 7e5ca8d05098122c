"""What is written for people, once the gate has said yes: one file an export."""

import importlib
import pkgutil
from functools import cache

from flows.exports.base import Export


@cache
def all_exports() -> tuple[Export, ...]:
    """Every export, by name."""
    modules = [
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    ]
    found = [module.EXPORT for module in modules if hasattr(module, "EXPORT")]
    return tuple(sorted(found, key=lambda export: export.name))
