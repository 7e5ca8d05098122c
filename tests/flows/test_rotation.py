from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from flows.erasing.person import Person
from flows.erasing.stored import remember
from flows.keys.author import read_author_key
from flows.rotation import rotate_author_key
from flows.running.turns import turn
from flows.settings import Warehouse, load_settings
from flows.storing.erased import comment_hash
from flows.storing.store import store
from flows.warehouse import number, writing
from models.errors import GiveUp, TryAgain
from tests.builders import NOON, RECEIVED, comment
from transforms.canonical import Origin
from transforms.pseudonymise import author_key

Key = Callable[[], bytes]


@pytest.fixture
def key(workplace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Key:
    monkeypatch.delenv("RESONANZ_AUTHOR_KEY")
    monkeypatch.setenv("RESONANZ_PRIVACY__AUTHOR_KEY_FILE", str(tmp_path / "author.key"))
    return lambda: read_author_key(tmp_path / "author.key")


def take_in(key: bytes) -> None:
    settings = load_settings()
    origin = Origin("table_file/a.csv", RECEIVED, None, frozenset(), key)
    records = [
        comment(1, author="anna", native_id="n1"),
        comment(2, author="bert", native_id=None, text="Ohne Kennung"),
    ]
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        store(connection, records, origin, 1000)


def stored(workplace: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(workplace / "warehouse.duckdb", read_only=True) as connection:
        return connection.execute(
            "SELECT comment_id, author_key, text FROM clean.comment ORDER BY position"
        ).fetchall()


def test_the_key_stays_while_a_stage_is_under_way_that_knows_it(
    key: Key, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_WAREHOUSE__WAIT_SECONDS", "0")
    take_in(key())
    before = key(), stored(workplace)
    with (
        turn("refine", workplace / "runs", 0),
        pytest.raises(TryAgain, match="`rotate-key` can't run beside other stages, and `refine`"),
    ):
        rotate_author_key()
    assert (key(), stored(workplace)) == before


def test_stored_pseudonyms_and_ids_are_those_that_the_new_key_gives(
    key: Key, workplace: Path
) -> None:
    take_in(key())
    before = stored(workplace)
    told = rotate_author_key()
    after = stored(workplace)
    assert told.startswith("5 stored pseudonyms and ids")
    assert all(old[1] != new[1] for old, new in zip(before, after, strict=True))
    assert after[0][1] == author_key("blog", "anna", key())
    # Reading the same file again gives the same rows: nobody became two.
    take_in(key())
    assert stored(workplace) == after
    with duckdb.connect(workplace / "warehouse.duckdb", read_only=True) as connection:
        wrong = (
            f"SELECT 1 FROM clean.comment WHERE id_number IS DISTINCT FROM {number('comment_id')}"
        )
        assert connection.execute(wrong).fetchall() == []


def test_who_was_erased_stays_so_after_the_exchange(key: Key, workplace: Path) -> None:
    settings = load_settings()
    erased = Person("blog", keys={author_key("blog", "anna", key())})
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        remember(connection, erased, key(), NOON, None)
    rotate_author_key()
    take_in(key())
    assert [row[2] for row in stored(workplace)] == ["Ohne Kennung"]


def test_a_single_erased_comment_without_an_id_stays_so_too(key: Key, workplace: Path) -> None:
    take_in(key())
    settings = load_settings()
    (_, (comment_id, _, _)) = stored(workplace)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute("DELETE FROM clean.comment")
        remember(connection, Person("blog", comment_ids={str(comment_id)}), key(), NOON, None)
    rotate_author_key()
    take_in(key())
    assert [row[0] for row in stored(workplace)] == ["blog:example.org:n1"]


def test_an_exchange_that_was_killed_goes_on_and_hashes_nothing_twice(
    key: Key, workplace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(key())

    def killed(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("flows.rotation.exchange", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate_author_key()
    with pytest.raises(GiveUp, match="was interrupted"):
        key()
    rotate_author_key()
    assert stored(workplace)[0][1] == author_key("blog", "anna", key())


def test_with_the_key_in_the_environment_the_new_one_is_asked_for(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = "0123456789abcdef" * 4, "n" * 64
    take_in(old.encode())
    with pytest.raises(GiveUp, match="RESONANZ_AUTHOR_KEY_NEXT"):
        rotate_author_key()
    monkeypatch.setenv("RESONANZ_AUTHOR_KEY_NEXT", new)
    assert "Now set `RESONANZ_AUTHOR_KEY`" in rotate_author_key()
    assert stored(workplace)[0][1] == author_key("blog", "anna", f"{old}\n{new}".encode())


def test_the_old_pseudonym_is_in_no_byte_of_the_warehouse(key: Key, workplace: Path) -> None:
    take_in(key())
    old = str(stored(workplace)[0][1]).encode()
    assert old in (workplace / "warehouse.duckdb").read_bytes()
    rotate_author_key()
    assert old not in (workplace / "warehouse.duckdb").read_bytes()


def test_an_exchange_that_could_not_write_the_file_anew_does_so_the_next_time(
    key: Key, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(path: Path, limits: Warehouse) -> None:
        raise TryAgain(f"`{path}` is held by another program")

    take_in(key())
    old = str(stored(workplace)[0][1]).encode()
    with monkeypatch.context() as patched:
        patched.setattr("flows.rotation.forget", held)
        with pytest.raises(TryAgain):
            rotate_author_key()
    rotate_author_key()
    assert old not in (workplace / "warehouse.duckdb").read_bytes()


def test_a_comment_hash_needs_the_key() -> None:
    assert comment_hash("x:1", b"k" * 32) != comment_hash("x:1", b"q" * 32)
