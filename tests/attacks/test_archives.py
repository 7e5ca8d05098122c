"""Archives made to leave their folder, to fill the disk or to follow links, taken in for real."""

import io
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.landing.receive import Delivery, Reception
from flows.settings import load_settings

AS_OF = datetime(2025, 12, 1, tzinfo=UTC)
TABLE = b"Kommentar;Datum;Autor\nGut.;03.11.2025;a\nSchlecht.;04.11.2025;b\n"
NAMES = [
    "../../outside.csv",
    "/etc/outside.csv",
    "C:\\Windows\\outside.csv",
    "\\\\server\\share\\outside.csv",
    "a/../../../outside.csv",
    "CON.csv",
    "aux",
    "nul.csv",
    "COM1.csv",
    "outside.csv::$DATA",
    "~/outside.csv",
    "$(touch outside).csv",
    "`id`.csv",
    "'; DROP TABLE clean.comment; --.csv",
    "<img src=x onerror=alert(1)>.csv",
    "a" * 300 + ".csv",
    "x\u202egpj.csv",
    "-rf.csv",
    ".sealed",
    ".deleted",
]


def zip_of(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, TABLE)
    return target.getvalue()


def tar_of(name: str, **how: object) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        header = tarfile.TarInfo(name)
        header.size = 0 if how else len(TABLE)
        for key, value in how.items():
            setattr(header, key, value)
        archive.addfile(header, io.BytesIO(TABLE))
    return target.getvalue()


def everything(root: Path) -> set[Path]:
    return set(root.rglob("*"))


@pytest.mark.parametrize("pack", [zip_of, tar_of], ids=["zip", "tar"])
@pytest.mark.parametrize("name", NAMES, ids=[name[:20] for name in NAMES])
def test_a_file_of_any_name_lands_in_landing_and_nowhere_else(
    pack: object, name: str, workplace: Path, tmp_path: Path
) -> None:
    delivery = tmp_path / "export.zip"
    delivery.write_bytes(pack(name))  # type: ignore[operator]
    before = everything(tmp_path)
    received = Reception(AS_OF, load_settings()).receive(Delivery(delivery, None))
    assert received.new_count == 1
    fresh = everything(tmp_path) - before
    landing = workplace / "landing"
    assert all(path == workplace or path.is_relative_to(landing) for path in fresh)
    (file,) = (path for path in fresh if path.is_file())
    assert file.read_bytes() == TABLE
    assert len(file.name.encode()) <= 255
    assert not any(sign in file.name for sign in "/\\:*?\"<>|'`$;\n\u202e")


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, id="symbolic link"),
        pytest.param({"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"}, id="hard link"),
        pytest.param({"type": tarfile.SYMTYPE, "linkname": "../../.."}, id="link to a folder"),
        pytest.param({"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 5}, id="device"),
        pytest.param({"type": tarfile.FIFOTYPE}, id="pipe"),
    ],
)
def test_links_devices_and_pipes_are_never_made(
    how: dict[str, object], workplace: Path, tmp_path: Path
) -> None:
    delivery = tmp_path / "export.tar"
    delivery.write_bytes(tar_of("comments.csv", **how))
    Reception(AS_OF, load_settings()).receive(Delivery(delivery, None))
    found = [path for path in everything(workplace) if not path.is_dir()]
    assert all(path.is_file() and not path.is_symlink() for path in found)
    assert not any(b"root:" in path.read_bytes() for path in found)


def test_a_file_behind_a_link_in_the_same_tar_does_not_follow_it(
    workplace: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        link = tarfile.TarInfo("folder")
        link.type, link.linkname = tarfile.SYMTYPE, str(outside)
        archive.addfile(link)
        header = tarfile.TarInfo("folder/comments.csv")
        header.size = len(TABLE)
        archive.addfile(header, io.BytesIO(TABLE))
    (tmp_path / "export.tar").write_bytes(target.getvalue())
    received = Reception(AS_OF, load_settings()).receive(Delivery(tmp_path / "export.tar", None))
    assert received.new_count == 1
    assert list(outside.iterdir()) == []


def lying(size: int) -> bytes:
    """A zip whose directory and header say that a file of 40 MB has `size` bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", TABLE + b" " * 40_000_000)
    content = bytearray(target.getvalue())
    for sign, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(sign) + offset
        content[place : place + 4] = size.to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize("size", [0, 10, 4_000_000_000], ids=["nothing", "little", "gigabytes"])
def test_a_size_that_lies_changes_nothing_of_what_may_be_unpacked(
    size: int, workplace: Path, tmp_path: Path
) -> None:
    delivery = tmp_path / "export.zip"
    delivery.write_bytes(lying(size))
    Reception(AS_OF, load_settings()).receive(Delivery(delivery, None))
    sizes = [path.stat().st_size for path in everything(workplace) if path.is_file()]
    assert sum(sizes) < 11_000_000


def test_a_bomb_in_a_bomb_in_a_bomb_is_stopped(workplace: Path, tmp_path: Path) -> None:
    content = bytes(30_000_000)
    for name in ("c.csv", "b.zip", "a.zip"):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(5):
                archive.writestr(f"{number}{name}", content)
        content = target.getvalue()
    delivery = tmp_path / "export.zip"
    delivery.write_bytes(content)
    received = Reception(AS_OF, load_settings()).receive(Delivery(delivery, None))
    assert any("most_ratio" in line for line in received.lines)
    sizes = [path.stat().st_size for path in everything(workplace) if path.is_file()]
    assert sum(sizes) < 11_000_000


def test_a_zip_whose_files_overlap_is_stopped_by_what_it_unpacks_to(
    workplace: Path, tmp_path: Path
) -> None:
    """Fifield 2019, "A better zip bomb": many directory entries share one packed file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", bytes(5_000_000))
        archive.filelist *= 400
    delivery = tmp_path / "export.zip"
    delivery.write_bytes(target.getvalue())
    received = Reception(AS_OF, load_settings()).receive(Delivery(delivery, None))
    sizes = [path.stat().st_size for path in everything(workplace) if path.is_file()]
    assert sum(sizes) < 11_000_000
    assert received.lines
