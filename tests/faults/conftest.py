"""What tests of faults share: a folder for runs in this process, and what they should leave."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from flows.daily import daily
from flows.running.direct import without_prefect
from models.findings import Judgement
from tests.faults.rig import MOMENT, Rig, with_small_model
from tests.faults.state import State


class Place:
    """A data folder in which `daily` is run in this process, quickly."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    @property
    def data(self) -> Path:
        return self.rig.data

    def daily(self, as_of: datetime = MOMENT) -> None:
        """One run."""
        with without_prefect(), environment(self.rig.environment):
            daily(as_of=as_of)

    def state(self) -> State:
        """All that the runs have left."""
        return self.rig.state()


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    """Let the environment be `variables` and nothing else while the block runs."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of a checkpoint that is read in milliseconds."""
    return with_small_model(tmp_path_factory.mktemp("model"))


@contextmanager
def nobody_judging() -> Iterator[None]:
    """A gate that lets everything through: Great Expectations takes seconds for each publish."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.publishing.judging.judge", lambda suites: Judgement(()))
        yield


@pytest.fixture(autouse=True)
def quick_gate() -> Iterator[None]:
    """The same for each test here; other tests of the session have the real gate."""
    with nobody_judging():
        yield


@pytest.fixture(scope="session")
def undisturbed(small_model: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> State:
    """What a run leaves that nothing disturbs."""
    rig = Rig(tmp_path_factory.mktemp("undisturbed"), small_model)
    rig.fill()
    with nobody_judging():
        Place(rig).daily()
    return rig.state()


@pytest.fixture
def place(small_model: dict[str, str], tmp_path: Path) -> Place:
    """A data folder with a full inbox."""
    rig = Rig(tmp_path, dict(small_model))
    rig.fill()
    return Place(rig)
