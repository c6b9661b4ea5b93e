"""A set of pictures of one size with a table beside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.errors import DataError


def digest(picture: npt.NDArray[np.uint8]) -> bytes:
    """Stands for a picture where equal ones are looked for: 16 bytes instead of all of its own."""
    return hashlib.blake2b(picture.tobytes(), digest_size=16).digest()


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class ImageSet:
    """Pictures in memory, all of one size.

    Attributes:
        images: (n, size, size, channels) uint8, 0..255; channels 1 (grey) or 3 (RGB).
        table: n rows, index 0..n-1; column ``file`` and one `object` column of `str` (missing:
            None) an attribute, group or class.
        notes: sentences on what was done to the pictures.
        skipped: the files that were left out.
        name: what a person knows the set by.
        sha256: hash of the pixels and the table.
        warnings: sentences on what was done to the groups.
    """

    images: npt.NDArray[np.uint8]
    table: pd.DataFrame
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    name: str = ""
    sha256: str = ""
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    @property
    def size(self) -> int:
        """Height and width in pixels."""
        return int(self.images.shape[1])

    @property
    def n_channels(self) -> int:
        """1 for grey, 3 for RGB."""
        return int(self.images.shape[3])

    def take(self, rows: npt.NDArray[np.int64]) -> ImageSet:
        """The set of these rows, in this order."""
        return replace(
            self,
            images=self.images[rows],
            table=self.table.iloc[rows].reset_index(drop=True),
        )

    def codes(self, column: str) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
        """A column as numbers 0..K-1 with their spellings, in sorted order (digits by value).

        Raises:
            DataError: no such column, missing values in it, or one value only.
        """
        if column not in self.table.columns or column == "file":
            known = [c for c in self.table.columns if c != "file"]
            raise DataError(
                f"The pictures must have an attribute named '{column}', and they have: "
                f"{', '.join(known) or 'none'}. Check the spelling, or add a table of attributes."
            )
        values = self.table[column]
        if values.isna().any():
            raise DataError(
                f"Every picture must have a value of '{column}', and {int(values.isna().sum())} of "
                f"{len(values)} have none. Complete the table, or leave those pictures out."
            )
        names = sorted(values.unique(), key=_natural)
        if len(names) < 2:
            raise DataError(
                f"'{column}' must have at least two values, and every picture has "
                f"'{names[0]}'. Choose another attribute."
            )
        lookup = {name: code for code, name in enumerate(names)}
        return values.map(lookup).to_numpy(np.int64), tuple(names)


def _natural(text: str) -> tuple[int, float, str]:
    """Sort numbers by value and before words."""
    try:
        return (0, float(text), text)
    except ValueError:
        return (1, 0.0, text)


def refuse_one_picture(images: ImageSet) -> None:
    """Nothing can be learned from, or told about, one picture however often it is there.

    Raises:
        DataError: all pictures are the same.
    """
    if (images.images == images.images[:1]).all():
        size = images.size
        raise DataError(
            f"Pictures must differ from each other to be learned, and all {len(images):,} are the "
            f"same at {size} x {size} pixels. Check that the right files were chosen."
        )
