"""What the runs of these tests take in: a small inbox of several sources, and a platform to ask."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

from tests.loopback import Question, Reply

SAMPLES = Path(__file__).parent.parent / "flows" / "sources" / "samples"
"""Invented files of the tests of sources."""

SURVEY = """Kommentar-ID;Datum;Autor;Kommentar;Beitrag
1;03.11.2025 08:00;Ada Beispiel;Das neue Portal ist bad, schreibt an ada@example.org;Portal
2;04.11.2025 09:00;Ben Muster;Die Umstellung lief good, danke an alle;Portal
3;12.11.2025 09:00;Cem Probe;Wann kommt die Einwahl von unterwegs? meh;Einwahl
4;12.11.2025 09:30;Dora Versuch;Die Umstellung lief good, danke an alle;Einwahl
5;;Emil Entwurf;Hier fehlt die Zeit;Einwahl
6;13.11.2025 10:00;Fee Vorlage;good good good;Einwahl
"""
"""A table of comments; one row has no time, and two comments have the same words."""

STORIES = ("41000001", "41000011", "41000021")
"""What the account on the platform asks for."""

MODIFIED = 1_762_000_000
"""When every file of the inbox was last written: the order is then that of their names."""


def fill(inbox: Path) -> None:
    """Put the files into `inbox`: tables, exports, an archive of two files and one nobody knows."""
    (inbox / "intranet").mkdir(parents=True)
    (inbox / "intranet" / "umfrage.csv").write_text(SURVEY, encoding="utf-8")
    for name in ("remark42_export.jsonl", "isso_export.json", "mastodon_outbox.json"):
        (inbox / name).write_bytes((SAMPLES / name).read_bytes())
    with zipfile.ZipFile(inbox / "archiv.zip", "w") as archive:
        for name in ("viva_engage.csv", "reddit_dump.jsonl"):
            archive.writestr(zipfile.ZipInfo(name), (SAMPLES / name).read_bytes())
        archive.writestr(zipfile.ZipInfo("notizen.bin"), b"\x00\x01" * 40)
    for path in inbox.rglob("*"):
        os.utime(path, (MODIFIED, MODIFIED))


def answer(question: Question) -> Reply:
    """What the platform says of a story: one comment each, and an answer to it."""
    story = int(question.path.rpartition("/")[2])
    if str(story) not in STORIES:
        return Reply({"error": "not found"}, 404)
    own = item(story + 2, "nordhafen_it", "Thanks, good point.", story + 1)
    asked = item(story + 1, f"visitor{story % 100}", "How did this go so good?", story, own)
    return Reply(item(story, "nordhafen_it", "We moved our data.", None, asked) | {"title": "Move"})


def item(
    number: int, author: str, text: str, parent: int | None, *children: dict[str, Any]
) -> dict[str, Any]:
    """A story or comment as the platform tells it."""
    return {
        "id": number,
        "type": "comment" if parent else "story",
        "created_at_i": 1_762_156_800 + number % 100 * 60,
        "author": author,
        "text": f"<p>{text}",
        "parent_id": parent,
        "children": list(children),
    }


def account(base: str) -> str:
    """The setting of accounts that asks the platform at `base`."""
    options = {"stories": ",".join(STORIES)}
    asked = {"source": "hackernews_api", "name": "hn", "gateway": base, "options": options}
    return json.dumps([asked])
