"""A few damaged files of every sample; many more: `python -m benchmarks.fuzz`."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzzing.patience import impatient
from benchmarks.fuzzing.readers import SLOW, read, samples, source_of
from benchmarks.fuzzing.structure import damaged
from flows.sources.base import all_sources

QUICK = [path for path in samples() if path.suffix not in SLOW]


@pytest.mark.parametrize("path", QUICK, ids=lambda path: path.name)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_a_damaged_file_raises_nothing_hangs_never_and_loses_no_record(
    path: Path, chance: object, tmp_path: Path
) -> None:
    content = damaged(chance, path.read_bytes(), path.suffix)  # type: ignore[arg-type]
    with impatient():
        read(content, source_of(path), path.name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False))
def test_so_do_many_damaged_files(path: Path, chance: object, tmp_path: Path) -> None:
    content = damaged(chance, path.read_bytes(), path.suffix)  # type: ignore[arg-type]
    with impatient():
        read(content, source_of(path), path.name, tmp_path)


VALUE = re.compile(r'"\s*:\s*("(?:[^"\\]|\\.)*"|\d+|true|false|null)')
"""Of a field; no object and no list."""

JSON = [path for path in samples() if path.suffix in (".json", ".jsonl", ".js")]


@pytest.mark.parametrize("path", JSON, ids=lambda path: path.name)
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    depth=st.integers(100, 1100),
    tower=st.sampled_from([("[", "]"), ('{"a":', "}")]),
    where=st.floats(0, 1, exclude_max=True),
)
def test_a_value_that_is_nested_deep_keeps_no_file_out(
    path: Path, depth: int, tower: tuple[str, str], where: float, tmp_path: Path
) -> None:
    content = path.read_text(encoding="utf-8")
    values = list(VALUE.finditer(content))
    value = values[int(where * len(values))]
    deep = tower[0] * depth + "1" + tower[1] * depth
    bent = content[: value.start(1)] + deep + content[value.end(1) :]
    read(bent.encode(), source_of(path), path.name, tmp_path)


def test_every_source_is_damaged() -> None:
    assert {source_of(path).name for path in samples()} == set(all_sources())


JSON_LINES = [path for path in samples() if path.suffix == ".jsonl"]


@pytest.mark.parametrize("path", JSON_LINES, ids=lambda path: path.name)
@given(where=st.integers(0, 10_000), noise=st.binary(max_size=40))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_line_that_is_no_json_is_told_of_and_costs_no_other_line(
    path: Path, where: int, noise: bytes, tmp_path: Path
) -> None:
    lines = path.read_bytes().splitlines()
    place = 1 + where % len(lines)
    noisy = b"{" + noise.replace(b"\n", b"").replace(b"\r", b"").replace(b"}", b"")
    spoilt = [*lines[:place], noisy, *lines[place:]]
    source = source_of(path)
    whole = read(b"\n".join(lines), source, path.name, tmp_path)
    found = read(b"\n".join(spoilt), source, path.name, tmp_path)
    assert found["comments"] == whole["comments"]
    assert found["rejected"] == whole["rejected"] + 1
