"""Damaged files and odd texts that a fuzzer finds by watching which lines they reach (atheris).

    pip install atheris; python -m benchmarks.guided TARGET [-max_total_time=600] [FOLDER]

`benchmarks.fuzz` knows formats and bends them; this knows nothing and learns. It pays where our own
code takes bytes apart (`csv`, `json`, `xml`, `encodings`); readers above them need the formats.
Atheris is an optional tool with a compiler inside, not a dependency: without it this says so.
"""

import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

Target = Callable[[bytes], object]


def by_source(name: str) -> Target:
    """The reader of a source, with what it yields read to its end."""
    readers = importlib.import_module("benchmarks.fuzzing.readers")
    base = importlib.import_module("flows.sources.base")
    source, folder = base.all_sources()[name], Path(tempfile.mkdtemp())
    return lambda content: readers.read(content, source, "x", folder, thoroughly=False)


def by_rows(content: bytes) -> None:
    """The rows of a CSV file."""
    encodings = importlib.import_module("flows.reading.encodings")
    rows = importlib.import_module("flows.reading.csv_rows")
    broken = importlib.import_module("flows.reading.table_types").BrokenTable
    try:
        list(rows.csv_table(*encodings.decoded_lines(content)).rows)
    except broken:
        return  # its reader says so


def by_text(name: str) -> Target:
    """What is done with texts."""
    texts = importlib.import_module("benchmarks.fuzzing.texts")
    return lambda content: texts.TARGETS[name](content.decode("utf-8", "surrogateescape"))


TARGETS: dict[str, Callable[[], Target]] = {
    "csv": lambda: by_rows,
    "json": lambda: by_source("hackernews_file"),
    "xml": lambda: by_source("wordpress_wxr"),
    "redact": lambda: by_text("redact"),
    "plain_text": lambda: by_text("plain_text"),
}


def main() -> None:
    """Fuzz the target that is named; ends with a traceback and the input at the first crash."""
    name = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if name not in TARGETS:
        sys.exit(f"expected one of {', '.join(TARGETS)}, found `{name}`")
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        sys.exit("`atheris` is not installed; `pip install atheris`, then again")
    with atheris.instrument_imports(include=["flows.reading", "flows.sources", "transforms"]):
        target = TARGETS[name]()
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
