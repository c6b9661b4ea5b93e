"""Generated pictures to take away: a zip of PNGs with a table of labels, or an npz."""

from __future__ import annotations

import csv
import io
import os
import secrets
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]
_MADE = (1980, 1, 1, 0, 0, 0)
"""The time that every file in a zip carries: the same pictures give the same bytes."""


def as_png(picture: Pixels) -> bytes:
    """One picture (height, width, 1 or 3) as PNG."""
    out = io.BytesIO()
    whole = picture[..., 0] if picture.shape[2] == 1 else picture
    Image.fromarray(np.ascontiguousarray(whole)).save(out, "PNG")
    return out.getvalue()


class ZipWriter:
    """Writes ``images/000000.png`` ... and ``labels.csv`` (file, class, group) piece by piece.

    The file is there whole at the end, or not at all. A context manager.

    Args:
        path: where to.
        group_names, class_names: spellings of the codes; without classes their column is empty.
    """

    def __init__(
        self, path: Path, group_names: tuple[str, ...], class_names: tuple[str, ...]
    ) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
        self._groups, self._classes = group_names, class_names
        self.n_written = 0

    def __enter__(self) -> Self:
        # PNGs are packed already.
        self._zip = zipfile.ZipFile(self._temporary, "w", zipfile.ZIP_STORED)
        self._labels = io.StringIO(newline="")
        self._table = csv.writer(self._labels, lineterminator="\n")
        self._table.writerow(["file", "class", "group"])
        return self

    def append(self, images: Pixels, groups: Codes, classes: Codes | None) -> None:
        """Write these pictures after the ones before."""
        for place, picture in enumerate(images):
            name = f"images/{self.n_written:06d}.png"
            self._zip.writestr(zipfile.ZipInfo(name, _MADE), as_png(picture))
            label = "" if classes is None else self._classes[classes[place]]
            self._table.writerow([name, label, self._groups[groups[place]]])
            self.n_written += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                labels = zipfile.ZipInfo("labels.csv", _MADE)
                labels.compress_type = zipfile.ZIP_DEFLATED
                self._zip.writestr(labels, self._labels.getvalue())
            self._zip.close()
            if kind is None:
                self._temporary.replace(self._path)
        finally:
            self._temporary.unlink(missing_ok=True)


def write_npz(path: Path, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
    """Write arrays by name, packed; there whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
