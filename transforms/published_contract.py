"""What readers of the published tables may rely on: a versioned contract, and what breaks it."""

from collections.abc import Mapping
from typing import Any

from models.contract import Table
from models.errors import ContractBroken

VERSION = 3
"""Raised when a published table or column is taken away or holds something else than before.

1: shares as columns by label. 2: tall tables of corrected shares. 3: single
comments are told with one cell each; the list of comments to answer is apart.
"""

Contract = Mapping[str, Any]
"""`version`, and of each table its `grain` and the kind of each column, as JSON holds them."""


def contract_of(tables: Mapping[str, Table]) -> Contract:
    """The contract of `tables` as they are now."""
    return {
        "version": VERSION,
        "tables": {
            name: {
                "grain": list(table.grain),
                "columns": {column.name: column.kind for column in table.columns},
            }
            for name, table in sorted(tables.items())
        },
    }


def require_kept(before: Contract, now: Contract) -> None:
    """Raise `ContractBroken` if `now` takes away what `before` promised under the same version."""
    broken = list(breaks(before, now))
    if broken and now["version"] <= before["version"]:
        raise ContractBroken(
            f"{'; '.join(broken)}. Readers rely on that: raise `VERSION` in "
            "`transforms/published_contract.py`, say so in CHANGELOG.md, and run `make docs`."
        )


def breaks(before: Contract, now: Contract) -> list[str]:
    """What `before` promised and `now` does not keep; what is new breaks nothing."""
    found = []
    for name, table in before["tables"].items():
        kept = now["tables"].get(name)
        if kept is None:
            found.append(f"the table `{name}` is gone")
            continue
        if kept["grain"] != table["grain"]:
            found.append(f"`{name}` has another grain")
        for column, kind in table["columns"].items():
            holds = kept["columns"].get(column)
            if holds != kind:
                found.append(f"`{name}.{column}` was {kind} and is {holds or 'gone'}")
    return found
