import pytest

from models.questions import Language
from transforms.periods import month_told, week_told


@pytest.mark.parametrize(
    ("week", "language", "told"),
    [
        ("2025-W48", "de", "KW 48 (24.11. bis 30.11.2025)"),
        ("2025-W48", "en", "week 48 (24 Nov to 30 Nov 2025)"),
        ("2025-W40", "de", "KW 40 (29.09. bis 05.10.2025)"),
        ("2026-W01", "de", "KW 1 (29.12.2025 bis 04.01.2026)"),
        ("2026-W01", "en", "week 1 (29 Dec 2025 to 4 Jan 2026)"),
        ("2020-W53", "en", "week 53 (28 Dec 2020 to 3 Jan 2021)"),
    ],
)
def test_a_week_is_told_with_its_first_day_and_its_last(
    week: str, language: Language, told: str
) -> None:
    assert week_told(week, language) == told


def test_a_month_is_told_by_its_name() -> None:
    assert month_told("2025-03", "de") == "März 2025"
    assert month_told("2025-12", "en") == "December 2025"
