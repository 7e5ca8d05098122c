"""A publication in, the dashboard's HTML out: one file with all it needs, that asks no network."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flows.dashboard.sections import sections_of
from flows.dashboard.sections.segments import segment_names
from flows.dashboard.story import Story, is_link
from flows.dashboard.view import Section
from flows.publishing.publication import Publication
from flows.wording import THOUSANDS, wording
from transforms.coverage import is_hidden

TEMPLATES = Path(__file__).parent / "page"

LONGEST_COMMENT = 280
"""Characters of a comment that the page shows; the rest is where it was written."""

MOST_SHOWN = 50
"""Comments that one number opens."""

NUMBERS: Mapping[str, Mapping[str, Any]] = {
    "de": {"decimal": ",", "thousands": THOUSANDS["de"], "grouping": [3], "currency": ["", " €"]},
    "en": {"decimal": ".", "thousands": THOUSANDS["en"], "grouping": [3], "currency": ["€", ""]},
}
"""How numbers are written, in the form of d3-format's locales."""


def render(publication: Publication) -> str:
    """The whole page."""
    story = story_of(publication)
    sections = sections_of(story)
    page: str = template().render(
        language=publication.language,
        words=story.words,
        subtitle=subtitle(story),
        sections=sections,
        segments=segment_names(story),
        style=read("style.css"),
        script=read("page.js"),
        library=library(),
        content=as_script_data(page_content(story, sections, publication.language)),
    )
    return page


@cache
def template() -> Any:
    """The page's template, compiled once: a publish writes two pages."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html.j2")


def story_of(publication: Publication) -> Story:
    """What the page tells, in the publication's language."""
    texts = wording(publication.language)
    return Story(
        marts={table.name: frame for table, frame in publication.marts.items()},
        facts=publication.facts,
        words=texts["dashboard"],
        labels={**texts["labels"], **publication.topic_names},
        language=publication.language,
    )


def subtitle(story: Story) -> str:
    """When it was published, and on how much it rests."""
    counts = {"audience_comments": 0, "posts": 0, **story.facts.get("counts", {})}
    moment = story.facts.get("published_at")
    stamp = story.moment(datetime.fromisoformat(moment)) if moment else ""
    shown = {name: story.number(count) for name, count in counts.items()}
    words = story.words["subtitle_hidden" if is_hidden(story.facts) else "subtitle"]
    return str(words.format(published_at=stamp, **shown))


def page_content(story: Story, sections: Sequence[Section], language: str) -> dict[str, Any]:
    """What the page's script reads."""
    return {
        "charts": {section.id: section.chart.spec for section in sections if section.chart},
        "comments": comments(story),
        "most_shown": MOST_SHOWN,
        "numbers": NUMBERS[language],
        "words": {name: story.words[name] for name in ("open", "one", "shown", "none")},
    }


def comments(story: Story) -> list[dict[str, Any]]:
    """The comments behind the numbers, the latest first; none if no such mart is published.

    What is not told of a comment is null.
    """
    return [
        {
            **{name: row[name] for name in ("channel", "post_id", "week", "month", "sentiment")},
            "topic": row["topics"],
            "segment": row.get("segment"),
            "day": when(story, row),
            "sentiment_name": story.name(row["sentiment"] or ""),
            "text": shortened(row["text"]),
            "link": row["permalink"] if is_link(row["permalink"]) else None,
        }
        for row in story.comments.to_dicts()
    ]


def when(story: Story, row: Mapping[str, Any]) -> str:
    """When a comment was made, as exactly as it is told; nothing where it is not."""
    return story.day(row["day"]) if row["day"] else str(row["week"] or row["month"] or "")


def shortened(text: str) -> str:
    """`text`, or its start where it is long."""
    return text if len(text) <= LONGEST_COMMENT else f"{text[:LONGEST_COMMENT].rstrip()} …"


def as_script_data(content: object) -> str:
    """JSON that can't end the script element it stands in (html.spec.whatwg.org, 4.12.1.3)."""
    text = json.dumps(content, ensure_ascii=False, default=str)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def read(name: str) -> str:
    """A file of the page."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script (vl-convert carries them)."""
    import vl_convert

    # None: the whole library, which the function's annotation forgets.
    whole = vl_convert.javascript_bundle(None)  # type: ignore[arg-type]
    return whole.replace("</script", "<\\/script")
