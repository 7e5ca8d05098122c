"""What is imported is declared, what is needed is pinned, and an audit that fails says so."""

import ast
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks import audit

ROOT = Path(__file__).parents[2]
OWN = {"flows", "transforms", "models", "benchmarks", "tests"}
OPTIONAL = {"torch", "sklearn"}
"""Of the extra `train`."""


def imported() -> set[str]:
    """Names of the modules of others that the project's files import, at their top or late."""
    found = set()
    for room in sorted(OWN):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - OWN - OPTIONAL


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["dev"], *extras["dask"], *extras["lake"]]
    return {str(canonicalize_name(Requirement(line).name)) for line in lines}


def local_modules() -> set[str]:
    return {path.stem for path in (ROOT / "tests").rglob("*.py")}


def test_everything_imported_is_declared() -> None:
    providers = metadata.packages_distributions()
    undeclared = {
        module
        for module in imported() - local_modules()
        if not {str(canonicalize_name(name)) for name in providers.get(module, ())} & declared()
    }
    assert undeclared == set()


def test_everything_needed_is_pinned_exactly() -> None:
    needed = audit.needed_distributions("resonanz", frozenset({"dev"}))
    known = audit.pins(audit.CONSTRAINTS.read_text(encoding="utf-8"))
    assert len(needed) > 100
    assert set(needed) - set(known) == set()
    assert list(audit.faults_of_pins(audit.CONSTRAINTS.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("line", ["a>=1", "a", "a~=1.0", "a==1.*", "a @ https://x/a.whl", "-e ."])
def test_a_line_that_is_no_exact_pin_is_told(line: str) -> None:
    (fault,) = audit.faults_of_pins(f"# x\nb==1.0\n{line}\n")
    assert fault.startswith("constraints.txt, line 3")


def test_what_is_missing_unpinned_or_of_another_version_is_told() -> None:
    needed = {"a": "1.0", "b": "2.0", "c": "1.0", "d": None}
    told = list(audit.unpinned(needed, {"a": "1.0", "b": "1.0"}))
    assert [line.split("`")[1] for line in told] == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        (0, "No known vulnerabilities found", audit.OK),
        (1, "Found 2 known vulnerabilities in 1 package\nfoo 1.0 GHSA-x", audit.WRONG),
        (1, "ConnectionError: HTTPSConnectionPool: Max retries exceeded", audit.NOT_ASKED),
        (1, "No module named pip_audit", audit.NOT_ASKED),
        (1, "", audit.NOT_ASKED),
        (0, "", audit.NOT_ASKED),
    ],
)
def test_only_an_answer_counts_as_one(
    code: int, said: str, expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.judged(code, said) == expected
    assert ("NOT ASKED" in capsys.readouterr().out) == (expected == audit.NOT_ASKED)


def test_every_dependency_tells_its_licence() -> None:
    silent = {"does not say", "not installed"}
    needed = audit.needed_distributions("resonanz", frozenset())
    assert {name for name in needed if audit.licence_of(name) in silent} <= set()
