from __future__ import annotations

import io
import time
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fairgen_core.data.images import decoding, reading
from fairgen_core.data.images.reading import read_images
from fairgen_core.errors import DataError
from tests.core.data.images.picture_builders import encoded, folders, picture, table, zipped


def test_a_zip_of_folders_gives_pictures_and_their_folder() -> None:
    files = folders()
    found = read_images(zipped(files), name="pets", size=12)
    assert found.images.shape == (60, 12, 12, 3)
    assert found.table["file"].tolist() == sorted(name for name, _ in files)
    assert set(found.table["folder"]) == {"cat", "dog"}
    assert (found.images[0] == picture(0)).all()
    assert not found.skipped


@pytest.mark.parametrize("form", ["PNG", "BMP", "WEBP"])
def test_every_lossless_form_keeps_the_pixels(form: str) -> None:
    options = {"lossless": True} if form == "WEBP" else {}
    files = [(f"{i}.{form.lower()}", encoded(picture(i), form, **options)) for i in range(50)]
    found = read_images(files, size=12)
    by_name = dict(zip(found.table["file"], found.images, strict=True))
    assert all((by_name[f"{i}.{form.lower()}"] == picture(i)).all() for i in range(50))


def test_jpeg_comes_close_and_the_right_way_up() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:20] = 255
    turned = Image.fromarray(np.rot90(pixels))
    exif = Image.Exif()
    exif[0x0112] = 6  # 'rotate by 90 degrees clockwise to show'
    files = [(f"{i}.jpg", encoded(turned, "JPEG", exif=exif)) for i in range(50)]
    found = read_images(files, size=10, colour="rgb").images[0].astype(int)
    assert found[:4].mean() > 245
    assert found[6:].mean() < 10


def test_a_folder_reads_like_its_zip(tmp_path: Path) -> None:
    files = folders()
    for name, content in files:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    from_folder, from_zip = read_images(tmp_path, size=8), read_images(zipped(files), size=8)
    assert from_folder.sha256 == from_zip.sha256
    assert (from_folder.images == from_zip.images).all()


@pytest.mark.parametrize("name", [str, lambda f: PurePosixPath(f).name, lambda f: f[4:-4]])
def test_the_file_column_is_found_by_path_name_or_stem(name: object) -> None:
    files = folders()
    found = read_images(files, attributes=table(files, name), attributes_name="a.csv", size=8)
    row = found.table.set_index("file").loc["dog/003.png"]
    assert (row["shade"], row["kind"], row["folder"]) == ("dark", "0", "dog")
    assert "joined by its column 'picture'" in " ".join(found.notes)


def test_a_table_inside_the_zip_is_used_and_a_readme_is_not() -> None:
    files = folders()
    whole = [*files, ("readme.txt", b"Some pictures of ours.\n"), ("labels.csv", table(files))]
    assert set(read_images(zipped(whole), size=8).table["shade"]) == {"light", "dark"}
    alone = read_images(zipped([*files, ("readme.txt", b"Some pictures of ours.\n")]), size=8)
    assert list(alone.table.columns) == ["file", "folder"]


def test_a_parquet_table_is_read() -> None:
    files = folders()
    out = io.BytesIO()
    pd.read_csv(io.BytesIO(table(files))).to_parquet(out)
    found = read_images(files, attributes=out.getvalue(), attributes_name="a.parquet", size=8)
    assert found.table["kind"].iloc[4] == found.table["kind"].iloc[4]
    assert set(found.table["kind"]) == {"0", "1", "2"}


def test_pictures_without_a_row_are_told() -> None:
    files = folders()
    found = read_images(files, attributes=table(files[:50]), attributes_name="a.csv", size=8)
    assert found.table["shade"].isna().sum() == 10
    assert any(note.startswith("10 pictures have no row") for note in found.notes)
    with pytest.raises(DataError, match="10 of 60 have none"):
        found.codes("shade")


def test_an_npz_brings_pictures_and_labels() -> None:
    out = io.BytesIO()
    pixels = np.stack([picture(i, channels=1)[..., 0] for i in range(50)])
    np.savez(out, images=pixels / 255.0, labels=np.arange(50) % 5, other=np.zeros(3))
    found = read_images(out.getvalue(), size=12)
    assert (found.images[..., 0] == pixels).all()
    assert list(found.table.columns) == ["file", "label"]
    codes, names = found.codes("label")
    assert names == ("0", "1", "2", "3", "4")
    assert (codes == np.arange(50) % 5).all()


def test_grey_stays_grey_and_colour_can_be_left_out() -> None:
    grey = [(f"{i}.png", encoded(picture(i, channels=1))) for i in range(50)]
    assert read_images(grey, size=12).n_channels == 1
    assert read_images(grey, size=12, colour="rgb").n_channels == 3
    found = read_images(folders(), size=12, colour="grey")
    luma = np.asarray(Image.fromarray(picture(0)).convert("L")).astype(int)
    assert np.abs(found.images[0, ..., 0].astype(int) - luma).max() <= 1
    assert any("turned to grey" in note for note in found.notes)


def test_the_middle_is_cut_out_and_brought_to_size() -> None:
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 200
    found = read_images([(f"{i}.png", encoded(wide)) for i in range(50)], size=16)
    assert (found.images == 200).all()
    assert any("50 pictures were not square" in note for note in found.notes)
    assert any("50 pictures were larger, and reduced" in note for note in found.notes)


def test_print_colours_depth_and_transparency_are_turned_into_plain_ones() -> None:
    print_colours = Image.new("CMYK", (12, 12), (0, 255, 255, 0))
    deep = Image.fromarray(np.full((12, 12), 32768, np.uint16))
    glass = Image.new("RGBA", (12, 12), (255, 255, 255, 0))
    files = [(f"a{i}.jpg", encoded(print_colours, "JPEG")) for i in range(20)]
    files += [(f"b{i}.png", encoded(deep)) for i in range(20)]
    files += [(f"c{i}.png", encoded(glass)) for i in range(20)]
    found = read_images(files, size=12)
    red, half, white = found.images[0, 0, 0], found.images[20, 0, 0], found.images[40, 0, 0]
    assert red[0] > 240
    assert max(red[1], red[2]) < 15
    assert half.tolist() == [128, 128, 128]
    assert white.tolist() == [255, 255, 255]  # as a page shows it
    assert any("20 pictures were coded for print" in note for note in found.notes)
    assert any("20 pictures were of more than 8 bits" in note for note in found.notes)
    assert "20 pictures were see-through in parts, and laid on white." in found.notes
    assert not any("so look dark" in note for note in found.notes)


def test_what_could_be_seen_through_and_is_not_is_not_told() -> None:
    whole = Image.new("RGBA", (12, 12), (90, 0, 0, 255))
    found = read_images([(f"{i}.png", encoded(whole)) for i in range(50)], size=12)
    assert not any("see-through" in note for note in found.notes)


def test_pictures_of_12_bits_in_16_are_said_to_be_dark() -> None:
    dim, bright = (np.full((12, 12), value, np.uint16) for value in (4095, 60_000))
    files = [(f"{i:02d}.png", encoded(Image.fromarray(dim))) for i in range(50)]
    assert any("so look dark" in note for note in read_images(files, size=12).notes)
    files.append(("x.png", encoded(Image.fromarray(bright))))
    assert not any("so look dark" in note for note in read_images(files, size=12).notes)


def test_the_share_that_is_read_is_told_and_whoever_raises_ends_the_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "TELL_SECONDS", -1.0)
    files = folders(100)
    told: list[float] = []
    read_images(zipped(files), size=8, on_progress=told.append)
    assert told == sorted(told)
    assert len(told) == -(-100 // reading.AT_ONCE)
    assert 0 < told[0] < 0.2
    assert told[-1] == 1.0
    n_decoded = 0

    def slowly(*args: Any) -> Any:
        nonlocal n_decoded
        n_decoded += 1
        time.sleep(0.005)
        return decoding.decode(*args)

    def leave(share: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reading, "decode", slowly)
    with pytest.raises(KeyboardInterrupt):
        read_images(zipped(folders(600)), size=8, on_progress=leave)
    assert n_decoded < 300, "what was not begun is not done"


def test_a_file_without_a_name_is_passed_over() -> None:
    whole = zipped([*folders(), ("QQQQ", b"nothing")])
    found = read_images(whole.replace(b"QQQQ", bytes(4)), size=8)  # a name ends at its first zero
    assert len(found) == 60


def test_a_part_is_drawn_before_anything_is_decoded() -> None:
    files = [*folders(), ("zz.png", b"broken")]
    some = read_images(files, size=8, max_images=55, seed=3)
    again = read_images(files, size=8, max_images=55, seed=3)
    assert len(some) + len(some.skipped) == 55
    assert some.sha256 == again.sha256
