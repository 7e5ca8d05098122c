from collections.abc import Iterator
from concurrent.futures import Future

import polars as pl
import pytest

from flows.sharding.base import Crew
from flows.sharding.reading import read_all
from models.errors import TryAgain
from models.tables.label import LABEL
from transforms.classify import Answers


def shard(*hashes: str) -> pl.DataFrame:
    ids = [f"c{place}" for place in range(len(hashes))]
    return pl.DataFrame({"comment_id": ids, "input_hash": list(hashes)})


def hashes(found: pl.DataFrame) -> list[str]:
    return found["input_hash"].to_list()


class ScriptedCrew:
    """Gets shards ready as a script says: at each further one that it is given, these."""

    def __init__(self, *ready: tuple[int, ...]) -> None:
        self.ready = ready
        self.given: list[list[str]] = []
        self.futures: list[Future[Answers]] = []

    def submit(self, inputs: pl.DataFrame) -> Future[Answers]:
        self.given.append(hashes(inputs))
        self.futures.append(Future())
        for place in self.ready[len(self.given) - 1]:
            self.futures[place].set_result(Answers(LABEL.empty()))
        return self.futures[-1]


def test_shards_come_back_in_the_order_in_which_they_get_ready() -> None:
    crew = ScriptedCrew((), (1,), (0, 2))
    coming = read_all(iter([shard("a"), shard("b"), shard("c")]), Crew(2, crew.submit))
    found = [hashes(each) for each, _ in coming]
    assert found[0] == ["b"]
    assert sorted(found[1:]) == [["a"], ["c"]]


def test_no_more_shards_are_taken_than_the_crew_may_have() -> None:
    taken: list[str] = []

    def shards() -> Iterator[pl.DataFrame]:
        for name in "abcdefghi":
            taken.append(name)
            yield shard(name)

    crew = ScriptedCrew(*((place,) for place in range(9)))
    found = 0
    for _ in read_all(shards(), Crew(3, crew.submit)):
        found += 1
        assert len(taken) - found < 3
    assert found == 9


def test_of_equal_inputs_one_is_read_and_all_come_back() -> None:
    crew = ScriptedCrew((0,))
    [(found, _)] = read_all(iter([shard("a", "a", "b")]), Crew(1, crew.submit))
    assert crew.given == [["a", "b"]]
    assert hashes(found) == ["a", "a", "b"]


def test_a_crew_that_is_gone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.sharding.reading.LOOK_AFTER_SECONDS", 0.01)

    def look() -> None:
        raise TryAgain("all gone")

    with pytest.raises(TryAgain, match="all gone"):
        list(read_all(iter([shard("a")]), Crew(1, ScriptedCrew(()).submit, look)))


def test_an_error_of_a_worker_is_raised() -> None:
    broken: Future[Answers] = Future()
    broken.set_exception(TryAgain("no network"))
    with pytest.raises(TryAgain, match="no network"):
        list(read_all(iter([shard("a")]), Crew(1, lambda inputs: broken)))
