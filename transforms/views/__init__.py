"""What the marts share: views over the clean and classified tables, one `.sql` each."""

from functools import cache
from pathlib import Path

from transforms.statements import Statement, read_statement

ORDER = (
    "dated",
    "commented_post",
    "thread",
    "origin",
    "post_wording",
    "input",
    "wording",
    "current_label",
    "said",
    "audience",
    "audit_draw",
    "audit",
    "open_comment",
    "counted",
    "quotable",
)
"""Views in the order in which they build on each other."""


@cache
def all_views() -> tuple[Statement, ...]:
    """Every view, those that others build on first."""
    folder = Path(__file__).parent
    return tuple(read_statement(folder / f"{name}.sql", "classified") for name in ORDER)
