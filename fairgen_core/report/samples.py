"""What was made, as hashes and as a grid of pictures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.images.npz import read_arrays
from fairgen_core.data.images.writing import as_png
from fairgen_core.data.schema import Schema
from fairgen_core.runs.samples import iter_samples

_GRID_COLUMNS, _GRID_ROWS = 12, 6
_MIN_SIDE = 40
"""Pixels to which a side of a small picture is magnified, in whole steps."""
_LINE_GREY = 128
"""Of the lines between pictures: seen beside black and beside white."""


@dataclass(frozen=True)
class Samples:
    """The synthetic rows or pictures of a run.

    Attributes:
        file: its name in the run's folder.
        n: how many rows or pictures.
        sha256: of the file.
        content_sha256: of the rows or pixels alone: the same whatever wrote the file.
    """

    file: str
    n: int
    sha256: str
    content_sha256: str


def describe(path: Path, schema: Schema | None) -> Samples:
    """Hash the rows (Parquet, by their schema) or pictures (npz) that a run made.

    Raises:
        RunError, DataError: the file cannot be read.
    """
    with path.open("rb") as file:
        whole = hashlib.file_digest(file, "sha256").hexdigest()
    content = hashlib.sha256()
    n = 0
    if schema is not None:
        for rows in iter_samples(path, schema):
            hashed = pd.util.hash_pandas_object(rows, index=False)
            content.update(hashed.to_numpy().tobytes())
            n += len(rows)
    else:
        arrays = read_arrays(path)
        n = len(arrays["images"])
        for name in sorted(arrays):
            content.update(name.encode() + str(arrays[name].shape).encode())
            content.update(np.ascontiguousarray(arrays[name]).tobytes())
    return Samples(path.name, n, whole, content.hexdigest())


def picture_grid(path: Path) -> bytes | None:
    """The first pictures of an npz in one PNG; None where there is none.

    Raises:
        DataError: the file cannot be read.
    """
    return grid_png(read_arrays(path)["images"])


def grid_png(images: npt.NDArray[Any]) -> bytes | None:
    """Up to 72 pictures (n, size, size, channels) side by side, small ones magnified.

    Grey lines around each: a picture with a white ground has an edge on paper too.
    """
    shown = images[: _GRID_COLUMNS * _GRID_ROWS]
    if len(shown) == 0:
        return None
    times = max(1, _MIN_SIDE // shown.shape[1])
    shown = shown.repeat(times, axis=1).repeat(times, axis=2)
    size, channels = shown.shape[1], shown.shape[3]
    n_columns = min(_GRID_COLUMNS, len(shown))
    n_rows = -(-len(shown) // n_columns)
    line = max(1, size // 40)
    step = size + line
    shape = (n_rows * step + line, n_columns * step + line, channels)
    whole = np.full(shape, _LINE_GREY, np.uint8)
    for place, picture in enumerate(shown):
        top, left = (line + at * step for at in divmod(place, n_columns))
        whole[top : top + size, left : left + size] = picture
    return as_png(whole)
