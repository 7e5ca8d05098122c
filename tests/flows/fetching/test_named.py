import re

import pytest

from flows.fetching.named import named, named_all
from models.errors import GiveUp

PAGE = re.compile(r"(?:https://example\.org/)?(\w+)")


@pytest.mark.parametrize("given", ["nordhafen", " nordhafen ", "https://example.org/nordhafen"])
def test_a_name_is_taken_as_it_is_or_out_of_an_address(given: str) -> None:
    assert named("page", given, PAGE, "a name") == "nordhafen"


@pytest.mark.parametrize("given", ["", "nord hafen", "https://example.com/nordhafen"])
def test_what_is_no_name_is_told_with_what_is_expected(given: str) -> None:
    with pytest.raises(GiveUp, match=r"the option `page` is `.*`, expected a name"):
        named("page", given, PAGE, "a name")


def test_of_a_list_each_is_taken_once_and_in_its_order() -> None:
    listed = "b, https://example.org/a ,,a,b"
    assert named_all("pages", listed, PAGE, "names") == ["b", "a"]
    assert named_all("pages", " ", PAGE, "names") == []


def test_one_wrong_name_in_a_list_is_told() -> None:
    with pytest.raises(GiveUp, match=r"the option `pages` is `nord hafen`, expected names"):
        named_all("pages", "a, nord hafen", PAGE, "names")
