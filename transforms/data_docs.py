"""Pages of Great Expectations in, pages that open without a network and run no script out."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from models.findings import Finding, Judgement

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Content security policy (W3C CSP Level 3): no script runs, and nothing is fetched."""

PLACE = re.compile(r"#[\w-]*|\d{2}\.html|index\.html")
"""Where a link of these pages may lead."""

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem; }
th, td { border: 1px solid #c8ccd0; padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
ul { margin: 0; }
.collapse, .popover-body, .show-scrollbars { display: block; }
.cooltip .top { display: none; }
.text-success::before { content: "\\2713"; color: #1a7f37; }
.text-danger::before { content: "\\2717"; color: #b42318; }
.text-warning::before { content: "!"; color: #9a6700; }
"""
"""Instead of the style sheets that the pages would fetch."""

LEFT_OUT = (
    "script, style, link, iframe, object, embed, base, meta[http-equiv], img, svg, form, "
    "nav, footer, .sticky"
)
"""What runs, loads, leads to the maker's own pages, or does nothing without a script."""

INDEX = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Quality of the published tables</title></head>
<body>
<h1>Quality of the published tables</h1>
<p>{{ judgement.sentence }}</p>
<p>Judged at {{ moment }} UTC. {{ state }}</p>
{% for title, findings in ("Failed", judgement.failed), ("Warnings", judgement.warnings) %}
{% if findings %}
<h2>{{ title }}</h2>
<table>
<tr><th>table</th><th>column</th><th>expected</th><th>rows that break it</th><th>where</th></tr>
{% for found in findings %}
<tr><td><a href="{{ links[found.table] }}">{{ found.table }}</a></td><td>{{ found.column }}</td>
<td>{{ found.expectation }}</td><td>{{ found.broken_count }}</td>
<td>{{ found.where | join(", ") }}</td></tr>
{% endfor %}
</table>
{% endif %}
{% endfor %}
<h2>Everything that was judged</h2>
<table>
<tr><th>table</th><th>checks</th><th>passed</th></tr>
{% for name, findings in tables.items() %}
<tr><td><a href="{{ links[name] }}">{{ name }}</a></td><td>{{ findings | length }}</td>
<td>{{ findings | selectattr("passed") | list | length }}</td></tr>
{% endfor %}
</table>
</body>
</html>
"""


def data_docs(judgement: Judgement, moment: str, state: str) -> dict[str, str]:
    """File name -> HTML: `index.html` with the verdict, and a page on each table judged."""
    links = {name: f"{place:02}.html" for place, name in enumerate(judgement.pages, start=1)}
    tables: dict[str, list[Finding]] = {name: [] for name in judgement.pages}
    for found in judgement.findings:
        tables.setdefault(found.table, []).append(found)
    index = _index_template().render(
        judgement=judgement, moment=moment, state=state, tables=tables, links=links
    )
    return {"index.html": offline(index)} | _pages(judgement.pages, links)


def offline(page: str) -> str:
    """`page` without anything that runs or is fetched, with a policy that forbids both."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(page)
    for node in tree.css(LEFT_OUT):
        node.decompose()
    for node in tree.css("*"):
        for name in [name for name in node.attributes if _is_active(name, node.attributes[name])]:
            del node.attrs[name]
    head = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{STYLE}</style>'
    # Behind the page's own styles, before anything that could load.
    return "<!DOCTYPE html>\n" + str(tree.html).replace("</head>", f"{head}</head>", 1)


def _pages(pages: Mapping[str, str], links: Mapping[str, str]) -> dict[str, str]:
    back = '<p><a href="index.html">All tables</a></p>'
    return {
        links[name]: offline(page).replace("<body>", f"<body>{back}", 1)
        for name, page in pages.items()
    }


def _is_active(name: str, value: str | None) -> bool:
    """Whether an attribute runs something or leads out of the folder of these pages."""
    leads_on = name in ("href", "src", "srcset", "action", "style", "data")
    return name.startswith("on") or (leads_on and not PLACE.fullmatch(value or ""))


@cache
def _index_template() -> Any:
    from jinja2 import Environment

    return Environment(autoescape=True).from_string(INDEX)
