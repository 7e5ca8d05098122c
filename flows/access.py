"""What is stored about one person, as one JSON object: the answer to a request for access."""

import json
from datetime import UTC, datetime
from typing import Any

import duckdb

from flows.erase import who
from flows.erasing.person import Person
from flows.erasing.stored import stored_comments
from flows.settings import load_settings
from flows.storing.taking_out import tables_with
from flows.warehouse import writing


def access(author: str | None, platform: str | None, link: str | None) -> str:
    """Every row on a person, by table, and the landing files that hold his records.

    Raises `GiveUp` if it is not clear who is meant.
    """
    settings = load_settings()
    person = who(author, platform, link, settings)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        stored_comments(connection, person)
        answer = {
            "asked_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "platform": person.platform,
            "names_in_received_files": sorted(person.names),
            "pseudonyms": sorted(person.keys),
            "texts_in_received_files": sorted(person.texts),
            "tables": rows_on(connection, person),
            "is_erased": is_erased(connection, person),
        }
    return json.dumps(answer, indent=2, ensure_ascii=False, default=str)


def rows_on(connection: duckdb.DuckDBPyConnection, person: Person) -> dict[str, list[Any]]:
    """Rows of every table that are of the person's comments or posts."""
    found: dict[str, list[Any]] = {}
    wanted = {"comment_id": list(person.comment_ids), "author_key": list(person.keys)}
    for table, column in tables_with(connection, tuple(wanted)):
        rows = connection.execute(
            f'FROM {table} WHERE list_contains(?, "{column}")', [wanted[column]]
        )
        names = [part[0] for part in rows.description]
        answers = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
        known = found.setdefault(table, [])
        known += [answer for answer in answers if answer not in known]
    return {table: rows for table, rows in found.items() if rows}


def is_erased(connection: duckdb.DuckDBPyConnection, person: Person) -> bool:
    """Whether the person was erased before."""
    row = connection.execute(
        "SELECT count(*) FROM ops.erasure WHERE kind = 'author' AND list_contains(?, keyed_hash)",
        [list(person.keys)],
    ).fetchone()
    return bool(row and row[0])
