"""Views over published tables that make ad-hoc SQL short, one `.sql` each.

They are in the analysts' DuckDB file only, and tell nothing that its tables do not: each reads
published rows, small cells hidden.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from transforms.statements import Statement, read_statement

READS = re.compile(r"\bmart\.(\w+)")


@cache
def all_shortcuts() -> tuple[Statement, ...]:
    """Every view, in alphabetical order."""
    paths = sorted(Path(__file__).parent.glob("*.sql"))
    return tuple(read_statement(path, "main") for path in paths)


def shortcut_statements(tables: Iterable[str]) -> Iterator[str]:
    """What makes and describes the views that need no more than the marts called `tables`."""
    present = set(tables)
    for shortcut in all_shortcuts():
        if set(READS.findall(shortcut.query)) <= present:
            yield shortcut.view()
            for comment in shortcut.table.comments():
                yield comment.replace("COMMENT ON TABLE", "COMMENT ON VIEW", 1)
