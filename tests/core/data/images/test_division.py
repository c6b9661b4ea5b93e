"""Training and held-out pictures, as a column of their table says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fairgen_core.data.images.attributes import split_columns
from fairgen_core.data.images.prepared import PreparedImages, prepare_images
from fairgen_core.data.suggestions import suggest_attributes
from fairgen_core.errors import DataError
from fairgen_core.image_api import image_config
from tests.core.data.images.picture_builders import folders, zipped


def divided(
    folder: Path, part: Callable[[int], str], column: str = "split", **choices: Any
) -> PreparedImages:
    """120 pictures of cats and dogs; `part` says what the table says of each."""
    files = folders(120)
    lines = [f"file,{column}", *(f"{n},{part(i)}" for i, (n, _) in enumerate(files))]
    path = folder / "pets.zip"
    path.write_bytes(zipped([*files, ("labels.csv", "\n".join(lines).encode())]))
    return prepare_images(
        image_config(path, sensitive="folder", size=8, **{"split_column": column, **choices})
    )


@pytest.mark.parametrize(
    ("test", "other", "train"),
    [
        ("TEST", "train", "train"),
        (" testing ", "val", "Training"),
        ("val", "train", "train"),
        ("test", "something", "train"),
    ],
)
def test_a_published_division_is_kept(tmp_path: Path, test: str, other: str, train: str) -> None:
    """Of test and validation pictures, the test ones are held out."""
    data = divided(tmp_path, lambda i: test if i >= 100 else other if i >= 90 else train)
    assert (len(data.train), len(data.test)) == (100, 20)
    assert set(data.test.table["split"]) == {test.strip()}


def test_a_column_that_divides_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"must say 'train' or 'test'.*it says 'cat/000.png'"):
        divided(tmp_path, lambda i: "train", split_column="file")
    with pytest.raises(DataError, match="pictures of every group in both"):
        divided(tmp_path, lambda i: "test" if i % 2 else "train")  # all cats train
    with pytest.raises(DataError, match="it says 'train', 'test' and nothing of 70 pictures"):
        divided(tmp_path, lambda i: ("test" if i % 4 < 2 else "train") if i >= 70 else "")


def test_a_picture_of_no_part_is_named_and_left_out(tmp_path: Path) -> None:
    data = divided(tmp_path, lambda i: "" if i < 3 else "test" if i >= 100 else "train")
    assert (len(data.train), len(data.test)) == (97, 20)
    assert any("cat/000.png: no value of 'split'" in warning for warning in data.warnings)


def test_columns_that_divide_are_found_and_are_no_groups() -> None:
    frame = pd.DataFrame(
        {
            "file": list("abcd"),
            "partition": ["Train", "train", "TEST", None],
            "set": ["training", "val", "val", "training"],
            "only": ["test", "test", "val", "val"],
            "all": ["train"] * 4,
            "hat": ["train", "tram", "train", "tram"],
        }
    )
    assert split_columns(frame) == ["partition", "set"]
    assert suggest_attributes(frame, 20) == ("hat", None)
    german = pd.DataFrame({"file": list("abcd"), "Klasse": list("xyxy"), "Gruppe": list("xxyy")})
    assert suggest_attributes(german, 20) == ("Gruppe", "Klasse")


def test_a_column_that_was_not_used_is_told(tmp_path: Path) -> None:
    def part(i: int) -> str:
        return "test" if i % 4 < 2 else "train"

    def told(**choices: Any) -> bool:
        data = divided(tmp_path, part, **choices)
        return any("their column 'split' tells training" in w for w in data.warnings)

    assert told(split_column=None)
    assert not told()


def test_held_out_pictures_that_are_trained_on_are_told(tmp_path: Path) -> None:
    """Every picture twice, of 120 in all: the second copies are held out."""
    files = [(f"{n}-{copy}.png", content) for n, content in folders(60) for copy in "ab"]
    lines = ["file,split", *(f"{n},{'test' if n.endswith('b.png') else 'train'}" for n, _ in files)]
    path = tmp_path / "twice.zip"
    path.write_bytes(zipped([*files, ("labels.csv", "\n".join(lines).encode())]))
    asked = image_config(path, sensitive="folder", size=8, split_column="split")
    told = prepare_images(asked).warnings
    assert any("Of 60 held-out pictures, 60 are the same, pixel by pixel" in w for w in told)
    data = divided(tmp_path, lambda i: "test" if i >= 100 else "train")
    assert not any("pixel by pixel" in w for w in data.warnings)
