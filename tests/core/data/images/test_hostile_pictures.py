"""Whatever is in a file: a sentence, or the file is counted, named and left out."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fairgen_core.data.images import archives
from fairgen_core.data.images.archives import NamedBytes
from fairgen_core.data.images.decoding import UnusableError, decode
from fairgen_core.data.images.reading import read_images
from fairgen_core.errors import DataError
from tests.core.data.images.picture_builders import encoded, folders, picture, table, zipped


def png_of_declared_size(width: int, height: int) -> bytes:
    """A PNG whose header promises much and whose data is a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def animated(form: str) -> bytes:
    frames = [Image.fromarray(picture(i)) for i in range(3)]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("huge.png", png_of_declared_size(60_000, 60_000), "far too many pixels"),
        ("large.png", png_of_declared_size(9_000, 9_000), "9000 x 9000 pixels"),
        ("short.png", encoded(picture(0))[:60], "cannot be decoded|can be decoded"),
        ("text.jpg", b"I am no picture", "not a picture"),
        ("empty.png", b"", "not a picture"),
        ("moving.png", animated("PNG"), "animated"),
        ("moving.webp", animated("WEBP"), "animated"),
        ("gif.png", animated("GIF"), "not a picture"),
    ],
)
def test_one_bad_file_is_named_and_left_out(name: str, content: bytes, reason: str) -> None:
    found = read_images(zipped([*folders(), (name, content)]), size=8)
    assert len(found) == 60
    (skipped,) = found.skipped
    assert skipped.file == name
    assert any(part in skipped.reason for part in reason.split("|"))
    assert "1 of 61 files could not be used and were left out." in found.notes


def test_three_pictures_are_too_few() -> None:
    with pytest.raises(DataError, match="At least 50 readable pictures are needed, and 3 of 3"):
        read_images(zipped(folders(3)), size=8)


def test_a_zip_bomb_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "SMALL_BYTES", 2**20)
    bomb = zipped([(f"{i}.png", b"\0" * 2**20) for i in range(60)])
    assert len(bomb) < 100_000
    with pytest.raises(DataError, match="It was not unpacked"):
        read_images(bomb, size=8)


def test_a_file_that_lies_about_its_size_does_no_harm() -> None:
    honest = zipped([*folders(), ("zz.png", b"\0" * 500_000)])
    true, false = struct.pack("<I", 500_000), struct.pack("<I", 100)
    assert honest.count(true) == 2
    found = read_images(honest.replace(true, false), size=8)
    assert [s.file for s in found.skipped] == ["zz.png"]


@pytest.mark.parametrize(
    "name", ["../../etc/x.png", "/etc/x.png", "a/../../x.png", "..\\x.png", "C:/x.png"]
)
def test_names_that_leave_the_zip_are_refused(name: str) -> None:
    with pytest.raises(DataError, match="Names in a zip must stay inside it"):
        read_images(zipped([*folders(), (name, encoded(picture(0)))]), size=8)


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(encoded(picture(99)))
    inside = tmp_path / "inside"
    for name, content in folders():
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_bytes(content)
    (inside / "link.png").symlink_to(outside)
    assert len(read_images(inside, size=8)) == 60


def test_a_locked_zip_is_refused() -> None:
    raw = bytearray(zipped(folders(), zipfile.ZIP_STORED))
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + place] |= 1
            at = raw.find(mark, at + 4)
    with pytest.raises(DataError, match="without a password"):
        read_images(bytes(raw), size=8)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"PK\x03\x04 no more", "cannot be opened as a zip"),
        (b"plainly no zip", "cannot be opened as a zip"),
        (zipped([("a.txt", b"hello")]), "must hold pictures"),
        (Path("nowhere.zip"), "there is nothing at 'nowhere.zip'"),
    ],
)
def test_what_is_no_zip_of_pictures_is_refused(source: bytes | Path, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_images(source, size=8)


def test_a_table_that_names_nothing_is_refused() -> None:
    strangers = table([(f"{i}.jpg", b"") for i in range(60)])
    with pytest.raises(
        DataError, match=r"'bad.csv' must hold the pictures' file names .*none does"
    ):
        read_images(folders(), attributes=strangers, attributes_name="bad.csv", size=8)


def test_a_table_that_names_a_picture_twice_is_refused() -> None:
    files = folders()
    with pytest.raises(DataError, match="stand there twice"):
        read_images(files, attributes=table([*files, files[0]]), attributes_name="a.csv", size=8)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": np.zeros((60, 8, 8)), "b": np.ones((60, 8, 8))}, "named 'images', .* holds: a, b"),
        ({"images": np.zeros((60, 8, 8, 5), np.uint8)}, r"the shape.*it has \(60, 8, 8, 5\)"),
        ({"images": np.zeros((60, 192), np.uint8)}, r"the shape.*it has \(60, 192\)\. Reshape it"),
        ({"images": np.full((60, 8, 8), np.nan)}, "values from 0 to 255"),
        ({"images": np.full((60, 8, 8), -1)}, "values from 0 to 255"),
        ({"images": np.full((60, 8, 8), "a")}, "must hold numbers"),
        ({"images": np.zeros((3, 8, 8), np.uint8)}, "holds 3"),
        ({"images": np.full((60, 8, 8), None)}, "without Python objects"),
    ],
)
def test_an_unusable_npz_is_refused(arrays: dict[str, np.ndarray], message: str) -> None:
    out = io.BytesIO()
    np.savez(out, **arrays)
    with pytest.raises(DataError, match=message):
        read_images(out.getvalue(), size=8)


def test_sizes_out_of_range_are_refused() -> None:
    for size in (7, 129):
        with pytest.raises(DataError, match="between 8 and 128"):
            read_images(folders(), size=size)


_PNG, _JPEG = encoded(picture(1)), encoded(picture(1), "JPEG")


@settings(max_examples=60, deadline=None)
@given(
    whole=st.sampled_from([_PNG, _JPEG]),
    cut=st.floats(0, 1),
    place=st.floats(0, 1),
    noise=st.binary(max_size=8),
)
def test_damaged_bytes_give_a_picture_or_a_reason(
    whole: bytes, cut: float, place: float, noise: bytes
) -> None:
    kept = bytearray(whole[: int(cut * len(whole)) + 1])
    at = int(place * len(kept))
    kept[at : at + len(noise)] = noise
    content = bytes(kept)
    try:
        pixels, _ = decode(NamedBytes("x.png", len(content), lambda: content), 8)
    except UnusableError:
        return
    assert pixels.shape == (8, 8, 3)


@settings(max_examples=40, deadline=None)
@given(place=st.floats(0, 1), noise=st.binary(min_size=1, max_size=12))
def test_a_damaged_zip_gives_pictures_or_a_sentence(place: float, noise: bytes) -> None:
    raw = bytearray(_ZIP)
    at = int(place * (len(raw) - 1))
    raw[at : at + len(noise)] = noise
    try:
        found = read_images(bytes(raw), size=8)
    except DataError:
        return
    assert len(found) >= 50


_ZIP = zipped(folders(52))
