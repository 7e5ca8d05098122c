"""Every sample, cut anywhere: what was whole comes out as it was, and what was not is told."""

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reading.landed import SAMPLE_SIZE
from flows.sources.base import FileSource, all_sources, recognise
from models.canonical import Record, Rejected
from tests.cut_files import SAMPLES, reader

SHIPPED = Path(__file__).parents[3] / "data" / "samples"
FILES = sorted(
    path
    for folder in (SHIPPED, SAMPLES)
    for path in folder.iterdir()
    if path.suffix not in (".md", "")
)

READ_WHOLE = frozenset({".xlsx", ".xls", ".parquet"})
"""Files that say at their end what stands where: of a cut one nothing can be had."""

LINES = frozenset({".csv", ".jsonl"})
"""Files that may end with any of their lines: that others are missing can't be seen."""

TOLD_LATER = {
    "commento_export": ("author_name", "email_domain", "is_owner"),
    "hackernews_file": ("post_native_id", "parent_native_id", "is_owner"),
    "x_archive": ("post_native_id", "parent_native_id"),
}
"""What a reader leaves open because the end of the file, which tells it, is missing."""

AT_LEAST = 0.5
"""Of its records, a file whose last tenth is cut off still gives as many."""

TREES = frozenset({"hackernews_api", "bluesky_api", "discourse_api", "mastodon_api", "x_api"})
"""Sources with few landed pages in the sample, of which the last holds most of the records."""


def source_of(path: Path) -> FileSource:
    source = recognise(path)
    assert source is not None
    return source


def told(records: list[Record], source: FileSource) -> list[Record]:
    """Records without positions, and without what a cut file can't tell."""
    later = TOLD_LATER.get(source.name, ())
    return [
        replace(
            record,
            position=0,
            **{one.name: one.default for one in fields(record) if one.name in later},
        )
        for record in records
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@settings(max_examples=25, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_gives_what_was_whole_and_at_most_one_rejection(
    path: Path, where: float
) -> None:
    content, source = path.read_bytes(), source_of(path)
    length = int(where * len(content))
    records_of = reader(source, path.name)
    whole, cut = (told(records_of(part), source) for part in (content, content[:length]))
    intact = [record for record in cut if record in whole]
    rest = [record for record in cut if record not in whole]
    assert intact == whole[: len(intact)]
    assert all(isinstance(record, Rejected) for record in rest)
    assert len(rest) <= 1
    if path.suffix not in LINES:
        is_known = source.recognise(content[: min(length, SAMPLE_SIZE)])
        assert rest or len(intact) == len(whole) or not is_known


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_without_its_last_tenth_gives_most_of_its_records(path: Path) -> None:
    source = source_of(path)
    if path.suffix in READ_WHOLE or source.name in TREES:
        pytest.skip("what it holds can't be read without its end")
    content = path.read_bytes()
    records_of = reader(source, path.name)
    whole, cut = (
        told(records_of(part), source) for part in (content, content[: len(content) * 9 // 10])
    )
    assert sum(record in whole for record in cut) >= AT_LEAST * len(whole)


def test_every_source_of_files_has_a_sample_here() -> None:
    assert {source_of(path).name for path in FILES} == set(all_sources())
