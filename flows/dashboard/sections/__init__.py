"""The sections of the page, a file each: marts in, sentences, a chart and tables out."""

from flows.dashboard.sections.changes import changes
from flows.dashboard.sections.channels import channels
from flows.dashboard.sections.posts import posts
from flows.dashboard.sections.quality import quality
from flows.dashboard.sections.questions import questions
from flows.dashboard.sections.segments import segments, sentiment_of_segments
from flows.dashboard.sections.sentiment import sentiment
from flows.dashboard.sections.topics import topics
from flows.dashboard.story import Story
from flows.dashboard.view import Section


def sections_of(story: Story) -> list[Section]:
    """The sections that have something to show, in the order of the page.

    What changed comes first, how good the data is last.
    """
    sections = (
        changes(story),
        sentiment(story),
        *sentiment_of_segments(story),
        topics(story),
        posts(story),
        channels(story),
        segments(story),
        questions(story),
        quality(story),
    )
    return [section for section in sections if not section.is_empty]
