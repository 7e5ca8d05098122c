"""The benchmarks themselves: they say how to be used, and what they add up is right."""

import importlib
from pathlib import Path

import pytest

import benchmarks
from benchmarks import graph, throughput
from benchmarks.graph_answers import Written
from benchmarks.measure import Run, summary
from benchmarks.workplace import Workplace

SCRIPTS = (
    "classification",
    "command_line",
    "coverage",
    "graph",
    "peers",
    "publishing",
    "scale",
    "second_run",
    "sharding",
    "throughput",
)
README = Path(str(benchmarks.__file__)).with_name("README.md")


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_tells_the_question_and_the_common_options(name, capsys):
    script = importlib.import_module(f"benchmarks.{name}")
    with pytest.raises(SystemExit) as ended:
        script.main(["--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert str(script.__doc__).split()[0] in shown
    assert all(option in shown for option in ("--json", "--quick", "--repeats"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_readme_describes_it(name):
    assert f"benchmarks.{name}" in README.read_text(encoding="utf-8")


def run_of(wall_s: float, peak_mb: float = 0.0) -> Run:
    return Run(wall_s, wall_s, 0.0, peak_mb, "")


def test_throughput_takes_off_one_start_a_process_and_the_labels():
    runs = {"empty flow": [run_of(2, 100)], "one process": [run_of(20, 900)]}
    runs |= {"ingest": [run_of(3)], "refine": [run_of(7, 800)], "publish": [run_of(8)]}
    parts = [{"labels": {"wall_s": 5.0, "user_s": 4.0, "system_s": 0.0}}]
    lines = {line.name: line for line in throughput.report(runs, parts)}
    assert lines["sum of stages"].wall_s == 18
    assert lines["sum of stages"].peak_mb == 800
    assert lines["sum without Prefect's start"].wall_s == 12
    assert (lines["one process"].wall_s, lines["one process"].user_s) == (15, 16)
    assert lines["one process without Prefect's start"].wall_s == 13


@pytest.mark.parametrize(("count", "judged"), [(100_000, True), (10_000, False)])
def test_limits_are_judged_only_at_the_promised_size(count, judged):
    line = throughput.Line("sum of stages", 31.0, None, None, 1.0, 1.0, 500.0, is_judged=True)
    shown = throughput.shown([line], count)
    assert ("FAIL (< 30)" in shown) is judged
    assert ("pass (< 2000)" in shown) is judged


@pytest.mark.parametrize(("size", "judged"), [(100_000_000, True), (5_000_000, False)])
def test_graph_adds_up_both_stages_and_judges_the_promised_size(size, judged):
    runs = {"empty flow": run_of(5, 200), "ingest": run_of(8, 300), "refine": run_of(40, 1_100)}
    medians = [summary(name, [run]) for name, run in runs.items()]
    *_, total = graph.shown(Written(10, 100, size), medians).splitlines()
    assert [total.split()[3].split(".")[0], total.split()[6]] == ["48", "1,100"]
    assert ("pass (< 60)" in total) is judged
    assert ("FAIL (< 1000)" in total) is judged


def test_a_workplace_keeps_the_users_own_settings_out(tmp_path, monkeypatch):
    monkeypatch.setenv("RESONANZ_AUTHOR_KEY", "mine")
    monkeypatch.setenv("PREFECT_API_URL", "http://mine")
    environment = Workplace(tmp_path).environment
    assert not {"RESONANZ_AUTHOR_KEY", "PREFECT_API_URL"} & set(environment)
    assert environment["RESONANZ_PATHS__DATA"] == str(tmp_path / "data")
    assert environment["PREFECT_HOME"] == str(tmp_path / "prefect")
