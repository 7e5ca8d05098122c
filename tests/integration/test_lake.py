"""The warehouse as a lake whose catalogue is a real PostgreSQL: several writers, one result."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from flows.settings import Warehouse
from flows.warehouse import merge, read, writing
from models.errors import TryAgain
from models.tables.comment import COMMENT
from models.tables.post import POST
from tests.builders import comment_row, post_row
from tests.integration.programs import free_port
from tests.integration.whole_runs import ROOT, daily, published, resonanz

pytestmark = pytest.mark.integration

PROGRAMS = Path("/usr/lib/postgresql")


def program(name: str) -> str:
    """A program of PostgreSQL, which Debian keeps outside of the path; of the newest version."""
    found = sorted(PROGRAMS.glob(f"*/bin/{name}")) or [Path(shutil.which(name) or "")]
    if not found[-1].is_file():
        pytest.skip(f"`{name}` of PostgreSQL is not installed")
    return str(found[-1])


def as_its_user(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root, which is who runs the tests in a container."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an empty PostgreSQL server of its own."""
    folder, port = Path(tempfile.mkdtemp(prefix="postgres-")), free_port()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    control = as_its_user(program("pg_ctl"), "-D", str(folder / "data"), "-w")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(
        as_its_user(program("initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "postgres"),
        **quiet,  # type: ignore[call-overload]
    )
    subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], **quiet)  # type: ignore[call-overload]
    try:
        yield f"host=127.0.0.1 port={port} user=postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)  # type: ignore[call-overload]
        shutil.rmtree(folder)


@pytest.fixture
def lake(server: str, tmp_path: Path) -> Warehouse:
    """A lake of its own on the server, with its files in the test's folder."""
    name = f"lake{abs(hash(tmp_path))}"
    connect = dict(part.split("=") for part in server.split())
    subprocess.run(
        [program("createdb"), "-h", connect["host"], "-p", connect["port"], "-U", "postgres", name],
        check=True,
    )
    return Warehouse(
        engine="ducklake",
        catalogue=f"postgres:dbname={name} {server}",
        files=str(tmp_path / "data" / "lake"),
        wait_seconds=5,
    )


def test_a_lake_publishes_what_one_file_publishes(lake: Warehouse, tmp_path: Path) -> None:
    settings = {
        "RESONANZ_WAREHOUSE__ENGINE": "ducklake",
        "RESONANZ_WAREHOUSE__CATALOGUE": lake.catalogue,
        "RESONANZ_WAREHOUSE__FILES": lake.files,
    }
    daily(tmp_path / "file")
    daily(tmp_path / "data", **settings)
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()
    assert list(Path(lake.files).rglob("*.parquet"))
    assert published(tmp_path / "data") == published(tmp_path / "file")


def test_a_person_is_erased_from_a_lake_that_lies_elsewhere(
    lake: Warehouse, tmp_path: Path
) -> None:
    files = tmp_path / "elsewhere"
    settings = {
        "RESONANZ_WAREHOUSE__ENGINE": "ducklake",
        "RESONANZ_WAREHOUSE__CATALOGUE": lake.catalogue,
        "RESONANZ_WAREHOUSE__FILES": str(files),
    }
    daily(tmp_path / "data", **settings)
    elsewhere = lake.model_copy(update={"files": str(files)})
    with writing(tmp_path / "nowhere", elsewhere) as connection:
        (link, text), *_ = connection.execute(
            "SELECT permalink, text FROM clean.comment WHERE permalink IS NOT NULL "
            "AND length(text) > 40 AND NOT is_owner ORDER BY ALL"
        ).fetchall()
    assert text in in_parquet(files)
    told = resonanz(tmp_path / "data", "erase", "--link", link, **settings)
    assert "nothing of them left" in told
    assert text not in in_parquet(files)
    with writing(tmp_path / "nowhere", elsewhere) as connection:
        assert text not in set(read(connection, COMMENT)["text"])
        assert read(connection, COMMENT).height > 10


def in_parquet(folder: Path) -> set[str]:
    """Every text in the Parquet files below `folder`, of whatever state of the lake."""
    frames = [pl.read_parquet(file, glob=False) for file in folder.rglob("*.parquet")]
    return {
        value
        for frame in frames
        for column in frame.select(pl.col(pl.String)).iter_columns()
        for value in column.drop_nulls().to_list()
    }


def comments(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COMMENT.schema())


def test_two_writers_of_different_tables_are_open_at_once(lake: Warehouse, tmp_path: Path) -> None:
    nowhere = tmp_path / "warehouse.duckdb"
    posts = pl.DataFrame([post_row("p1")], schema=POST.schema())
    with writing(nowhere, lake) as one, writing(nowhere, lake) as other:
        merge(one, COMMENT, comments(comment_row("c1")))
        merge(other, POST, posts)
    with writing(nowhere, lake) as connection:
        assert (read(connection, COMMENT).height, read(connection, POST).height) == (1, 1)


def test_of_two_changes_of_one_row_the_later_is_worth_another_try(
    lake: Warehouse, tmp_path: Path
) -> None:
    nowhere = tmp_path / "warehouse.duckdb"
    with writing(nowhere, lake) as connection:
        merge(connection, COMMENT, comments(*[comment_row(f"c{n}") for n in range(3_000)]))

    def change_both() -> None:
        with writing(nowhere, lake) as late:
            merge(late, COMMENT, comments(comment_row("c1", text="late")))
            with writing(nowhere, lake) as early:
                merge(early, COMMENT, comments(comment_row("c1", text="early")))

    with pytest.raises(TryAgain, match="same tables"):
        change_both()
    with writing(nowhere, lake) as connection:
        texts = read(connection, COMMENT).filter(pl.col("comment_id") == "c1")["text"].to_list()
    assert texts == ["early"]


def test_writers_in_several_processes_lose_nothing(lake: Warehouse, tmp_path: Path) -> None:
    code = (
        "import sys, polars as pl; from pathlib import Path\n"
        "from flows.settings import Warehouse; from flows.warehouse import merge, writing\n"
        "from models.errors import TryAgain; from models.tables.comment import COMMENT\n"
        "from tests.builders import comment_row\n"
        "lake = Warehouse.model_validate_json(sys.argv[1])\n"
        "for n in range(5):\n"
        "    row = comment_row(f'{sys.argv[2]}-{n}')\n"
        "    while True:\n"
        "        try:\n"
        "            with writing(Path('nowhere'), lake) as connection:\n"
        "                merge(connection, COMMENT, pl.DataFrame([row], schema=COMMENT.schema()))\n"
        "            break\n"
        "        except TryAgain: pass\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, lake.model_dump_json()]
    writers = [subprocess.Popen([*command, name], env=environment) for name in "abc"]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    with writing(tmp_path / "nowhere", lake) as connection:
        found = set(read(connection, COMMENT)["comment_id"])
    assert found == {f"{name}-{n}" for name in "abc" for n in range(5)}
