import gzip
import io
import random
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from flows.landing.archives import Member, members, packing_of
from flows.landing.unpacking import Damage, plain_path
from flows.settings import Ingest

FILES = {f"folder/{number}.txt": f"wanted {number} ".encode() * 400 for number in range(5)}
"""Each compresses, and is longer than a block of any format."""

Files = dict[str, bytes]
Pack = Callable[[Files], bytes]
Unpack = Callable[..., tuple[Files, list[Damage], list[str]]]


class Pipe(io.RawIOBase):
    """Takes what a program writes that cannot seek."""

    def __init__(self) -> None:
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        self.written += bytes(content)  # type: ignore[call-overload]
        return len(bytes(content))  # type: ignore[call-overload]


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def stored(files: Files) -> bytes:
    return zipped(files, zipfile.ZIP_STORED)


def piped(files: Files, method: int = zipfile.ZIP_DEFLATED, is_long: bool = False) -> bytes:
    """A zip with the sizes behind each file, as servers write it."""
    target = Pipe()
    with zipfile.ZipFile(target, "w", method) as archive:  # type: ignore[arg-type]
        for name, content in files.items():
            information = zipfile.ZipInfo(name)
            information.compress_type = method
            with archive.open(information, "w", force_zip64=is_long) as member:
                member.write(content)
    return target.written


def piped_stored(files: Files) -> bytes:
    return piped(files, zipfile.ZIP_STORED)


def piped_long(files: Files) -> bytes:
    return piped(files, is_long=True)


def tarred(files: Files) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return target.getvalue()


def tar_gz(files: Files) -> bytes:
    return gzip.compress(tarred(files))


def tar_zst(files: Files) -> bytes:
    return zstandard.compress(tarred(files))


PACKINGS = [zipped, stored, piped, piped_stored, piped_long, tarred, tar_gz, tar_zst]


def is_wanted(sample: bytes) -> bool:
    return sample.startswith(b"wanted")


@pytest.fixture
def unpack(tmp_path: Path) -> Unpack:
    """Unpack bytes: the wanted files, the damage, and the paths of the other ones."""

    def run(
        content: bytes, name: str = "export.zip", limits: Ingest | None = None
    ) -> tuple[Files, list[Damage], list[str]]:
        return unpacked(content, tmp_path, name, limits)

    return run


def unpacked(
    content: bytes, folder: Path, name: str = "export.zip", limits: Ingest | None = None
) -> tuple[Files, list[Damage], list[str]]:
    archive = folder / name
    archive.write_bytes(content)
    inside: Files = {}
    damage, outside = [], []
    for member in members(archive, is_wanted, folder, limits or Ingest()):
        if isinstance(member, Damage):
            damage.append(member)
        elif member.file:
            inside[member.path] = member.file.read_bytes()
        else:
            outside.append(member.path)
    return inside, damage, outside


@pytest.mark.parametrize("pack", PACKINGS)
def test_every_wanted_file_comes_out_as_it_went_in(pack: Pack, unpack: Unpack) -> None:
    assert unpack(pack(FILES | {"other/a.bin": b"not me"})) == (FILES, [], ["other/a.bin"])


@pytest.mark.parametrize("pack", PACKINGS)
@given(data=st.data())
def test_a_truncated_archive_loses_no_file_that_stands_before_the_cut(
    pack: Pack, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = pack(FILES)
    cut = data.draw(st.integers(0, len(whole) - 1))
    inside, damage, outside = unpacked(whole[:cut], tmp_path_factory.mktemp("cut"))
    assert inside.items() <= FILES.items()
    assert list(inside) == list(FILES)[: len(inside)]
    assert outside == []
    assert damage or packing_of(whole[:cut]) is None or inside == FILES
    if pack is not tar_gz and pack is not tar_zst:
        before = [name for name, content in FILES.items() if end_of(whole, name) <= cut]
        assert set(before) <= inside.keys()


def end_of(whole: bytes, name: str) -> int:
    """Where, in a zip or tar, a file and what belongs to it ends."""
    names = list(FILES)
    following = names.index(name) + 1
    if whole.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            starts = [information.header_offset for information in archive.infolist()]
            return [*starts, archive.start_dir][following]
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive_of_tar:
        header = archive_of_tar.getmember(name)
        return header.offset_data + header.size


@pytest.mark.parametrize("pack", [tar_gz, tar_zst])
def test_a_compressed_tar_that_is_cut_gives_the_files_that_can_still_be_unpacked(
    pack: Pack, unpack: Unpack
) -> None:
    noise = random.Random(1)
    files = {f"{number}.txt": b"wanted " + noise.randbytes(200_000) for number in range(9)}
    whole = pack(files)
    inside, damage, _ = unpack(whole[: len(whole) // 2])
    assert 3 <= len(inside) <= 5
    assert inside.items() <= files.items()
    assert len(damage) == 1


@given(data=st.data())
@pytest.mark.parametrize("pack", PACKINGS)
def test_damage_anywhere_never_raises(
    pack: Pack, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(pack(FILES))
    start = data.draw(st.integers(0, len(content) - 1))
    content[start : start + 4] = data.draw(st.binary(min_size=1, max_size=8))
    unpacked(bytes(content), tmp_path_factory.mktemp("damaged"))


A, B = b"wanted a", b"wanted b"


@pytest.mark.parametrize(
    ("content", "name", "paths"),
    [
        pytest.param(
            zipped({"in.zip": zipped({"x/a.txt": A})}), "o.zip", ["in.zip/x/a.txt"], id="zip"
        ),
        pytest.param(
            stored({"in.zip": stored({"a.txt": A})}), "o.zip", ["in.zip/a.txt"], id="stored"
        ),
        pytest.param(zipped({"a.txt.gz": gzip.compress(A)}), "o.zip", ["a.txt.gz/a.txt"], id="gz"),
        pytest.param(zipped({"in.tgz": tar_gz({"a.txt": A})}), "o.zip", ["in.tgz/a.txt"], id="tgz"),
        pytest.param(
            tar_gz({"in.zip": zipped({"a.txt": A})}), "o.tgz", ["in.zip/a.txt"], id="in tar"
        ),
        pytest.param(gzip.compress(zipped({"a.txt": A})), "o.zip.gz", ["o.zip/a.txt"], id="in gz"),
    ],
)
def test_an_archive_in_an_archive_is_opened(
    content: bytes, name: str, paths: list[str], unpack: Unpack
) -> None:
    assert unpack(content, name) == (dict.fromkeys(paths, A), [], [])


def test_archives_are_opened_three_deep_and_the_next_is_a_file_like_any_other(
    unpack: Unpack,
) -> None:
    content = zipped({"closed.txt": A})
    for name in ("4.zip", "3.zip", "2.zip", "1.zip"):
        content = zipped({name: content, "open.txt": B})
    wanted, damage, others = unpack(content)
    assert (damage, others) == ([], ["1.zip/2.zip/3.zip/4.zip"])
    assert list(wanted) == [
        "1.zip/2.zip/3.zip/open.txt",
        "1.zip/2.zip/open.txt",
        "1.zip/open.txt",
        "open.txt",
    ]


def test_what_is_cut_of_a_zip_is_not_taken_for_the_zip_that_lies_in_it(unpack: Unpack) -> None:
    inner = stored({"b.txt": B})
    whole = stored({"a.txt": A, "in.zip": inner, "c.txt": A})
    cut = whole[: whole.index(inner) + len(inner)]
    inside, damage, _ = unpack(cut)
    assert inside == {"a.txt": A, "in.zip/b.txt": B}
    assert len(damage) == 1


@pytest.mark.parametrize(
    ("content", "name", "path"),
    [
        pytest.param(gzip.compress(A), "a.csv.gz", "a.csv", id="no name in gzip"),
        pytest.param(gzip.compress(A), "EXPORT.GZ", "EXPORT", id="no other ending"),
        pytest.param(gzip.compress(A), "export.csv", "export.csv", id="no ending at all"),
        pytest.param(gzip.compress(A), ".gz", ".gz", id="nothing but an ending"),
        pytest.param(zstandard.compress(A), "a.csv.zst", "a.csv", id="zstd"),
    ],
)
def test_a_compressed_file_is_called_as_before_it_was_compressed(
    content: bytes, name: str, path: str, unpack: Unpack
) -> None:
    assert unpack(content, name) == ({path: A}, [], [])


def test_a_gzip_that_names_its_file_is_believed(unpack: Unpack) -> None:
    target = io.BytesIO()
    with gzip.GzipFile("Kommentare.csv", "wb", fileobj=target) as file:
        file.write(A)
    assert unpack(target.getvalue(), "x.gz")[0] == {"Kommentare.csv": A}


SKIPPED = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(gzip.compress(A) + gzip.compress(B), id="gzip"),
        pytest.param(zstandard.compress(A) + zstandard.compress(B), id="zstd"),
        pytest.param(SKIPPED + zstandard.compress(A) + SKIPPED + zstandard.compress(B), id="skip"),
    ],
)
def test_parts_that_were_joined_are_one_file(content: bytes, unpack: Unpack) -> None:
    assert unpack(content, "x.gz") == ({"x" if content[0] == 0x1F else "x.gz": A + B}, [], [])


@pytest.mark.parametrize(
    ("written", "path"),
    [
        pytest.param("Beiträge/März.txt".encode("cp437"), "Beiträge/März.txt", id="DOS"),
        pytest.param("Groß/Århus.txt".encode("cp850"), "Groß/Århus.txt", id="DOS in Europe"),
        pytest.param("Ma\u0308rz.txt".encode(), "März.txt", id="UTF-8 of a Mac, without a flag"),
        pytest.param(b"a\\b.txt", "a/b.txt", id="Windows"),
    ],
)
@pytest.mark.parametrize("is_cut", [False, True], ids=["whole", "cut"])
def test_names_of_every_age_can_be_read(
    written: bytes, path: str, is_cut: bool, unpack: Unpack
) -> None:
    content = zipped({"n" * len(written): A}).replace(b"n" * len(written), written)
    assert unpack(content[: -30 if is_cut else None])[0] == {path: A}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Users\\x.csv", "C:/Users/x.csv"),
        ("a/./b//c", "a/b/c"),
        ("line\nbreak\x00\u202e.csv", "line_break__.csv"),
        ("\udc80.csv", "_.csv"),
        ("..", "file"),
    ],
)
def test_no_path_leads_elsewhere(name: str, path: str) -> None:
    assert plain_path(name) == path


def test_a_link_in_a_tar_is_not_followed(unpack: Unpack, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(A)
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path / "secret")
        archive.addfile(link)
        device = tarfile.TarInfo("device")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
    assert unpack(target.getvalue()) == ({}, [], [])


def test_what_desktops_add_is_left_out(unpack: Unpack) -> None:
    litter = ("__MACOSX/._a.txt", "b/.DS_Store", "._c.txt", "Thumbs.db", "folder/")
    assert unpack(zipped({"a.txt": A} | dict.fromkeys(litter, b""))) == ({"a.txt": A}, [], [])


def test_an_empty_file_is_not_wanted(unpack: Unpack, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({"a.csv": b""}))
    everything = members(tmp_path / "x.zip", lambda sample: True, tmp_path, Ingest())
    assert list(everything) == [Member("a.csv")]


def flagged(files: Files, offset: int, value: int) -> bytes:
    """A zip with two bytes of each header changed, in the directory, too."""
    content = bytearray(zipped(files))
    for sign, place in ((b"PK\x03\x04", offset), (b"PK\x01\x02", offset + 2)):
        start = content.find(sign)
        while start >= 0:
            content[start + place : start + place + 2] = value.to_bytes(2, "little")
            start = content.find(sign, start + 4)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        pytest.param(flagged({"a": A}, 6, 1), "protected by a password", id="password"),
        pytest.param(flagged({"a": A}, 8, 9), "by method 9, expected `stored`", id="Deflate64"),
        pytest.param(flagged({"a": A}, 14, 0), "damaged", id="wrong checksum"),
        pytest.param(gzip.compress(A)[:-4], "damaged", id="cut gzip"),
        pytest.param(zstandard.compress(A)[:-2], "damaged", id="cut zstd"),
        pytest.param(b"\x1f\x8b\x08", "damaged", id="nothing but the first bytes"),
        pytest.param(b"PK\x03\x04", "damaged", id="nothing but the first bytes of a zip"),
    ],
)
def test_what_cannot_be_unpacked_says_why_and_names_nobody(
    content: bytes, detail: str, unpack: Unpack
) -> None:
    inside, (damage,), outside = unpack(content, "Anna Müller.gz")
    assert (inside, outside) == ({}, [])
    assert detail in damage.detail
    assert "Anna" not in damage.detail


def test_a_protected_file_does_not_hide_the_ones_beside_it(unpack: Unpack) -> None:
    content = zipped({"a.txt": A, "b.txt": B})
    second = content.index(b"PK\x03\x04", 4)
    directory = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    protected = bytearray(content)
    protected[second + 6] = protected[directory + 8] = 1
    inside, damage, _ = unpack(bytes(protected))
    assert inside == {"a.txt": A}
    assert len(damage) == 1


BOMB = b"wanted" + bytes(30_000_000)


@pytest.mark.parametrize(
    ("content", "limits", "knob"),
    [
        pytest.param(zipped({"a": A, "b": BOMB}), Ingest(), "most_ratio", id="zip"),
        pytest.param(piped({"a": A, "b": BOMB})[:-9], Ingest(), "most_ratio", id="cut zip"),
        pytest.param(tar_gz({"a": A, "b": BOMB}), Ingest(), "most_ratio", id="tar.gz"),
        pytest.param(tar_zst({"a": A, "b": BOMB}), Ingest(), "most_ratio", id="tar.zst"),
        pytest.param(
            zipped({"a": A, "b": zipped({"b": BOMB})}), Ingest(), "most_ratio", id="nested"
        ),
        pytest.param(zipped({"a": A, "b": B}), Ingest(most_bytes=9), "most_bytes", id="bytes"),
        pytest.param(
            zipped({"a": A, "b": B}), Ingest(most_members=1), "most_members", id="members"
        ),
    ],
)
def test_an_archive_made_to_do_harm_is_stopped_and_the_knob_is_named(
    content: bytes, limits: Ingest, knob: str, unpack: Unpack
) -> None:
    inside, (damage,), _ = unpack(content, limits=limits)
    assert inside == {"a": A}
    assert f"raise `{knob}` in `settings.toml` under `[ingest]`" in damage.detail


def test_a_small_archive_may_unpack_to_many_times_its_size(unpack: Unpack) -> None:
    assert unpack(zipped({"a.txt": b"wanted" * 100_000}))[1] == []


@pytest.mark.parametrize(
    "part", ["[Content_Types].xml", "_rels/.rels", "word/document.xml", "mimetype", "META-INF/M.MF"]
)
def test_a_document_that_is_a_zip_is_no_archive(part: str) -> None:
    assert packing_of(zipped({part: A, "b": B})) is None


def test_memory_stays_flat_however_large_a_file_is(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.txt", "w") as member,
    ):
        member.write(b"wanted")
        for _ in range(100):
            member.write(bytes(1_000_000))
    limits = Ingest(most_ratio=2000)
    tracemalloc.start()
    sizes = [
        found.file.stat().st_size
        for found in members(tmp_path / "x.zip", is_wanted, tmp_path, limits)
        if isinstance(found, Member) and found.file
    ]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sizes == [100_000_006]
    assert peak < 5_000_000
