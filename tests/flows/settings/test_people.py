from pathlib import Path

import pytest
from pydantic import ValidationError

from flows.settings.people import Audience, Segment


def test_a_domain_may_be_written_as_people_write_it() -> None:
    segment = Segment(name="staff", email_domains=("*.Nordhafen.example", "@it.example "))
    assert segment.email_domains == ("nordhafen.example", "it.example")


def test_what_is_no_domain_is_named() -> None:
    with pytest.raises(ValidationError, match="`nordhafen` is no domain"):
        Segment(name="staff", email_domains=("nordhafen",))


def test_a_rule_that_nobody_can_meet_is_refused() -> None:
    with pytest.raises(ValidationError, match="`staff` has no condition"):
        Segment(name="staff")


def test_every_domain_of_a_rule_is_known_once() -> None:
    rules = (
        Segment(name="staff", email_domains=("b.example", "a.example")),
        Segment(name="partners", email_domains=("a.example",)),
    )
    assert Audience(segments=rules).email_domains == ("a.example", "b.example")


def test_a_list_of_authors_lies_where_the_settings_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_HOME", str(tmp_path))
    rule = Segment(name="staff", authors_file=Path("staff.txt"))
    assert rule.list_file == tmp_path / "staff.txt"
