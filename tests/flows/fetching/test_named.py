import re

import pytest

from flows.fetching.named import named
from models.errors import GiveUp

PAGE = re.compile(r"(?:https://example\.org/)?(\w+)")


@pytest.mark.parametrize("given", ["nordhafen", " nordhafen ", "https://example.org/nordhafen"])
def test_a_name_is_taken_as_it_is_or_out_of_an_address(given: str) -> None:
    assert named("page", given, PAGE, "a name") == "nordhafen"


@pytest.mark.parametrize("given", ["", "nord hafen", "https://example.com/nordhafen"])
def test_what_is_no_name_is_told_with_what_is_expected(given: str) -> None:
    with pytest.raises(GiveUp, match=r"the option `page` is `.*`, expected a name"):
        named("page", given, PAGE, "a name")
