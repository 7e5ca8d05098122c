from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.reviewing.plan import Order, planned
from flows.settings import load_settings
from models.errors import GiveUp

SUNDAY_NIGHT = datetime(2025, 11, 9, 23, 30, tzinfo=UTC)
"""It is Monday, 10 November, in Berlin."""


def test_without_days_it_is_the_last_full_week_where_numbers_are_reported() -> None:
    plan = planned(Order(), load_settings(), SUNDAY_NIGHT)
    assert (plan.first_day, plan.last_day) == (date(2025, 11, 3), date(2025, 11, 9))
    assert plan.name == "2025-W45"


def test_at_the_turn_of_the_year_the_week_has_its_iso_name() -> None:
    plan = planned(Order(), load_settings(), datetime(2026, 1, 5, 8, tzinfo=UTC))
    assert (plan.name, plan.first_day) == ("2026-W01", date(2025, 12, 29))


def test_heads_are_asked_in_the_order_of_the_sheet_and_readers_once() -> None:
    order = Order(heads=("toxic", "sentiment"), reviewers=("anna", "anna"), audit=0)
    plan = planned(order, load_settings(), SUNDAY_NIGHT)
    assert [question.head for question in plan.questions] == ["sentiment", "toxic"]
    assert plan.reviewers == ("anna",)
    assert plan.audit == 0


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"first_day": date(2025, 11, 1)}, "give both `--from` and `--to`"),
        (
            {"first_day": date(2025, 11, 2), "last_day": date(2025, 11, 1)},
            "ends on 2025-11-01, before it begins on 2025-11-02",
        ),
        ({"name": "../x"}, "`../x` can't be part of a file's name"),
        ({"reviewers": ("Anna M",)}, "`Anna M` can't be part"),
    ],
)
def test_an_order_that_can_not_be_met_is_told(order: dict[str, object], message: str) -> None:
    with pytest.raises(GiveUp, match=message):
        planned(Order(**order), load_settings(), SUNDAY_NIGHT)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["Geld", "keines davon"])
def test_two_topics_may_not_read_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    taxonomy = tmp_path / "taxonomy.toml"
    taxonomy.write_text(f'[a]\nde = "Geld"\nof = []\n[b]\nde = "{name}"\nof = []\n', "utf-8")
    monkeypatch.setenv("RESONANZ_CLASSIFY__TAXONOMY", str(taxonomy))
    with pytest.raises(GiveUp, match=f"gives two topics the answer `{name}`"):
        planned(Order(), load_settings(), SUNDAY_NIGHT)
