"""Pictures as strangers bring them: zips of other systems, tables of other spellings, any npz."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.prepared import prepare_images
from fairgen_core.data.images.reading import read_images
from fairgen_core.data.suggestions import suggest_attributes
from fairgen_core.errors import ConfigError, DataError
from fairgen_core.image_api import image_config
from tests.core.data.images.picture_builders import encoded, folders, picture, zipped

PIXELS = np.stack([picture(i) for i in range(60)])
LABELS = np.arange(60) % 2


def npz(**arrays: object) -> ImageSet:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return read_images(out.getvalue(), size=12)


def with_table(files: list[tuple[str, bytes]], lines: list[str], encoding: str = "utf-8") -> bytes:
    return zipped([*files, ("labels.csv", "\n".join(lines).encode(encoding))])


# -- archives ---------------------------------------------------------------------------------


def test_a_macs_zip_shows_names_as_they_were_written() -> None:
    """Its names are UTF-8 that does not say so, with letters and their marks apart."""
    apart = unicodedata.normalize("NFD", "Männer").encode()
    files = [(f"x/{'A' * len(apart) if i % 2 else 'Frauen'}/{i}.png", c) for i, (_, c) in
             enumerate(folders())]  # fmt: skip
    files += [("__MACOSX/x/._1.png", b"mac"), ("x/.DS_Store", b"mac"), ("x/Thumbs.db", b"win")]
    found = read_images(zipped(files).replace(b"A" * len(apart), apart), size=8)
    assert set(found.table["folder"]) == {"Männer", "Frauen"}
    assert not found.skipped


def test_a_windows_zip_has_folders_too() -> None:
    files = [(name.replace("/", "\\"), content) for name, content in folders()]
    assert set(read_images(zipped(files), size=8).table["folder"]) == {"cat", "dog"}


def test_a_colon_in_a_name_is_no_drive() -> None:
    assert len(read_images(zipped([*folders(), ("taken 10:30.png", encoded(picture(0)))]))) == 61


def test_pictures_of_other_kinds_are_named_and_left_out() -> None:
    found = read_images(zipped([*folders(), ("a.gif", b""), ("b.TIFF", b"")]), size=8)
    assert [s.file for s in found.skipped] == ["a.gif", "b.TIFF"]
    assert "2 of 62 files could not be used and were left out." in found.notes
    with pytest.raises(DataError, match=r"70 of other kinds \(such as '00.gif'\) were found"):
        read_images(zipped([(f"{i:02d}.gif", b"") for i in range(70)]), size=8)


def test_hidden_folders_of_a_folder_are_passed_over(tmp_path: Path) -> None:
    for name, content in [*folders(), (".thumbs/a.png", encoded(picture(0)))]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert len(read_images(tmp_path, size=8)) == 60


def test_notes_of_a_camera_that_are_broken_spoil_no_picture() -> None:
    broken = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x07" + b"\xff" * 8
    files = [*folders(), ("a.jpg", encoded(picture(0), "JPEG", exif=broken))]
    assert len(read_images(files, size=8)) == 61


# -- folders ----------------------------------------------------------------------------------


def test_folders_of_training_and_test_pictures_are_a_split_and_no_groups() -> None:
    files = [(f"data/{'Train' if i % 4 else 'test'}/{n}", c) for i, (n, c) in enumerate(folders())]
    table = read_images(zipped(files), size=8).table
    assert set(table["split"]) == {"Train", "test"}
    assert set(table["folder"]) == {"cat", "dog"}
    assert suggest_attributes(table, 20) == ("folder", None)
    alone = [(f"{'train' if i % 4 else 'test'}/{i}.png", c) for i, (_, c) in enumerate(folders())]
    found = read_images(zipped(alone), size=8).table
    assert list(found.columns) == ["file", "split"]
    assert suggest_attributes(found, 20) == (None, None)


def test_a_cover_picture_beside_the_folders_takes_no_groups_away(tmp_path: Path) -> None:
    path = tmp_path / "pets.zip"
    path.write_bytes(zipped([*folders(), ("cover.png", encoded(picture(0)))]))
    found = read_images(path, size=8)
    assert len(found) == 61
    assert found.table["folder"].isna().sum() == 1
    config = image_config(path, sensitive="folder", size=8)
    data = prepare_images(config)
    assert len(data.train) + len(data.test) == 60
    assert "Files left out: 1 (cover.png: no value of 'folder')." in data.warnings


# -- tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelled",
    [
        lambda name: f"D:\\own\\pets\\{name}".replace("/", "\\"),
        lambda name: f"somewhere/else/{name.rsplit('/')[-1]}",
        lambda name: name.upper(),
        lambda name: name.rsplit("/")[-1].upper().removesuffix(".PNG"),
        lambda name: name.replace(".png", ".JPG"),
        lambda name: unicodedata.normalize("NFD", name),
    ],
)
def test_names_are_found_however_they_are_spelled(spelled: Callable[[str], str]) -> None:
    files = [(name.replace("cat", "kätzchen"), content) for name, content in folders()]
    lines = ["tone,picture"] + [f"{i % 3},{spelled(n)}" for i, (n, _) in enumerate(files)]
    table = read_images(with_table(files, lines), size=8).table.set_index("file")
    assert [table.loc[n, "tone"] for n, _ in files] == [str(i % 3) for i in range(60)]


def test_names_that_two_pictures_share_need_their_folders() -> None:
    content = [c for _, c in folders()]
    files = [(f"pets/{('cat', 'dog')[i % 2]}/{i // 2}.png", c) for i, c in enumerate(content)]
    lines = ["path;tone"] + [f"{n.removeprefix('pets/')};{i}" for i, (n, _) in enumerate(files)]
    table = read_images(with_table(files, lines), size=8).table.set_index("file")
    assert [table.loc[n, "tone"] for n, _ in files] == [str(i) for i in range(60)]
    bare = ["path,tone"] + [f"{i}.png,{i % 2}" for i in range(30)]
    found = read_images(with_table(files, bare), size=8)
    assert "tone" not in found.table.columns
    assert any("A table was not used. One column of 'labels.csv'" in note for note in found.notes)


def test_values_that_look_alike_are_one_group() -> None:
    files = folders()
    tones = ["Männer", " Männer", "Männer ", unicodedata.normalize("NFD", "Männer"), "Frauen", " "]
    lines = ["file,tone"] + [f"{n},{tones[i % 6]}" for i, (n, _) in enumerate(files)]
    found = read_images(with_table(files, lines), size=8).table["tone"]
    assert found.value_counts(dropna=False).to_dict() == {"Männer": 40, "Frauen": 10, None: 10}


def test_numbers_find_pictures_that_are_numbered_with_zeros() -> None:
    files = [(f"{i:04d}.png", content) for i, (_, content) in enumerate(folders())]
    lines = ["id,tone"] + [f"{i},{'warm' if i % 3 else 'cold'}" for i in range(60)]
    tones = read_images(with_table(files, lines), size=8).table["tone"]
    assert tones.tolist() == ["warm" if i % 3 else "cold" for i in range(60)]


def test_row_numbers_are_not_taken_for_names() -> None:
    """The rows are numbered from 0 and so are the pictures, but in another order."""
    files = [(f"{i}.png", content) for i, (_, content) in enumerate(folders())]
    lines = [",image,tone"] + [f"{i},{59 - i}.jpg,{59 - i}" for i in range(55)]
    table = read_images(with_table(files, lines), size=8).table
    assert [t for t in table["tone"] if t is not None] == [
        f.removesuffix(".png") for f, t in zip(table["file"], table["tone"], strict=True) if t
    ]
    assert table["tone"].isna().sum() == 5


def test_tables_of_parts_add_up() -> None:
    files = folders()
    halves = [
        (f"{part}.csv", "\n".join(["file,tone", *(f"{n},{part}" for n, _ in some)]).encode())
        for part, some in (("first", files[:30]), ("second", files[30:]))
    ]
    table = read_images(zipped([*files, *halves]), size=8).table.set_index("file")
    assert table.loc[[n for n, _ in files], "tone"].tolist() == ["first"] * 30 + ["second"] * 30


def test_a_table_that_names_no_picture_is_refused_only_where_nothing_else_is_known() -> None:
    strange = "\n".join(["who,when", "me,today", "you,later"])
    assert "folder" in read_images(with_table(folders(), [strange]), size=8).table.columns
    flat = [(f"{i}.png", content) for i, (_, content) in enumerate(folders())]
    with pytest.raises(DataError, match="must hold the pictures' file names"):
        read_images(with_table(flat, [strange]), size=8)


def attributes(tmp_path: Path, column: str, values: list[object]) -> Path:
    files = folders(len(values))
    lines = [f"file,{column}"] + [f"{n},{v}" for (n, _), v in zip(files, values, strict=True)]
    path = tmp_path / "pets.zip"
    path.write_bytes(with_table(files, lines))
    return path


def test_pictures_whose_group_is_not_known_are_left_out(tmp_path: Path) -> None:
    path = attributes(
        tmp_path, "tone", [("", "warm", "cold")[min(i, 1 + i % 2)] for i in range(61)]
    )
    data = prepare_images(image_config(path, sensitive="tone", size=8))
    assert len(data.train) + len(data.test) == 60
    assert any("no value of 'tone'" in warning for warning in data.warnings)


def test_an_attribute_that_most_pictures_lack_is_refused(tmp_path: Path) -> None:
    path = attributes(tmp_path, "tone", ["warm", "cold", "", "", ""] * 20)
    with pytest.raises(DataError, match="60 of 100 have none"):
        prepare_images(image_config(path, sensitive="tone", size=8))


def test_a_number_is_cut_at_its_median_or_where_a_person_says(tmp_path: Path) -> None:
    path = attributes(tmp_path, "age", [20 + i % 50 for i in range(200)])
    data = prepare_images(image_config(path, sensitive="age", size=8))
    assert data.group_names == ("under 45", "45 or more")
    cut = image_config(path, sensitive="age", size=8, settings={"data.bands": [30, 60]})
    found = prepare_images(cut)
    assert found.group_names == ("under 30", "30 to 59", "60 or more")
    for rows, codes in ((found.train.table, found.train_groups),):
        assert (np.digitize(rows["age"].astype(int), [30, 60]) == codes).all()
    backwards = image_config(path, sensitive="age", size=8, settings={"data.bands": [60, 30]})
    with pytest.raises(ConfigError, match="must be ascending"):
        prepare_images(backwards)


# -- npz --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "images",
    [
        PIXELS,
        PIXELS.transpose(0, 3, 1, 2),
        (PIXELS / 255).astype(np.float32),
        PIXELS.astype(np.int64),
        (PIXELS / 127.5 - 1).astype(np.float32),
        (PIXELS / 127.5 - 1).transpose(0, 3, 1, 2),
    ],
)
def test_an_npz_may_have_any_usual_layout_and_range(images: np.ndarray) -> None:
    assert (npz(images=images, labels=LABELS).images == PIXELS).all()


def test_pictures_of_zeros_and_ones_are_black_and_white() -> None:
    for kind in (np.uint8, bool, np.int32):
        assert set(np.unique(npz(images=(PIXELS[..., 0] > 99).astype(kind)).images)) == {0, 255}


@pytest.mark.parametrize(
    ("labels", "spelled"),
    [
        (LABELS, ["0", "1"]),
        (LABELS[:, None], ["0", "1"]),
        (np.eye(2)[LABELS], ["0", "1"]),
        (LABELS.astype(float), ["0", "1"]),
        (np.array(["a", "b"])[LABELS], ["a", "b"]),
        (np.array([b"a", b"b"])[LABELS], ["a", "b"]),
        (LABELS == 1, ["False", "True"]),
    ],
)
def test_an_npz_may_bring_any_kind_of_label(labels: np.ndarray, spelled: list[str]) -> None:
    found = npz(images=PIXELS, labels=labels).table["label"]
    assert found.tolist() == [spelled[i] for i in LABELS]


def test_labels_of_another_number_are_told_of() -> None:
    found = npz(images=PIXELS, labels=LABELS[:55], other=np.zeros(3))
    assert list(found.table.columns) == ["file"]
    (note,) = [note for note in found.notes if "array" in note]
    assert note == "The array 'labels' was left out: it has 55 values for 60 pictures."


def test_the_only_array_of_pictures_needs_no_name() -> None:
    found = npz(X=PIXELS, y=LABELS)
    assert (found.images == PIXELS).all()
    assert list(found.table.columns) == ["file", "y"]
    assert "The pictures are the array 'X'." in found.notes


@pytest.mark.parametrize("names", [("x_{}", "y_{}", "x", "y"), ("{}_images", "{}_labels", "", "")])
def test_parts_of_an_npz_are_one_set_with_a_split(names: tuple[str, str, str, str]) -> None:
    pictures, labels, _, label = names
    parts = {
        pictures.format("test"): PIXELS[50:],
        labels.format("test"): LABELS[50:, None],
        pictures.format("train"): PIXELS[:50],
        labels.format("train"): LABELS[:50, None],
    }
    found = npz(**parts)
    assert (found.images == PIXELS).all()
    assert found.table["split"].tolist() == ["train"] * 50 + ["test"] * 10
    assert found.table[label or "label"].tolist() == [str(i) for i in LABELS]


def test_a_table_beside_an_npz_tells_pictures_by_their_number(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=PIXELS)
    lines = ["row,tone"] + [f"{i},{'warm' if i % 3 else 'cold'}" for i in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    found = read_images(tmp_path / "a.npz", size=12, attributes=tmp_path / "t.csv")
    assert found.table["tone"].tolist() == ["warm" if i % 3 else "cold" for i in range(60)]
    assert found.sha256 != read_images(tmp_path / "a.npz", size=12).sha256


def test_an_npz_is_known_by_capitals_too(tmp_path: Path) -> None:
    path = tmp_path / "SET.NPZ"
    with path.open("wb") as file:
        np.savez(file, images=PIXELS)
    assert len(read_images(path, size=8)) == 60


def test_a_zip_of_a_grey_and_a_see_through_picture_is_read() -> None:
    glass = Image.fromarray(picture(0)).convert("LA")
    palette = Image.fromarray(picture(0)).convert("RGBA").quantize()
    files = [*folders(), ("a.png", encoded(glass)), ("b.png", encoded(palette))]
    with zipfile.ZipFile(io.BytesIO(zipped(files))) as archive:
        assert len(archive.namelist()) == 62
    assert len(read_images(zipped(files), size=8)) == 62


def test_one_picture_is_no_pictures() -> None:
    wide = np.zeros((8, 20, 3), np.uint8)
    notes = read_images([*folders(), ("a.png", encoded(wide))], size=8).notes
    assert "1 picture was not square; only the middle is used." in notes
    assert "60 pictures were larger, and reduced." in notes
