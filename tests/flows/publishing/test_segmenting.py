from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.ingest import ingest
from flows.publishing.segmenting import authors_in, pseudonyms, segment_comments
from flows.refine import refine
from flows.retention import retention
from flows.running.direct import without_prefect
from flows.settings import load_settings
from models.errors import GiveUp
from tests.flows.conftest import Query
from transforms.pseudonymise import author_key

MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)
SEGMENTS = "SELECT comment_id, segment, basis FROM classified.segment ORDER BY 1"
HEADER = "Kommentar-ID;Datum;Name;E-Mail;Kommentar\n"
ROWS = (
    "a;03.11.2025;Anna;anna@it.nordhafen.example;Gut gemacht\n"
    "b;03.11.2025;Bert;bert@private.example;Na ja\n"
    "c;03.11.2025;Cem;;Wann denn\n"
)

pytestmark = pytest.mark.usefixtures("workplace")
Rules = Callable[..., None]


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Rules:
    """Set the rules of the audience."""

    def put(*segments: str) -> None:
        monkeypatch.setenv("RESONANZ_AUDIENCE__SEGMENTS", f"[{','.join(segments)}]")

    return put


@pytest.fixture
def arrived(workplace: Path, tmp_path: Path) -> None:
    """Three comments, two of them with an address."""
    file = tmp_path / "umfrage.csv"
    file.write_text(HEADER + ROWS, encoding="utf-8")
    with without_prefect():
        ingest(files=[file], channel="intranet", as_of=MONDAY)
        refine(as_of=MONDAY)


def refined_anew() -> int:
    """How many comments were read again for the settings of now."""
    with without_prefect():
        return refine(as_of=MONDAY).rows_out


def segmented() -> int:
    with without_prefect():
        return segment_comments(load_settings())


STAFF = '{"name": "employees", "email_domains": ["nordhafen.example"]}'


@pytest.mark.usefixtures("arrived")
def test_a_domain_is_found_by_reading_again_and_no_address_is_stored(
    rules: Rules, query: Query, workplace: Path
) -> None:
    rules(STAFF)
    assert refined_anew() == 3
    assert refined_anew() == 0
    assert segmented() == 3
    assert query(SEGMENTS) == [
        ("intranet:a", "employees", "email domain"),
        ("intranet:b", "public", "default"),
        ("intranet:c", "public", "default"),
    ]
    # Of no domain but that which the rule names is anything kept.
    stored = (workplace / "warehouse.duckdb").read_bytes()
    assert b"nordhafen.example" in stored
    for private in (b"anna@", b"it.nordhafen", b"private.example"):
        assert private not in stored


@pytest.mark.usefixtures("arrived")
def test_rules_of_channels_hold_at_once_and_equal_rules_change_nothing(
    rules: Rules, query: Query
) -> None:
    rules('{"name": "colleagues", "channels": ["intranet"]}')
    assert refined_anew() == 0
    assert (segmented(), segmented()) == (3, 0)
    assert {row[1:] for row in query(SEGMENTS)} == {("colleagues", "channel")}
    rules()
    assert segmented() == 3
    assert query(SEGMENTS) == []


@pytest.mark.usefixtures("arrived")
def test_a_domain_that_is_named_no_more_is_forgotten(rules: Rules, query: Query) -> None:
    rules(STAFF)
    refined_anew()
    rules('{"name": "employees", "email_domains": ["other.example"]}')
    refined_anew()
    assert query("SELECT count(email_domain) FROM clean.comment") == [(0,)]


@pytest.mark.usefixtures("arrived")
def test_a_list_of_authors_is_compared_by_pseudonyms_and_outlives_them(
    rules: Rules, query: Query, tmp_path: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "employees.txt"
    listed.write_text("# our own\nCem\nSomebody Silent  # on leave\n", encoding="utf-8")
    rules(f'{{"name": "employees", "authors_file": "{listed}"}}')
    assert segmented() == 3
    assert query(SEGMENTS)[2] == ("intranet:c", "employees", "author list")
    stored = (workplace / "warehouse.duckdb").read_bytes()
    assert b"Somebody Silent" not in stored
    assert b"Cem" not in stored
    monkeypatch.setenv("RESONANZ_RETENTION__COMMENTS", "1")
    with without_prefect():
        retention(as_of=datetime(2026, 2, 1, tzinfo=UTC))
    assert query("SELECT count(author_key) FROM clean.comment") == [(0,)]
    assert segmented() == 0


def test_a_line_may_name_a_platform_and_a_handle_with_or_without_its_sign() -> None:
    key = b"k" * 32
    assert set(pseudonyms(["x, @Anna"], ["linkedin", "x"], key)) == {
        author_key("x", "anna", key),
        author_key("x", "@anna", key),
    }
    names = set(pseudonyms(["Berg, Anna"], ["linkedin"], key))
    assert author_key("linkedin", "berg, anna", key) in names


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0c", "\x1c"])
def test_a_sign_that_only_python_takes_for_the_end_of_a_line_ends_none(
    tmp_path: Path, sign: str
) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(f"Anna{sign}Berg\r\nuwe_b77 # {sign}kept\r".encode())
    assert authors_in(path, "employees") == [f"Anna{sign}Berg", "uwe_b77"]


def test_a_list_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match=r"`partners`.*can't be read: No such file.*`authors_file`"):
        authors_in(tmp_path / "nobody.txt", "partners")


def test_a_list_that_git_would_keep_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.publishing.segmenting.is_kept_by_git", lambda path: True)
    with pytest.raises(GiveUp, match="is kept by git"):
        authors_in(tmp_path / "list.txt", "employees")
