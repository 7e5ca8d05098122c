import pytest

from flows.dashboard.story import is_link


@pytest.mark.parametrize(
    ("address", "answer"),
    [("https://e.org", True), ("javascript:alert(1)", False), ("data:text/html,x", False)],
)
def test_a_script_is_no_link(address: str, answer: bool) -> None:
    assert is_link(address) == answer
