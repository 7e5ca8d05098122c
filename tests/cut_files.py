"""What tests of file sources share: bytes in, records out; and what a cut file may say."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.base import FileSource, all_sources
from models.canonical import Record, Rejected

FIXTURES = Path(__file__).parents[2] / "shared" / "fixtures"
SAMPLES = Path(__file__).parent / "flows" / "sources" / "samples"
RECEIVED = datetime(2025, 12, 1, tzinfo=UTC)

RecordsOf = Callable[[bytes | str], list[Record]]


def reader(source: FileSource, name: str) -> RecordsOf:
    """What `source` makes of a file called `name` with the bytes given; a text is UTF-8."""

    def records_of(content: bytes | str) -> list[Record]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "landed"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            return list(source.read(LandedFile(path, name, RECEIVED), ReadingRules()))

    return records_of


def specific_sources(content: bytes) -> list[str]:
    """Names of the sources, but for the generic ones, that say the file is theirs."""
    return [
        source.name
        for source in all_sources().values()
        if not source.is_generic and source.recognise(content[:SAMPLE_SIZE])
    ]


def assert_a_cut_file_lies_not(records_of: RecordsOf, content: bytes, length: int) -> None:
    """The first `length` bytes give records of the whole file, in order, and one rejection."""
    whole = [replace(record, position=0) for record in records_of(content)]
    cut = [replace(record, position=0) for record in records_of(content[:length])]
    intact = [record for record in cut if record in whole]
    assert intact == whole[: len(intact)]
    rest = [record for record in cut if record not in whole]
    assert all(isinstance(record, Rejected) for record in rest)
    assert len(rest) <= 1
