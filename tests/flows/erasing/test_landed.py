"""Every sample of every source: one author taken out of it, everybody else left in it."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.erase import traces_of
from flows.erasing.landed import erase_landed, read
from flows.erasing.person import Person, add, is_meant
from flows.erasing.search import Search
from flows.keys.author import read_author_key
from flows.landing.files import land, landed_files
from flows.reading.landed import LandedFile
from flows.settings import load_settings
from flows.sources.base import recognise
from models.canonical import Comment
from tests.test_rooms import samples
from transforms.canonical import account
from transforms.pseudonymise import author_key

READABLE = [path for path in samples() if recognise(path)]
DELETED = frozenset(
    (
        "apify_facebook.json", "bluesky_api.jsonl", "bluesky_file.json",
        "fourcat_table.csv", "mastodon_api.jsonl",
        "mastodon_outbox.json",
    )
)  # fmt: skip
"""Samples in which others' records need the author's name: these files are deleted."""


@pytest.mark.parametrize("sample", READABLE, ids=lambda path: path.name)
def test_one_author_goes_and_the_others_stay(sample: Path, workplace: Path) -> None:
    settings = load_settings()
    key = read_author_key(settings.privacy.author_key_file)
    land(sample, "some_source", None, datetime(2026, 1, 1, tzinfo=UTC), settings.paths.landing)
    (landed,) = landed_files(settings.paths.landing)
    before = read(landed, settings)
    writers = [r for r in before if isinstance(r, Comment) and (r.author or r.author_name)]
    if not writers:
        pytest.skip("names no author")
    rarest = Counter(r.author or r.author_name for r in writers).most_common()[-1][0]
    first = next(r for r in writers if (r.author or r.author_name) == rarest)
    person = Person(
        first.platform,
        keys={author_key(first.platform, str(rarest), key)},
        asked={account(str(rarest))},
    )
    for record in before:
        if is_meant(record, person, key):
            add(person, record, key)  # type: ignore[arg-type]
    (edit,) = erase_landed(person, traces_of(person), key, settings)
    assert edit.record_count >= 1
    left = list(landed_files(settings.paths.landing))
    assert edit.is_deleted == (not left) == (sample.name in DELETED)
    for file in left:
        assert not Search(traces_of(person), settings.ingest, workplace).finds(file.path)
        after = read(LandedFile(file.path, file.name, file.received_at), settings)
        assert not any(person.wrote(record, key) for record in after)
