"""The documentation says what the code does."""

import re
from pathlib import Path

import duckdb
import pytest

from flows.cli import cli
from flows.dictionary import as_contract, as_markdown
from flows.exports.analyst_copy import EXPORT, FILE_NAME
from flows.publishing.publication import Publication
from flows.settings import Settings
from transforms.marts import published_tables

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_page_of_tables_is_what_the_contracts_render() -> None:
    written = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert written == as_markdown() + "\n", "run `make docs`"


def test_what_readers_may_rely_on_is_written_down_and_kept() -> None:
    written = (ROOT / "docs" / "contract.json").read_text(encoding="utf-8")
    assert as_contract(written) + "\n" == written, "run `make docs`"


@pytest.mark.parametrize("command", cli.commands)
def test_the_readme_names_every_command(command: str) -> None:
    assert f"resonanz {command}" in README


@pytest.mark.parametrize("name", published_tables())
def test_the_readme_names_every_published_table(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("page", [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")], ids=str)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_the_settings_file_names_every_knob() -> None:
    text = (ROOT / "settings.toml").read_text(encoding="utf-8")
    for concern, field in Settings.model_fields.items():
        assert f"[{concern}" in text
        for knob in field.annotation.model_fields:  # type: ignore[union-attr]
            assert re.search(rf"^(# )?(\[+{concern}\.)?{knob}\b", text, re.MULTILINE), knob


def recipes() -> list[str]:
    cookbook = (ROOT / "docs" / "sql-cookbook.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sql\n(.*?)```", README + cookbook, re.DOTALL)
    return [query.strip() for block in blocks for query in block.split(";") if query.strip()]


@pytest.mark.parametrize("query", recipes(), ids=lambda query: query.splitlines()[0])
def test_the_questions_of_readme_and_cookbook_can_be_asked(query: str, tmp_path: Path) -> None:
    nothing = {table: table.empty() for table in published_tables().values()}
    EXPORT.write(Publication(nothing), tmp_path)
    with duckdb.connect(tmp_path / FILE_NAME, read_only=True) as connection:
        connection.execute(query)
