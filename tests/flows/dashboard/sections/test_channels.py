from flows.dashboard.sections.channels import channels
from tests.flows.dashboard.publications import CHANNELS, story


def test_the_loudest_channel_comes_first() -> None:
    (table,) = channels(story()).tables
    assert [row[0].text for row in table.rows] == list(CHANNELS)
