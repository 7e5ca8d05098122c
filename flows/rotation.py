"""The author key exchanged for a longer chain: every stored pseudonym and keyed hash follows.

A new key is added to the chain, so that nothing has to be read again and no name is needed: what
is stored is hashed once more with the new key. Whoever holds only the old key can compute nothing.
"""

import os
from pathlib import Path

import duckdb
import polars as pl

from flows.keys.author import author_key_place
from flows.keys.place import NEXT, checked, make, new_key, read_key
from flows.running.turns import turn_alone
from flows.settings import Settings, load_settings
from flows.storing.taking_out import tables_with
from flows.warehouse import exists, forget, frame, number, writing
from models.errors import GiveUp
from models.tables import all_tables
from transforms.canonical import DERIVED_ID
from transforms.pseudonymise import SEPARATOR, keyed, rekeyed

ID_COLUMNS = ("comment_id", "parent_id", "root_id", "alias_id", "id")
KEY_COLUMNS = ("author_key", "keyed_hash")
NEXT_VARIABLE = "RESONANZ_AUTHOR_KEY_NEXT"
CHECK = "resonanz author key"


def rotate_author_key() -> str:
    """Add a new key to the author key's chain and bring everything stored to it; one sentence.

    Goes on where an interrupted exchange ended. Raises `GiveUp` if the key stands in the
    environment and no new one beside it, `TryAgain` while stages are under way: they know the old
    one, and would store what it gives.
    """
    settings = load_settings()
    with turn_alone("rotate-key", settings.paths.runs, settings.warehouse.wait_seconds):
        return rotate(settings)


def rotate(settings: Settings) -> str:
    """The same, while nothing else is under way."""
    place = author_key_place(settings.privacy.author_key_file)
    if os.environ.get(place.variable):
        return rotate_in_environment(settings)
    path, following = place.path, place.path.with_name(place.path.name + NEXT)
    if not following.exists():
        chain = read_key(place).decode().split("\n")
        make(following, "".join(f"{key}\n" for key in [*chain, new_key()]))
    text = following.read_text(encoding="ascii")
    count = bring_to(checked(text, f"file `{following}`", place), settings)
    exchange(following, path)
    return f"{count:,} stored pseudonyms and ids brought to the new key; `{path}` holds the chain."


def exchange(following: Path, path: Path) -> None:
    """Let the new chain be the key from now on, in one step."""
    following.replace(path)


def rotate_in_environment(settings: Settings) -> str:
    """The same with keys in the environment, which the caller exchanges afterwards."""
    place = author_key_place(settings.privacy.author_key_file)
    new = os.environ.get(NEXT_VARIABLE, "").strip()
    if not new:
        raise GiveUp(
            f"The author key stands in `{place.variable}`. Put a new one (`openssl rand -hex 32`) "
            f"into `{NEXT_VARIABLE}` and run this again; afterwards set `{place.variable}` to the "
            "old value, a comma and the new one."
        )
    checked(new, f"environment variable `{NEXT_VARIABLE}`", place)
    chain = read_key(place) + SEPARATOR + new.encode()
    count = bring_to(chain, settings)
    return (
        f"{count:,} stored pseudonyms and ids brought to the new key. Now set "
        f'`{place.variable}` to "${place.variable},${NEXT_VARIABLE}" wherever flows run.'
    )


def bring_to(chain: bytes, settings: Settings) -> int:
    """Hash everything keyed in the warehouse with the last key of `chain`, once and only once."""
    if not exists(settings.paths.warehouse, settings.warehouse):
        return 0
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        count = rehash(connection, chain)
    # Also if an earlier call did all else: it may have ended before this.
    forget(settings.paths.warehouse, settings.warehouse)
    return count


def rehash(connection: duckdb.DuckDBPyConnection, chain: bytes) -> int:
    """Exchange all that is keyed, unless it is marked as brought to `chain`; how many values."""
    new, mark = chain.split(SEPARATOR)[-1], keyed(CHECK, chain)
    connection.execute("CREATE TABLE IF NOT EXISTS ops.key_mark (mark VARCHAR)")
    done = connection.execute("SELECT count(*) FROM ops.key_mark WHERE mark = ?", [mark])
    if (row := done.fetchone()) and row[0]:
        return 0
    count = sum(
        replace_values(connection, table, column, new)
        for table, column in tables_with(connection, ID_COLUMNS + KEY_COLUMNS)
    )
    connection.execute("DELETE FROM ops.key_mark")
    connection.execute("INSERT INTO ops.key_mark VALUES (?)", [mark])
    return count


def replace_values(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, new: bytes
) -> int:
    """Exchange the keyed values of a column; returns how many rows changed."""
    values = frame(
        connection, f'SELECT DISTINCT "{column}" AS old FROM {table} WHERE "{column}" IS NOT NULL'
    )["old"]
    pairs = [(old, then) for old in values if (then := renewed(old, column, new)) != old]
    if not pairs:
        return 0
    connection.register("renewed", pl.DataFrame(pairs, schema=["old", "new"], orient="row"))
    row = connection.execute(
        f'UPDATE {table} SET "{column}" = renewed.new{renumbered(table, column)} FROM renewed '
        f'WHERE {table}."{column}" = renewed.old'
    ).fetchone()
    connection.unregister("renewed")
    return int(row[0]) if row else 0


def renumbered(table: str, column: str) -> str:
    """What else is set where texts of a column are exchanged: the numbers made of them, if any."""
    numbers = {known.full_name: known.numbers for known in all_tables().values()}
    name = numbers.get(table, {}).get(column)
    return f", {name} = {number('renewed.new')}" if name else ""


def renewed(value: str, column: str, new: bytes) -> str:
    """A stored value under the new key; one that is not keyed stays as it is."""
    if column in KEY_COLUMNS:
        return rekeyed(value, new)
    found = DERIVED_ID.fullmatch(value)
    if not found:
        return value
    return f"{found['before']}k-{rekeyed(found['digest'], new)}{found['after'] or ''}"
