from flows.dashboard.sections.questions import questions
from tests.flows.dashboard.publications import story


def test_a_question_links_only_to_web_addresses() -> None:
    (table,) = questions(story(texts=("Wann?", "Wo?"))).tables
    assert [row[-1].link for row in table.rows] == ["https://blog.example/?c=1", None]
