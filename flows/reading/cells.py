"""Values of any format in, the cells that a table can hold out."""

import json
import math
from datetime import date, datetime, time

from flows.reading.table_types import Cell
from models.canonical import Rejected

DEEPEST = 6
"""Levels of nested objects that become columns; deeper ones stay JSON."""


class Nested(str):
    """The JSON text of a list or an object: data, and nobody's words."""

    __slots__ = ()


def flat(value: dict[str, object], prefix: str = "") -> dict[str, Cell]:
    """Nested objects as dotted columns; lists as JSON text."""
    cells: dict[str, Cell] = {}
    for key, item in value.items():
        name = f"{prefix}{key}"
        if isinstance(item, dict) and name.count(".") < DEEPEST:
            cells |= flat(item, f"{name}.")
        else:
            cells[name] = typed_cell(item)
    return cells


def typed_cell(cell: object) -> Cell:
    """A value as a table holds it: days as ISO texts, what is nested as JSON, NaN as nothing."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if cell is None or isinstance(cell, str | int | float | bool | datetime):
        return cell
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, dict | list):
        return Nested(json.dumps(cell, ensure_ascii=False, default=str))
    return str(cell)


def holds_nul(cells: dict[str, Cell]) -> bool:
    """Whether one of the texts holds a NUL byte."""
    return any(isinstance(cell, str) and "\x00" in cell for cell in cells.values())


def forbidden(position: int, line: int | None) -> Rejected:
    """A row with a NUL byte, turned away."""
    return Rejected(
        position=position,
        line=line,
        reason="forbidden character",
        detail="the row holds a NUL byte",
    )
