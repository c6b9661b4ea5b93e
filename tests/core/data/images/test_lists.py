"""CelebA's plain lists, numbered parts, and other pictures that needed a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fairgen_core.data.images.division import found_division
from fairgen_core.data.images.lists import named_parts, plain_list
from fairgen_core.data.images.prepared import prepare_images, read_set
from fairgen_core.data.images.reading import read_images
from fairgen_core.errors import DataError
from fairgen_core.image_api import image_config
from fairgen_core.image_config import ImageDataConfig
from tests.core.data.images.picture_builders import encoded, picture, zipped

N = 120


def celeba(n: int = N) -> list[tuple[str, bytes]]:
    """Pictures beside the two lists that CelebA's users download with them."""
    names = [f"{i:06d}.jpg" for i in range(1, n + 1)]
    flags = [f"{name} {(-1, 1)[i % 2]:2d} {(-1, 1)[i % 3 == 0]:2d}" for i, name in enumerate(names)]
    parts = [f"{name} {0 if i < 80 else 1 if i < 100 else 2}" for i, name in enumerate(names)]
    return [
        *((f"img_align_celeba/{n}", encoded(picture(i), "JPEG")) for i, n in enumerate(names)),
        ("list_attr_celeba.txt", "\n".join([str(n), "Male Smiling", *flags, ""]).encode()),
        ("list_eval_partition.txt", "\n".join([*parts, ""]).encode()),
    ]


def test_the_lists_of_celeba_are_read(tmp_path: Path) -> None:
    for name, content in celeba():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    config = image_config(tmp_path, sensitive="Male", class_column="Smiling", size=8)
    found = read_set(config.data)
    assert found.table["Male"].value_counts().to_dict() == {"no": 60, "yes": 60}
    assert found.table["Smiling"].value_counts().to_dict() == {"no": 80, "yes": 40}
    assert any("1 and -1 are spelled 'yes' and 'no'" in note for note in found.notes)
    assert any("0 is train, 1 validation, 2 test" in note for note in found.notes)
    config = found_division(config, found)
    assert config.data.split_column == "partition"
    assert len(prepare_images(config).test) == 20


def test_a_list_may_be_brought_beside_the_pictures() -> None:
    files, name = celeba(), "list_attr_celeba.txt"
    beside = dict(files)[name]
    found = read_images(files[:N], attributes=beside, attributes_name=name, size=8)
    assert found.table.columns.tolist() == ["file", "Male", "Smiling"]


@pytest.mark.parametrize(
    "text",
    ["a.png and b.png are mine", "file,sex\na.png,1", "2\nMale\na.png 1\nb.png", "", "read me"],
)
def test_other_texts_are_no_lists(text: str) -> None:
    assert plain_list(text.encode(), "notes.txt") is None
    assert plain_list(b"\xff\xfe\x00", "notes.txt") is None


@pytest.mark.parametrize(
    ("column", "values", "named"),
    [
        ("partition", "0012", ["train", "train", "validation", "test"]),
        ("Split", "0012", ["train", "train", "validation", "test"]),
        ("partition", "0011", ["train", "train", "validation", "validation"]),
        ("split", "0011", list("0011")),
        ("partition", "0000", list("0000")),
        ("partition", "0123", list("0123")),
        ("age", "0012", list("0012")),
    ],
)
def test_numbers_name_parts_only_where_they_must(
    column: str, values: str, named: list[str]
) -> None:
    table, notes = named_parts(pd.DataFrame({"file": list("abcd"), column: list(values)}))
    assert table[column].tolist() == named
    assert len(notes) == (named != list(values))


@pytest.mark.parametrize("kind", ["last", "first", "decimals"])
def test_an_npz_of_see_through_pictures_is_laid_on_white(kind: str, tmp_path: Path) -> None:
    """Not at all, half (100 x 128/255 + 255 x 127/255 = 177.2) and wholly to be seen."""
    held = np.full((60, 8, 8, 4), 100, np.uint8)
    held[..., 3] = 255
    held[:20, :, :4, 3] = 0
    held[20:40, ..., 3] = 128
    ways = {"last": held, "first": held.transpose(0, 3, 1, 2), "decimals": held / 255}
    np.savez(tmp_path / "a.npz", images=ways[kind])
    found = read_images(tmp_path / "a.npz", size=8)
    assert found.images.shape == (60, 8, 8, 3)
    assert found.images[0, 0, [0, 7], 0].tolist() == [255, 100]
    assert found.images[30, 0, 0].tolist() == [177, 177, 177]
    assert found.images[50, 0, 0].tolist() == [100, 100, 100]
    assert "40 pictures were see-through in parts, and laid on white." in found.notes


def test_what_is_done_to_the_pictures_of_an_npz_is_told(tmp_path: Path) -> None:
    held = np.random.default_rng(0).integers(0, 256, (60, 12, 8), dtype=np.uint8)
    np.savez(tmp_path / "a.npz", images=held)
    cropped = "60 pictures were not square; only the middle is used."
    told = {size: read_images(tmp_path / "a.npz", size=size).notes[1:] for size in (8, 10)}
    assert told[8] == (cropped,)
    assert told[10] == (cropped, "60 pictures were smaller than 10 pixels, and enlarged.")
    np.savez(tmp_path / "b.npz", images=held[:, :10, :].repeat(2, axis=2))
    assert read_images(tmp_path / "b.npz", size=8).notes[2] == (
        "60 pictures were larger, and reduced."
    )


def test_one_picture_many_times_is_refused(tmp_path: Path) -> None:
    same = zipped([(f"{('a', 'b')[i % 2]}/{i}.png", encoded(picture(1))) for i in range(60)])
    (tmp_path / "same.zip").write_bytes(same)
    with pytest.raises(DataError, match="all 60 are the same at 8 x 8 pixels"):
        read_set(ImageDataConfig(source=str(tmp_path / "same.zip"), size=8))
