"""A `.sql` file of this room: a TOML header that declares its columns, then one SELECT."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.contract import Column, Table

HEADER = re.compile(r"\A/\*---\n(?P<toml>.*?)---\*/\n(?P<query>.*)\Z", re.DOTALL)


@dataclass(frozen=True)
class Statement:
    """One SELECT and the contract of what it returns."""

    table: Table
    query: str

    def view(self) -> str:
        """The statement that makes it a view."""
        return f"CREATE OR REPLACE VIEW {self.table.full_name} AS {self.query}"


def read_statement(path: Path, layer: Literal["classified", "mart"]) -> Statement:
    """Read one `.sql` file; its name is the table's name. Raises ValueError without a header.

    A column is declared as `name = [kind, description]`, with a third entry `"optional"` where it
    may be null, or a list of the texts that are allowed.
    """
    found = HEADER.match(path.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"`{path.name}` must start with a header `/*---` ... `---*/`")
    header = tomllib.loads(found["toml"])
    table = Table(
        layer=layer,
        name=path.stem,
        about=header["about"],
        grain=tuple(header["grain"]),
        columns=tuple(_column(name, entry) for name, entry in header["columns"].items()),
    )
    return Statement(table, found["query"].strip().removesuffix(";"))


def _column(name: str, entry: list[object]) -> Column:
    kind, about, *rest = entry
    allowed = tuple(rest[0]) if rest and isinstance(rest[0], list) else ()
    return Column(name, kind, about, allowed=allowed, optional="optional" in rest)  # type: ignore[arg-type]
