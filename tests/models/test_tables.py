import dataclasses

import pytest

from models.canonical import Comment, Post
from models.contract import Table
from models.tables import all_tables
from models.tables.comment import COMMENT
from models.tables.post import POST

RENAMED = {
    "author": "author_key",
    "author_name": "author_key",
    "created_at": "created_at_utc",
    "edited_at": "edited_at_utc",
    "updated_at": "updated_at_utc",
    "post_native_id": "post_id",
    "parent_native_id": "parent_id",
    "text_format": "text",
    "line": "position",
}
"""What becomes of a record's field on its way into a table."""


@pytest.mark.parametrize("table", all_tables().values(), ids=all_tables())
def test_a_table_is_described_and_has_a_grain(table: Table) -> None:
    assert set(table.grain) <= set(table.column_names)
    assert all(len(column.about) > 5 for column in table.columns)
    assert len(set(table.column_names)) == len(table.columns)


@pytest.mark.parametrize("table", all_tables().values(), ids=all_tables())
def test_names_tell_units(table: Table) -> None:
    for column in table.columns:
        assert column.name.endswith("_utc") == (column.kind == "time"), column.name
        assert column.name.startswith("is_") == (column.kind == "flag"), column.name


@pytest.mark.parametrize(("record", "table"), [(Comment, COMMENT), (Post, POST)])
def test_every_field_of_a_record_finds_its_column(record: type, table: Table) -> None:
    fields = {field.name for field in dataclasses.fields(record)}
    assert {RENAMED.get(name, name) for name in fields} <= set(table.column_names)
