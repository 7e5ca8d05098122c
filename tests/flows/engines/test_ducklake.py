import fcntl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.engines.duckdb_file import folder_locked
from flows.engines.ducklake import attached, bucket_secret
from flows.settings import Warehouse
from flows.storing.known import INPUT_NUMBER, meet, mend, note_labels
from flows.storing.store import store
from flows.warehouse import append, exists, forget, frame, merge, read, writing
from models.canonical import Comment, Post
from models.errors import GiveUp, TryAgain
from models.tables.comment import COMMENT
from models.tables.comment_version import COMMENT_VERSION
from models.tables.embedding import EMBEDDING
from models.tables.label import LABEL
from tests.builders import comment, comment_row, label_row
from tests.loopback import Reply, platform
from transforms.canonical import Origin

LAKE = Warehouse(engine="ducklake", wait_seconds=0)
KEY = b"k" * 32


def comments(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COMMENT.schema())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file would be; the lake lies beside it."""
    return tmp_path / "warehouse.duckdb"


def test_there_is_no_lake_before_it_was_written_to(path: Path) -> None:
    assert not exists(path, LAKE)
    with writing(path, LAKE):
        pass
    assert exists(path, LAKE)
    assert not path.exists()


def test_rows_come_back_as_they_went_in(path: Path) -> None:
    rows = comments(comment_row("c1", text="Grüße 👩‍💻"), comment_row("c2", like_count=None))
    vectors = pl.DataFrame(
        [{"input_hash": "h", "model_version": "m", "vector": [-128, 0, 127]}],
        schema=EMBEDDING.schema(),
    )
    with writing(path, LAKE) as connection:
        merge(connection, COMMENT, rows)
        merge(connection, EMBEDDING, vectors)
    with writing(path, LAKE) as connection:
        stored = read(connection, COMMENT).sort("comment_id")
        assert stored["id_number"].null_count() == 0
        assert stored.drop("id_number").equals(COMMENT.require(rows).drop("id_number"))
        assert read(connection, EMBEDDING).equals(EMBEDDING.require(vectors))


def test_a_file_that_is_read_anew_in_a_lake_replaces_what_it_told(path: Path) -> None:
    monday = datetime(2025, 11, 10, 8, tzinfo=UTC)
    for day, told in enumerate((comment(text="alt"), comment(text="neu"))):
        with writing(path, LAKE) as connection:
            store(connection, [told], Origin(f"a/{day}", monday, None, frozenset(), KEY), 1000)
    with writing(path, LAKE) as connection:
        again = Origin("a/1", monday, None, frozenset(), KEY)
        store(connection, [comment(native_id="other")], again, 1000)
        for table in (COMMENT, COMMENT_VERSION):
            (kept,) = read(connection, table)["comment_id"]
            assert kept.endswith("other")


def test_what_turns_out_to_be_one_in_a_lake_becomes_one(path: Path) -> None:
    def arrive(day: int, *records: Post | Comment) -> None:
        at = datetime(2025, 11, 10 + day, 8, tzinfo=UTC)
        with writing(path, LAKE) as connection:
            store(connection, records, Origin(f"a/{day}", at, None, frozenset(), KEY), 1000)

    def post(name: str, *aliases: str) -> Post:
        return Post(
            platform="blog", site="example.org", native_id=name, aliases=aliases, position=1
        )

    arrive(0, comment(native_id="1", post_native_id="p"), comment(2, native_id="5"))
    answer = comment(2, native_id="3", parent_native_id="2", post_native_id="q")
    arrive(1, post("q"), comment(native_id="2", post_native_id="q"), answer)
    hashes = {"input_hash": "h", "labelled_at_utc": datetime(2025, 11, 11)}
    with writing(path, LAKE) as connection:
        row = label_row("blog:example.org:2", "topic", "x", **hashes)
        append(connection, LABEL, pl.DataFrame([row], schema=LABEL.schema()))
    arrive(2, post("q", "p"), comment(native_id="2", aliases=("1",), post_native_id="p"))
    with writing(path, LAKE) as connection:
        rows = read(connection, COMMENT).sort("comment_id")
        assert rows.select("native_id", "post_id", "parent_id", "root_id").rows() == [
            ("2", "blog:example.org:q", None, "blog:example.org:1"),
            ("3", "blog:example.org:q", "blog:example.org:1", "blog:example.org:1"),
            ("5", None, None, "blog:example.org:5"),
        ]
        assert rows["comment_id"][0] == "blog:example.org:1"
        assert read(connection, LABEL)["comment_id"].to_list() == ["blog:example.org:1"]
        mend(connection)


def test_a_comment_of_an_earlier_version_in_a_lake_is_known(path: Path) -> None:
    monday = datetime(2025, 11, 10, 8, tzinfo=UTC)
    for day in range(2):
        with writing(path, LAKE) as connection:
            store(connection, [comment()], Origin(f"a/{day}", monday, None, frozenset(), KEY), 1000)
            assert read(connection, COMMENT).height == 1
            connection.execute("UPDATE clean.comment SET id_number = NULL")


def test_what_is_labelled_in_a_lake_is_met(path: Path) -> None:
    def labels(name: str) -> pl.DataFrame:
        row = label_row(name, "topic", "x", input_hash=name, labelled_at_utc=datetime(2025, 11, 10))
        return pl.DataFrame([row], schema=LABEL.schema())

    def met(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE asked AS SELECT {INPUT_NUMBER} AS input_number "
            "FROM (SELECT unnest(['b', 'c', 'z']) AS input_hash)"
        )
        meet(connection, "asked")
        return connection.execute("SELECT comment_id FROM met ORDER BY ALL").fetchall()

    with writing(path, LAKE) as connection:
        append(connection, LABEL, pl.concat([labels("a"), labels("b")]))
    with writing(path, LAKE) as connection:
        mend(connection)
        assert met(connection) == [("b",)]
        append(connection, LABEL, labels("c"))
        note_labels(connection, labels("c"))
    with writing(path, LAKE) as connection:
        mend(connection)
        assert met(connection) == [("b",), ("c",)]


def test_an_error_leaves_nothing_of_its_transaction(path: Path) -> None:
    def store_and_fail() -> None:
        with writing(path, LAKE) as connection:
            merge(connection, COMMENT, comments(comment_row("c1")))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        store_and_fail()
    with writing(path, LAKE) as connection:
        assert read(connection, COMMENT).is_empty()


def states(path: Path) -> int:
    with attached(path, LAKE) as connection:
        return frame(connection, "FROM ducklake_snapshots('lake')").height


def test_to_open_a_lake_is_no_change_of_it(path: Path) -> None:
    with writing(path, LAKE) as connection:
        merge(connection, COMMENT, comments(comment_row("c1")))
    before = states(path)
    with writing(path, LAKE) as connection:
        read(connection, COMMENT)
    assert states(path) == before


def words_on_disk(folder: Path) -> str:
    """Every text in the Parquet files and in the catalogue's tables."""
    found = [
        str(pl.read_parquet(file).rows()) for file in folder.rglob("*.parquet") if file.is_file()
    ]
    with duckdb.connect(folder / "lake.ducklake", read_only=True) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        found += [str(connection.execute(f'FROM "{name}"').fetchall()) for (name,) in names]
    return " ".join(found)


@pytest.mark.parametrize("others", [3, 3_000], ids=["in the catalogue", "in files"])
def test_what_was_deleted_and_forgotten_is_in_no_file(path: Path, others: int) -> None:
    rows = [comment_row(f"c{number}", text="Others") for number in range(others)]
    with writing(path, LAKE) as connection:
        merge(connection, COMMENT, comments(comment_row("gone", text="Unforgettable"), *rows))
    with writing(path, LAKE) as connection:
        connection.execute("DELETE FROM clean.comment WHERE comment_id = 'gone'")
    assert "Unforgettable" in words_on_disk(path.parent)
    forget(path, LAKE)
    assert "Unforgettable" not in words_on_disk(path.parent)
    with writing(path, LAKE) as connection:
        assert read(connection, COMMENT).height == others


def test_a_catalogue_that_is_away_is_worth_another_try_and_its_password_stays_untold(
    path: Path,
) -> None:
    address = "postgres:host=127.0.0.1 port=1 dbname=lake password=Geheim-12"
    away = LAKE.model_copy(update={"catalogue": address})
    with pytest.raises(TryAgain, match="was not reached") as caught, writing(path, away):
        pass
    assert "Geheim-12" not in str(caught.value) + repr(away)
    assert caught.value.__cause__ is None


@pytest.fixture(params=["data", "block", "connection lock"])
def named(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A place whose name may look like what is wrong."""
    return tmp_path / str(request.param) / "warehouse.duckdb"


def test_a_damaged_catalogue_is_not_worth_another_try(named: Path) -> None:
    with writing(named, LAKE):
        pass
    catalogue = named.with_name("lake.ducklake")
    whole = catalogue.read_bytes()
    for kept in (0, 12_288):  # with and without the head of the file
        catalogue.write_bytes(whole[:kept] + bytes(255 - byte for byte in whole[kept:]))
        with pytest.raises(GiveUp, match="The lake can't be opened"), writing(named, LAKE):
            pass


def test_a_catalogue_that_another_process_holds_is_worth_another_try(named: Path) -> None:
    with writing(named, LAKE):
        pass
    catalogue = named.with_name("lake.ducklake")
    hold = (
        f"import duckdb; c = duckdb.connect({str(catalogue)!r}); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(TryAgain, match="was not reached"), writing(named, LAKE):
            pass
        holder.communicate("\n")
    forget(named, LAKE)


def test_a_catalogue_is_not_opened_while_another_takes_its_place(path: Path) -> None:
    with writing(path, LAKE):
        pass
    with ThreadPoolExecutor(1) as other:
        with folder_locked(path.with_name("lake.ducklake"), fcntl.LOCK_EX):
            opening = other.submit(lambda: attached(path, LAKE).close())
            with pytest.raises(TimeoutError):
                opening.result(timeout=1)
        opening.result(timeout=60)


def test_a_lake_without_its_packages_says_which_are_missing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb_extensions", None)
    with pytest.raises(GiveUp, match=r"\.\[lake\]"), writing(path, LAKE):
        pass


def test_a_bucket_is_opened_by_the_usual_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "me")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "it's")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9000")
    assert "SECRET 'it''s'" in bucket_secret()
    assert "ENDPOINT '127.0.0.1:9000', URL_STYLE 'path', USE_SSL false" in bucket_secret()


REFUSAL = "<Error><Code>Refused</Code><Message>Not for you</Message></Error>"
BUCKET = Warehouse(engine="ducklake", files="s3://resonanz/lake", wait_seconds=0)


def store_many(path: Path) -> None:
    """So many that DuckLake does not keep them in its catalogue."""
    with writing(path, BUCKET) as connection:
        merge(connection, COMMENT, comments(*(comment_row(f"c{n}") for n in range(3_000))))


@pytest.fixture(autouse=True)
def _an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")


def refused(path: Path, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Store where every question gets the same answer."""
    with platform(lambda _: Reply(REFUSAL, status)) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.base.rstrip("/"))
        store_many(path)


def test_a_bucket_that_refuses_is_named_with_what_to_check(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(GiveUp, match=r"`s3://resonanz/lake` answers 403.*AWS_ACCESS") as refusal:
        refused(path, 403, monkeypatch)
    assert "s3cret" not in str(refusal.value)


def test_a_bucket_that_is_too_busy_is_worth_another_try(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TryAgain, match="answers 503"):
        refused(path, 503, monkeypatch)


def test_a_bucket_that_is_away_is_worth_another_try(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(TryAgain, match="was not reached"):
        store_many(path)
