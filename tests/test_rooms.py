"""Every file of a room conforms, is described, and has a test of its own."""

from pathlib import Path

import pytest

from flows.exports import all_exports
from flows.reading.landed import SAMPLE_SIZE
from flows.sources.base import FileSource, all_sources
from models.shares import HIDDEN_REASON, small_cells_of, tells_of_people
from transforms.cells import family_of
from transforms.marts import all_marts

ROOT = Path(__file__).parent.parent
ROOMS = ("flows", "transforms", "models")
UNTESTED = {
    "flows/dashboard/rows.py": "tested through the sections",
    "flows/dashboard/view.py": "declarations",
    "flows/settings/operating.py": "declarations",
    "flows/settings/publishing.py": "declarations",
    "flows/sharding/base.py": "declarations",
    "flows/sharding/here.py": "tested through the flow that classifies",
    "flows/engines/base.py": "declarations",
    "flows/changing/candidate.py": "tested through the flows that try and promote models",
    "flows/changing/judged.py": "tested through the flow that tries models",
    "flows/changing/pace.py": "tested through the flow that tries models",
    "flows/changing/page.py": "tested through the flow that tries models",
    "flows/changing/report.py": "tested through the flow that tries models",
    "flows/changing/trial.py": "tested through the flow that tries models",
    "flows/changing/window.py": "tested through the flow that tries models",
    "flows/commands/changing.py": "tested through the command line",
    "flows/commands/looking.py": "tested through the command line",
    "flows/commands/model.py": "tested through the command line",
    "flows/commands/privacy.py": "tested through the command line",
    "flows/commands/review.py": "tested through the command line",
    "flows/commands/stages.py": "tested through the command line",
    "flows/commands/terminal.py": "tested through the command line",
    "flows/access.py": "tested through the erase flow",
    "flows/storing/tally.py": "tested through what is gone and the refine flow",
    "flows/storing/erased.py": "tested through the erase flow",
    "flows/erasing/objects.py": "tested through the files that a person is taken out of",
    "flows/erasing/person.py": "tested through the erase flow",
    "flows/erasing/proof.py": "tested through the erase flow",
    "flows/erasing/rows.py": "tested through the files that a person is taken out of",
    "flows/erasing/stored.py": "tested through the erase flow",
    "flows/erasing/traces.py": "tested through the files that a person is taken out of",
    "flows/keys/landing.py": "tested through the keys and the refine flow",
    "transforms/redaction/name_words.py": "words, tested through the names",
    "transforms/redaction/span.py": "declarations",
    "flows/exports/base.py": "declarations",
    "models/answers.py": "tested through the encoder",
    "flows/publishing/publication.py": "declarations",
    "flows/running/progress.py": "shows a bar to a person; in Prefect, tested with the backfill",
    "flows/running/quiet.py": "tested through the command line",
    "flows/landing/receive.py": "tested through the ingest flow",
    "flows/running/report.py": "tested through every flow",
    "flows/running/retry.py": "tested through the warehouse and the flows",
    "flows/storing/domains.py": "tested through the segments, which are made of them",
    "flows/landing/stream_entries.py": "tested through the archives",
    "flows/landing/unpacking.py": "tested through the archives",
    "flows/landing/zip_entries.py": "tested through the archives",
    "flows/reviewing/drawing.py": "tested through the flow that writes sheets",
    "flows/reviewing/layout.py": "declarations",
    "flows/reviewing/stored.py": "tested through the flows of reviews",
    "flows/reviewing/told.py": "tested through the flow that takes sheets in",
    "flows/reviewing/words.py": "declarations",
    "models/findings.py": "tested through the expectations",
    "models/gate.py": "declarations",
    "models/canonical.py": "declarations, tested with the tables they become",
    "transforms/estimates/evidence.py": "declarations",
    "transforms/estimates/questions.py": "tested through the shares",
    "models/errors.py": "declarations",
    "transforms/derived.py": "declarations",
    "models/hosts.py": "declarations",
    "models/windows.py": "tested through the encoder",
    "flows/fetching/page.py": "declarations",
    "flows/reading/landed.py": "declarations",
    "flows/reading/instagram_objects.py": "tested through the interface and its saved answers",
    "flows/reading/wordpress_objects.py": "tested through the interface and its saved answers",
    "flows/sources/base.py": "tested through the flows and below",
    "flows/reading/table_types.py": "declarations",
}
"""Files without a test file of their own, and where they are tested."""


SAMPLES = (ROOT / "data" / "samples", ROOT / "tests" / "flows" / "sources" / "samples")


def samples() -> list[Path]:
    return sorted(
        path for folder in SAMPLES for path in folder.iterdir() if path.suffix not in (".md", "")
    )


def modules() -> list[str]:
    return sorted(
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
        and not path.is_relative_to(ROOT / "models" / "tables")
        and not path.is_relative_to(ROOT / "models" / "training")
    )


@pytest.mark.parametrize("module", modules())
def test_every_module_has_a_test_of_its_own_or_a_reason(module: str) -> None:
    path = Path(module)
    test = ROOT / "tests" / path.parent / f"test_{path.stem}.py"
    assert test.exists() != (module in UNTESTED)


@pytest.mark.parametrize("module", modules())
def test_every_module_opens_with_a_sentence(module: str) -> None:
    assert (ROOT / module).read_text(encoding="utf-8").startswith('"""')


@pytest.mark.parametrize("name", all_marts())
def test_every_mart_has_a_test_and_described_columns(name: str) -> None:
    assert (ROOT / "tests" / "transforms" / "marts" / f"test_{name}.py").exists()
    assert all(len(column.about) > 5 for column in all_marts()[name].table.columns)


@pytest.mark.parametrize("name", all_marts())
def test_every_mart_says_whose_comments_it_counts_or_why_it_needs_not(name: str) -> None:
    table = all_marts()[name].table
    declared = small_cells_of(table)
    if not declared.exempt:
        names = set(table.column_names)
        assert {*declared.cell, *declared.open, declared.authors, HIDDEN_REASON.name} <= names
        assert all(c.optional for c in table.columns if tells_of_people(c, declared))
        assert family_of(table)
    else:
        assert len(declared.exempt) > 20


def test_the_room_of_sources_holds_nothing_else() -> None:
    files = {path.stem for path in (ROOT / "flows" / "sources").glob("*.py")}
    assert files == {"__init__", "base", *all_sources()}


@pytest.mark.parametrize("source", all_sources().values(), ids=all_sources())
def test_every_source_says_what_it_is_and_how_to_get_it(source: object) -> None:
    assert len(source.about) > 20  # type: ignore[attr-defined]
    assert len(source.how_to_get) > 40  # type: ignore[attr-defined]


def test_every_source_recognises_a_sample_of_its_own() -> None:
    from flows.sources.base import recognise

    found = {source.name for path in samples() if (source := recognise(path))}
    assert found == set(all_sources())


@pytest.mark.parametrize("sample", samples(), ids=lambda path: path.name)
def test_no_sample_is_claimed_by_two_sources(sample: Path) -> None:
    content = sample.read_bytes()[:SAMPLE_SIZE]
    claims = [
        source.name
        for source in all_sources().values()
        if not source.is_generic and source.recognise(content)
    ]
    assert len(claims) <= 1
    if sample.parent.name == "samples" and sample.stem in all_sources():
        assert claims == [sample.stem] or sample.parents[1].name == "data"


@pytest.mark.parametrize(
    "source", [s for s in all_sources().values() if not s.is_generic], ids=lambda s: s.name
)
def test_every_source_has_a_page_for_people(source: FileSource) -> None:
    page = ROOT / "docs" / "sources" / f"{source.name}.md"
    assert len(page.read_text(encoding="utf-8").splitlines()) > 8


def test_generic_sources_are_asked_last() -> None:
    generic = [source.is_generic for source in all_sources().values()]
    assert generic == sorted(generic)


@pytest.mark.parametrize("export", all_exports(), ids=lambda export: export.name)
def test_every_export_has_a_test(export: object) -> None:
    name = export.name  # type: ignore[attr-defined]
    assert (ROOT / "tests" / "flows" / "exports" / f"test_{name}.py").exists()
