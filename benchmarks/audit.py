"""Whether what is installed is what was pinned, and whether any of it has a known hole.

    python -m benchmarks.audit [--offline] [--licences]

Offline: every distribution that the project needs, down to the last, is installed in the version of
`constraints.txt`, and every line there is an exact pin. Then `pip-audit`, where it is installed,
asks the advisory database of the Python Packaging Authority. Exit code 0: asked, and nothing is
known. 1: something is wrong. 2: the database could not be asked, which proves nothing.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
CONSTRAINTS = ROOT / "constraints.txt"

PATIENCE = 120
"""Seconds that the advisory database may take."""

UNREACHABLE = re.compile(r"connection|resolve|timed? ?out|proxy|unreachable|ssl|max retries", re.I)
"""What pip-audit says when it could not ask, in words of the libraries below it."""

OK, WRONG, NOT_ASKED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was found; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--offline", action="store_true", help="compare with the pins only")
    parser.add_argument("--licences", action="store_true", help="list what is needed, by licence")
    options = parser.parse_args(arguments)
    needed = needed_distributions("resonanz", frozenset({"dev"}))
    if options.licences:
        for name in sorted(needed):
            print(f"{name:<32} {licence_of(name)}")
    faults = [*faults_of_pins(CONSTRAINTS.read_text(encoding="utf-8")), *unpinned(needed)]
    for fault in faults:
        print(fault)
    print(f"{len(needed)} distributions needed, {len(faults)} not as pinned")
    asked = OK if options.offline else ask_advisories()
    return WRONG if faults else asked


def faults_of_pins(text: str) -> Iterator[str]:
    """A sentence for each line of constraints that is no exact pin."""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.partition("#")[0].strip()
        if bare and not re.fullmatch(r"[\w.-]+==[\w.+!-]+(?: ;.+)?", bare):
            yield f"constraints.txt, line {number}: `{bare}`, expected `name==version`"


def pins(text: str) -> dict[str, str]:
    """Name -> version of the lines of constraints that apply to this Python and system."""
    found = {}
    for line in text.splitlines():
        bare = line.partition("#")[0].strip()
        if not bare:
            continue
        requirement = Requirement(bare)
        if requirement.marker is None or requirement.marker.evaluate():
            found[canonicalize_name(requirement.name)] = str(requirement.specifier).lstrip("=")
    return {str(name): version for name, version in found.items()}


def needed_distributions(name: str, extras: frozenset[str]) -> dict[str, str | None]:
    """Name -> installed version of all that `name` needs, however far down; None: not installed."""
    found: dict[str, str | None] = {}
    waiting: list[tuple[str, frozenset[str]]] = [(str(canonicalize_name(name)), extras)]
    seen = set()
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        try:
            distribution = metadata.distribution(here[0])
        except metadata.PackageNotFoundError:
            found[here[0]] = None
            continue
        found[here[0]] = distribution.version
        waiting += requirements(distribution.requires or (), here[1])
    found.pop(str(canonicalize_name(name)), None)
    return found


def requirements(
    lines: Sequence[str], extras: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """The requirements among `lines` that apply here, with the extras they ask for."""
    for line in lines:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield str(canonicalize_name(requirement.name)), frozenset(requirement.extras)


def unpinned(
    needed: Mapping[str, str | None], constraints: Mapping[str, str] | None = None
) -> Iterator[str]:
    """A sentence for each needed distribution that is missing, unpinned or of another version."""
    known = pins(CONSTRAINTS.read_text(encoding="utf-8")) if constraints is None else constraints
    for name, version in sorted(needed.items()):
        if version is None:
            yield f"`{name}` is needed and not installed; run `make install`"
        elif name not in known:
            yield f"`{name}` {version} is needed and not pinned; run `make constraints`"
        elif known[name] != version:
            yield f"`{name}` is {version}, expected {known[name]}; run `make install`"


def licence_of(name: str) -> str:
    """What a distribution says of its licence: its SPDX expression, else its classifier."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "not installed"
    classifiers = [line for line in about.get_all("Classifier") or () if "License ::" in line]
    fields = ("License-Expression", *(() if classifiers else ("License",)))
    said = next((about[field] for field in fields if field in about), (classifiers or [""])[0])
    lines = said.rpartition("::")[2].strip().splitlines()
    return lines[0] if lines else "does not say"


def ask_advisories() -> int:
    """Ask the advisory database by pip-audit; say so where that can't be done."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(CONSTRAINTS)]
    try:
        done = subprocess.run(
            [*command, "--no-deps", "--disable-pip", "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        print(f"NOT ASKED: the advisory database did not answer within {PATIENCE} s")
        return NOT_ASKED
    return judged(done.returncode, done.stdout + done.stderr)


def judged(code: int, said: str) -> int:
    """What an answer of pip-audit means; prints it."""
    if "No module named pip_audit" in said:
        print("NOT ASKED: `pip-audit` is not installed; `pip install pip-audit`, then again")
        return NOT_ASKED
    if "known vulnerabilit" in said:
        print(said.strip())
        return OK if code == 0 else WRONG
    if UNREACHABLE.search(said) or code != 0:
        last = (said.strip().splitlines() or ["it said nothing"])[-1]
        print(f"NOT ASKED: the advisory database can't be reached: {last}")
        return NOT_ASKED
    print("NOT ASKED: pip-audit ended without a verdict")
    return NOT_ASKED


if __name__ == "__main__":
    sys.exit(main())
