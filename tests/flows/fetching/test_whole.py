"""When a post is whole, and that nothing completes it when it is not."""

from collections.abc import Iterator

import pytest

from flows.fetching.page import Page
from flows.fetching.session import Absent
from flows.fetching.turning import InCircles
from flows.fetching.whole import Incomplete, Whole, reachable
from models.errors import GiveUp, ResonanzError


def parts(*names: str, error: ResonanzError | None = None) -> Iterator[Page]:
    yield from map(Page, names)
    if error:
        raise error


def told(pages: Iterator[Page]) -> list[tuple[str, str | None]]:
    return [(page.body, page.completes) for page in pages]


def test_the_last_page_of_a_whole_post_completes_it() -> None:
    assert told(Whole().completing("1", parts("a", "b"))) == [("a", None), ("b", "1")]
    assert told(Whole().completing("1", parts())) == []


@pytest.mark.parametrize("error", [Absent("gone"), Incomplete("less"), InCircles("round")])
def test_a_list_that_is_not_had_in_full_completes_nothing(error: ResonanzError) -> None:
    assert told(Whole().completing("1", parts("a", error=error))) == [("a", None)]
    assert [page.body for page in Whole().lists(parts("a", error=error))] == ["a"]


def test_one_list_that_is_missing_costs_itself_and_that_the_post_is_whole() -> None:
    whole = Whole()

    def pages() -> Iterator[Page]:
        yield Page("a")
        yield from whole.lists(parts("a.1", error=Absent("gone")))
        yield Page("b")

    found = told(whole.completing("1", pages()))
    assert found == [("a", None), ("a.1", None), ("b", None)]


def test_a_refusal_is_let_through_after_all_that_came() -> None:
    found: list[Page] = []
    with pytest.raises(GiveUp):
        found.extend(Whole().completing("1", parts("a", "b", error=GiveUp("no"))))
    assert [(page.body, page.completes) for page in found] == [("a", None), ("b", None)]


def test_of_a_list_whose_end_does_not_matter_what_can_be_had_is_taken() -> None:
    assert [page.body for page in reachable(parts("a", error=InCircles("round")))] == ["a"]
    with pytest.raises(Absent):
        list(reachable(parts("a", error=Absent("gone"))))
