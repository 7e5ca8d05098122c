from flows.dashboard.sections.sentiment import sentiment
from tests.flows.dashboard.publications import story


def test_the_latest_week_comes_first_and_each_share_leads_to_its_comments() -> None:
    (table,) = sentiment(story()).tables
    first, *_, last = table.rows
    assert (first[0].text, last[0].text) == ("2025-W05", "2025-W02")
    assert first[2].evidence == '{"sentiment": "negative", "week": "2025-W05"}'
