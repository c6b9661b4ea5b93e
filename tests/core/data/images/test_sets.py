"""Groups made for teaching, sets known by name, and pictures made ready for training."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from fairgen_core.data.images import fetching, public_sets
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.data.images.colour_mnist import HUES, MEAN_COLOURS, tinted
from fairgen_core.data.images.prepared import load_images, prepare_images
from fairgen_core.data.images.teaching_groups import TEACHING_GROUPS, make_groups
from fairgen_core.errors import ConfigError, DataError
from fairgen_core.image_api import image_config
from fairgen_core.image_config import ImageDataConfig
from tests.core.data.images.picture_builders import encoded, folders, picture, table, zipped


def prepared(source: object, **choices: Any) -> Any:
    return prepare_images(image_config(str(source), **choices))


def test_the_digits_are_built_in() -> None:
    found = load_images(image_config("digits", groups="background", size=8))
    assert found.images.shape == (1797, 8, 8, 1)
    assert found.codes("label")[1] == tuple("0123456789")
    assert IMAGE_CATALOGUE["digits"].is_here


def test_the_digits_are_scikit_learns() -> None:
    theirs = load_digits()
    ours = IMAGE_CATALOGUE["digits"].load(ImageDataConfig(source="digits"), 8, None)
    assert (ours.images[..., 0] == (theirs.images * (255 / 16)).round()).all()
    assert (ours.table["label"].astype(int) == theirs.target).all()


@pytest.mark.parametrize(
    ("kind", "share", "expected"),
    [
        ("background", None, (0.5, 0.5)),
        ("background", 0.2, (0.8, 0.2)),
        ("shade", 0.9, (0.1, 0.9)),
        ("colour", None, (1 / 3, 1 / 3, 1 / 3)),
        ("colour", 0.5, (0.25, 0.25, 0.5)),
    ],
)
def test_made_groups_have_exact_shares_and_a_look(
    kind: str, share: float | None, expected: tuple[float, ...]
) -> None:
    digits = load_images(image_config("digits", groups="background", size=8))
    made = make_groups(digits, kind, share, seed=3)
    names = TEACHING_GROUPS[kind].names
    codes = np.array([names.index(v) for v in made.table[kind]])
    shares = np.bincount(codes) / len(codes)
    np.testing.assert_allclose(shares, expected, atol=1 / len(codes))
    read = TEACHING_GROUPS[kind].read
    if read is None:
        assert made.images[codes == 1].mean() < 0.6 * made.images[codes == 0].mean()
    else:
        assert (read(made.images) == codes).mean() > 0.99
    again = make_groups(digits, kind, share, seed=3)
    assert made.sha256 == again.sha256 != make_groups(digits, kind, share, seed=4).sha256


@pytest.mark.slow
@given(st.integers(2, 300), st.floats(0.1, 0.9))
def test_counts_of_made_groups_are_right_to_one_picture(n: int, share: float) -> None:
    whole = load_images(image_config("digits", groups="background", size=8))
    made = make_groups(whole.take(np.arange(n)), "background", share)
    n_white = (made.table["background"] == "white background").sum()
    assert abs(n_white - share * n) <= 1


def test_unknown_groups_and_shares_are_refused() -> None:
    digits = load_images(image_config("digits", groups="background", size=8))
    with pytest.raises(ConfigError, match="must be one of background, shade, colour"):
        make_groups(digits, "stripes")
    with pytest.raises(ConfigError, match=r"must lie between 0.1 and 0.9"):
        make_groups(digits, "background", 0.95)


def test_mnist_is_read_from_a_folder(mnist_home: Path) -> None:
    found = load_images(image_config("mnist", groups="background", size=16))
    assert found.images.shape == (400, 16, 16, 1)
    assert set(found.table["label"]) == set("0123456789")


def test_mnist_is_read_as_its_publisher_packs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mnist"
    folder.mkdir()
    pixels = np.arange(60 * 28 * 28, dtype=np.uint8).reshape(60, 28, 28)
    labels = (np.arange(60) % 10).astype(np.uint8)
    for values, (name, _) in zip((pixels, labels), public_sets._MNIST["train"], strict=True):
        head = b"\0\0\x08" + bytes([values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
        (folder / name).write_bytes(gzip.compress(head + values.tobytes()))
    monkeypatch.setenv("FAIRGEN_DATA", str(tmp_path))
    with pytest.raises(DataError, match="must be the published file, and its checksum is another"):
        public_sets.mnist(28)
    monkeypatch.setattr(fetching, "_checked", lambda content, name, md5: content)
    found = public_sets.mnist(28)
    assert (found.images[..., 0] == pixels).all()
    assert found.table["label"].tolist() == [str(v) for v in labels]


def test_without_a_connection_the_sentence_says_where_to_put_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAIRGEN_DATA", str(tmp_path))
    monkeypatch.setattr(public_sets, "_SVHN_URL", "http://127.0.0.1:9/")
    with pytest.raises(DataError, match=r"svhn must be downloaded once .* FAIRGEN_DATA"):
        public_sets.svhn(32)


def test_the_generation_set_writes_the_digit_into_one_channel(mnist_home: Path) -> None:
    data = prepared("colour-mnist", sensitive="colour", size=28)
    assert data.group_names == ("red", "green", "blue")
    assert data.read_groups is not None
    for group in range(3):
        pictures = data.train.images[data.train_groups == group]
        assert pictures[..., group].max() == 255
        assert np.delete(pictures, group, axis=3).max() == 0
    # The colour tells nothing of the digit.
    counts = np.zeros((3, 10))
    np.add.at(counts, (data.train_groups, data.train_classes), 1)
    assert (counts > 0).all()


def test_in_the_bias_set_the_colour_gives_the_digit_away_in_training_only(mnist_home: Path) -> None:
    data = prepared("colour-mnist-bias", sensitive="colour", size=8, colour_variance=0.001)
    assert (len(data.train), len(data.test)) == (400, 200)
    hue = np.array([HUES.index(name) for name in data.group_names])
    assert (hue[data.train_groups] == data.train_classes).mean() > 0.99
    assert (hue[data.test_groups] == data.test_classes).mean() < 0.25


def test_the_variance_is_of_each_channel() -> None:
    digit, channel = 1, 1  # far enough from 0 and 1 that nothing is cut off
    assert 0.5 < MEAN_COLOURS[digit, channel] < 0.7
    drawn = tinted(np.full(40_000, digit), 0.004, np.random.default_rng(1))
    assert drawn[:, channel].mean() == pytest.approx(MEAN_COLOURS[digit, channel], abs=0.002)
    assert drawn[:, channel].var() == pytest.approx(0.004, rel=0.05)


def test_celeba_is_read_from_its_folder_and_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "celeba" / "img_align_celeba"
    folder.mkdir(parents=True)
    lines = ["120", "Male Smiling"]
    for i in range(120):
        (folder / f"{i:06d}.jpg").write_bytes(encoded(picture(i), "JPEG"))
        lines.append(f"{i:06d}.jpg  {(-1, 1)[i % 2]:2d} {(1, -1)[i // 2 % 2]:2d}")
    (tmp_path / "celeba" / "list_attr_celeba.txt").write_text("\n".join(lines) + "\n")
    monkeypatch.setenv("FAIRGEN_DATA", str(tmp_path))
    data = prepared("celeba", sensitive="Male", size=8)
    assert data.group_names == ("Male: no", "Male: yes")
    assert data.class_column == "Smiling"
    row = data.train.table.set_index("file").iloc[0]
    number = int(data.train.table["file"].iloc[0][:6])
    assert row["Male"] == ("no", "yes")[number % 2]
    part = load_images(image_config("celeba", sensitive="Male", size=8, max_images=60))
    assert len(part) == 60


def celeba_zip(home: Path, name: str, table: bytes) -> None:
    """A tiny CelebA as a zip beside a table of attributes."""
    folder = home / "celeba"
    folder.mkdir()
    files = [(f"img_align_celeba/{i:06d}.jpg", encoded(picture(i), "JPEG")) for i in range(120)]
    (folder / "img_align_celeba.zip").write_bytes(zipped(files))
    (folder / name).write_bytes(table)


def test_celeba_is_read_from_its_zip_and_a_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["image_id,Male,Smiling"]
    lines += [f"{i:06d}.jpg,{(-1, 1)[i % 2]},{(1, -1)[i // 2 % 2]}" for i in range(120)]
    celeba_zip(tmp_path, "list_attr_celeba.csv", "\n".join(lines).encode())
    monkeypatch.setenv("FAIRGEN_DATA", str(tmp_path))
    table = load_images(image_config("celeba", sensitive="Male", size=8)).table
    assert table["Male"].tolist() == ["no", "yes"] * 60
    assert table["Smiling"].tolist() == ["yes", "yes", "no", "no"] * 30


@pytest.mark.parametrize(
    "table",
    [
        b"",
        "2\nMale\n000000.jpg 1\n".encode("utf-16"),
        b"2\nMale\n000000.jpg man\n000001.jpg woman\n",
        b"000000.jpg 1\n000001.jpg -1\n",
        b"2\nMale Male\n000000.jpg 1 1\n",
    ],
)
def test_a_broken_table_of_celebas_attributes_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: bytes
) -> None:
    celeba_zip(tmp_path, "list_attr_celeba.txt", table)
    monkeypatch.setenv("FAIRGEN_DATA", str(tmp_path))
    with pytest.raises(DataError, match="must hold a file name and a 1 or -1 for each"):
        load_images(image_config("celeba", sensitive="Male", size=8))


@pytest.mark.parametrize(
    ("key", "name", "content", "message"),
    [
        ("mnist", "train.npz", b"PK", r"mnist is read from '.*train.npz', and that cannot be used"),
        ("mnist", "train-images-idx3-ubyte.gz", b"no", "its checksum is another"),
        ("svhn", "svhn.npz", b"PK", r"svhn is read from '.*svhn.npz', and that cannot be used"),
        ("svhn", "train_32x32.mat", b"no", "its checksum is another"),
    ],
)
def test_a_published_file_that_is_another_is_told_of(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    name: str,
    content: bytes,
    message: str,
) -> None:
    (tmp_path / key).mkdir()
    (tmp_path / key / name).write_bytes(content)
    monkeypatch.setenv("FAIRGEN_DATA", str(tmp_path))
    with pytest.raises(DataError, match=message):
        load_images(image_config(key, groups="background", size=8))


def test_celeba_that_is_not_there_says_what_to_bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIRGEN_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"CelebA needs img_align_celeba or .*list_attr_celeba.txt"):
        prepared("celeba", sensitive="Male", size=8)


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    files = folders(120)
    path = tmp_path / "pets.zip"
    path.write_bytes(zipped([*files, ("labels.csv", table(files))]))
    return path


def test_pictures_are_divided_group_by_group(pets: Path) -> None:
    data = prepared(pets, sensitive="shade", class_column="kind", size=8)
    assert (len(data.train), len(data.test)) == (96, 24)
    assert np.bincount(data.test_groups).tolist() == [12, 12]
    assert data.read_groups is None
    assert any("Only 60 pictures of 'dark'" in w for w in data.warnings)
    files = [*data.train.table["file"], *data.test.table["file"]]
    assert len(set(files)) == 120


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"sensitive": "color"}, "named 'color', and they have: folder, shade, kind"),
        ({"sensitive": "shade", "class_column": "breed"}, "named 'breed'"),
        ({"sensitive": "shade", "split_column": "part"}, "named 'part' that divides them"),
        ({"sensitive": "shade", "groups": "shade"}, ""),
        ({"sensitive": "kind", "groups": "shade"}, "Choose one of the two"),
    ],
)
def test_columns_that_are_not_there_are_refused(
    pets: Path, choices: dict[str, str], message: str
) -> None:
    if not message:
        assert prepared(pets, **choices, size=8).group_names == ("normal", "shaded")
        return
    with pytest.raises((DataError, ConfigError), match=message):
        prepared(pets, **choices, size=8)


def test_one_group_and_tiny_groups_are_refused(tmp_path: Path) -> None:
    for n_second, message in (
        (0, "must have an attribute|at least two groups"),
        (5, "at least 20"),
    ):
        files = [
            (f"{'dog' if i < n_second else 'cat'}/{i:03d}.png", encoded(picture(i)))
            for i in range(80)
        ]
        path = tmp_path / f"{n_second}.zip"
        path.write_bytes(zipped(files))
        with pytest.raises(DataError, match=message):
            prepared(path, sensitive="folder", size=8)
    files = folders(60)
    lines = ["file,tone"] + [f"{name},warm" for name, _ in files]
    path = tmp_path / "one.zip"
    path.write_bytes(zipped([*files, ("labels.csv", "\n".join(lines).encode())]))
    with pytest.raises(DataError, match="must have at least two values"):
        prepared(path, sensitive="tone", size=8)
