"""Groups of pictures: what they are called, and small ones put together."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from fairgen_core.data.images.prepared import PreparedImages, prepare_images
from fairgen_core.data.images.roles import in_sentences, in_tables
from fairgen_core.errors import DataError
from fairgen_core.image_api import image_config
from tests.core.data.images.picture_builders import encoded, picture, zipped


def brought(folder: Path, column: str, values: list[str], **choices: object) -> PreparedImages:
    """A zip of pictures with one attribute, prepared."""
    files = [(f"{i}.png", encoded(picture(i))) for i in range(len(values))]
    table = io.StringIO()
    csv.writer(table).writerows(
        [["file", column], *([f"{i}.png", v] for i, v in enumerate(values))]
    )
    path = folder / "own.zip"
    path.write_bytes(zipped([*files, ("labels.csv", table.getvalue().encode())]))
    return prepare_images(image_config(path, sensitive=column, size=8, **choices))


@pytest.mark.parametrize(
    ("values", "called"),
    [
        (("no", "yes"), ("Smiling: no", "Smiling: yes")),
        (("0", "1"), ("Smiling: 0", "Smiling: 1")),
        (("False", "True"), ("Smiling: False", "Smiling: True")),
        (("grin", "yes"), ("Smiling: grin", "Smiling: yes")),
        (("grin", "laugh"), ("grin", "laugh")),
    ],
)
def test_a_group_whose_value_says_little_is_called_by_its_column_too(
    values: tuple[str, ...], called: tuple[str, ...]
) -> None:
    assert in_sentences("Smiling", values) == called
    assert in_tables("Smiling", called) == values


def test_pictures_of_yes_and_no_have_groups_that_can_be_read(tmp_path: Path) -> None:
    data = brought(tmp_path, "Smiling", ["yes", "no"] * 30)
    assert data.group_names == ("Smiling: no", "Smiling: yes")
    assert set(data.train.table["Smiling"]) == {"yes", "no"}, "the table keeps its own spelling"


SIZES = {"oak": 60, "elm": 40, "ash": 12, "fir": 11}
TREES = [name for name, n in SIZES.items() for _ in range(n)]


def test_small_groups_are_refused_or_put_together(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="put small groups together"):
        brought(tmp_path, "tree", TREES)
    data = brought(tmp_path, "tree", TREES, merge_below=20)
    assert data.group_names == ("elm", "oak", "other")
    counts = np.bincount(np.r_[data.train_groups, data.test_groups])
    assert counts.tolist() == [40, 60, 23]
    assert any(
        "as 'other' (23 pictures): 'ash' with 12, 'fir' with 11." in w for w in data.warnings
    )


def test_groups_too_small_together_are_left_out_by_name(tmp_path: Path) -> None:
    data = brought(tmp_path, "tree", TREES[:-6], merge_below=1)
    assert data.group_names == ("elm", "oak")
    assert len(data.train) + len(data.test) == 100
    assert any(
        "Files left out: 17" in w and "too few of 'tree' together" in w for w in data.warnings
    )


def test_what_is_called_other_already_stays_apart(tmp_path: Path) -> None:
    values = ["other"] * 40 + TREES[60:]
    data = brought(tmp_path, "tree", values, merge_below=20)
    assert data.group_names == ("elm", "other", "other (put together)")
