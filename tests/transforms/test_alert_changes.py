from datetime import date

import polars as pl

from transforms.alert_changes import alert_changes
from transforms.marts.change_weekly import MART

Alert = tuple[str, date, str, bool]


def changes(*rows: Alert) -> pl.DataFrame:
    """Rows of `change_weekly`: (week, its Monday, label, whether it is an alert)."""
    told = [
        {
            "scope": "channel",
            "item": "x",
            "week": week,
            "week_start": monday,
            "head": "sentiment",
            "label": label,
            "is_alert": is_alert,
        }
        for week, monday, label, is_alert in rows
    ]
    return pl.DataFrame(told, schema=MART.table.schema())


MONDAY, BEFORE = date(2025, 11, 3), date(2025, 10, 6)


def test_alerts_of_one_side_alone_are_new_or_gone() -> None:
    before = changes(("W45", MONDAY, "negative", True), ("W45", MONDAY, "neutral", True))
    after = changes(("W45", MONDAY, "negative", True), ("W45", MONDAY, "positive", True))
    found = alert_changes(before, after, MONDAY)
    assert found.select("change", "label").rows() == [("gone", "neutral"), ("new", "positive")]


def test_what_is_no_alert_and_what_has_too_few_weeks_before_it_is_left_out() -> None:
    before = changes(("W45", MONDAY, "negative", False), ("W41", BEFORE, "negative", True))
    assert alert_changes(before, changes(), MONDAY).is_empty()
