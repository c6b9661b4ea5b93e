"""Generated pictures to take away: a zip of PNGs with a table of labels, or an npz."""

from __future__ import annotations

import csv
import io
import os
import secrets
import zipfile
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]
_MADE = (1980, 1, 1, 0, 0, 0)
"""The time that every file in a zip carries: the same pictures give the same bytes."""
_TOLD = "FairGen; told by a judge: "
"""What a zip's comment begins with where labels are not what a generator was asked for."""


def as_png(picture: Pixels) -> bytes:
    """One picture (height, width, 1 or 3) as PNG."""
    out = io.BytesIO()
    whole = picture[..., 0] if picture.shape[2] == 1 else picture
    Image.fromarray(np.ascontiguousarray(whole)).save(out, "PNG", compress_level=1)
    return out.getvalue()


class _LabelledWriter:
    """A file of pictures and labels, written piece by piece; there whole at the end, or not at all.

    A context manager. Labels that no generator was asked for, but a judge told afterwards, are
    noted in the file, so that nobody takes the judge's word for the generator's (`told_labels`).

    Args:
        path: where to.
        group_names, class_names: spellings of the codes; without classes there is no class.
    """

    def __init__(
        self, path: Path, group_names: tuple[str, ...], class_names: tuple[str, ...]
    ) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
        self._groups, self._classes = group_names, class_names
        self._told: set[str] = set()
        self.n_written = 0

    def __enter__(self) -> Self:
        self._zip = zipfile.ZipFile(self._temporary, "w", zipfile.ZIP_STORED)
        return self

    def append(
        self, images: Pixels, groups: Codes, classes: Codes | None, told: Collection[str] = ()
    ) -> None:
        """Write these pictures after the ones before.

        Args:
            images: (n, size, size, channels).
            groups, classes: (n,) codes; classes None where there are none.
            told: which of ``group`` and ``class`` a judge told.
        """
        self._told.update(told)
        self._write(
            images,
            [self._groups[code] for code in groups],
            None if classes is None else [self._classes[code] for code in classes],
        )
        self.n_written += len(images)

    def _write(self, images: Pixels, groups: list[str], classes: list[str] | None) -> None:
        raise NotImplementedError

    def _complete(self) -> None:
        """Write what comes after the last picture."""
        raise NotImplementedError

    def _abandon(self) -> None:
        """Close what would keep the file from being closed."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._complete()
            else:
                self._abandon()
            self._zip.close()
            if kind is None:
                self._temporary.replace(self._path)
        finally:
            self._temporary.unlink(missing_ok=True)


class ZipWriter(_LabelledWriter):
    """Writes ``images/000000.png`` ... and ``labels.csv`` (file, class, group)."""

    def __enter__(self) -> Self:
        super().__enter__()
        self._labels = io.StringIO(newline="")
        self._table = csv.writer(self._labels, lineterminator="\n")
        self._table.writerow(["file", "class", "group"])
        return self

    def _write(self, images: Pixels, groups: list[str], classes: list[str] | None) -> None:
        for place, picture in enumerate(images):
            name = f"images/{self.n_written + place:06d}.png"
            # PNGs are packed already.
            self._zip.writestr(zipfile.ZipInfo(name, _MADE), as_png(picture))
            self._table.writerow([name, classes[place] if classes else "", groups[place]])

    def _complete(self) -> None:
        labels = zipfile.ZipInfo("labels.csv", _MADE)
        labels.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(labels, self._labels.getvalue())
        if self._told:
            self._zip.comment = (_TOLD + " ".join(sorted(self._told))).encode()


class NpzWriter(_LabelledWriter):
    """Writes an ``.npz`` with ``images`` (n, size, size, channels) uint8, ``group``, ``class``.

    Args:
        n: how many pictures there will be: an array's size stands before its values.
    """

    def __init__(
        self, path: Path, group_names: tuple[str, ...], class_names: tuple[str, ...], n: int
    ) -> None:
        super().__init__(path, group_names, class_names)
        self._n = n
        self._images: IO[bytes] | None = None
        self._labels: dict[str, list[str]] = {"group": [], "class": []}

    def _write(self, images: Pixels, groups: list[str], classes: list[str] | None) -> None:
        if self._images is None:
            self._images = self._open("images")
            header = {"descr": "|u1", "fortran_order": False, "shape": (self._n, *images.shape[1:])}
            np.lib.format.write_array_header_1_0(self._images, header)
        self._images.write(np.ascontiguousarray(images).data)
        self._labels["group"] += groups
        self._labels["class"] += classes or []

    def _open(self, name: str) -> IO[bytes]:
        entry = zipfile.ZipInfo(f"{name}.npy", _MADE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        return self._zip.open(entry, "w", force_zip64=True)

    def _abandon(self) -> None:
        if self._images is not None:
            self._images.close()

    def _complete(self) -> None:
        self._abandon()
        for name, values in {**self._labels, "told": sorted(self._told)}.items():
            if values:
                with self._open(name) as file:
                    np.lib.format.write_array(file, np.array(values), allow_pickle=False)


WRITERS = (".zip", ".npz")
"""The endings of the files that pictures are written to."""


def writer_for(
    path: Path, group_names: tuple[str, ...], class_names: tuple[str, ...], n: int
) -> ZipWriter | NpzWriter:
    """The writer that a file's ending asks for.

    Args:
        path: ends in one of `WRITERS`.
        group_names, class_names: spellings of the codes.
        n: how many pictures there will be.
    """
    if path.suffix.lower() == ".npz":
        return NpzWriter(path, group_names, class_names, n)
    return ZipWriter(path, group_names, class_names)


def told_labels(path: Path) -> frozenset[str]:
    """Which labels of a written file a judge told: some of ``group`` and ``class``.

    A file that says nothing of it, or is no such file, is taken at its word: none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            comment = archive.comment.decode("utf-8", "replace")
            names = set(archive.namelist())
        if "told.npy" in names:
            with np.load(path, allow_pickle=False) as arrays:
                return frozenset(str(name) for name in np.atleast_1d(arrays["told"])[:2])
    except (OSError, ValueError, zipfile.BadZipFile):
        return frozenset()
    return frozenset(comment.removeprefix(_TOLD).split() if comment.startswith(_TOLD) else ())


def write_npz(path: Path, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
    """Write arrays by name, packed; there whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
