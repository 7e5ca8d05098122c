from flows.dashboard.sections.topics import topics
from tests.flows.dashboard.publications import story


def test_every_number_of_a_topic_leads_to_its_comments() -> None:
    (table,) = topics(story()).tables
    cell = table.rows[0][1]
    assert cell.evidence == '{"month": "2025-01", "sentiment": "negative", "topic": "cloud"}'


def test_topics_have_the_names_of_the_taxonomy() -> None:
    (table,) = topics(story()).tables
    assert table.rows[0][0].text == "Cloud und Infrastruktur"
