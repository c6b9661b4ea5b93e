"""A column as its distinct spellings and the rows' codes: each spelling is judged once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class TextColumn:
    """A column as text, before anything is known about it.

    Attributes:
        name: the column's name.
        cells: (n,) strings; null where a typed file has no value.
        native: the dtype in a typed file, else empty.
    """

    name: str
    cells: pa.ChunkedArray
    native: str = ""


@dataclass(frozen=True)
class Cells:
    """A column's distinct spellings, the missing ones apart.

    Attributes:
        name: the column's name.
        native: the dtype in a typed file, else empty.
        as_found: (d,) the spellings, letter by letter.
        values: (d,) the same without blanks around them.
        codes: (n,) which of them stands in each row; -1: missing.
        counts: (d,) rows of each.
        missing: rows of each spelling of a missing value; ``""`` counts nulls too.
    """

    name: str
    native: str
    as_found: pa.StringArray
    values: pa.StringArray
    codes: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    missing: dict[str, int]

    @property
    def markers(self) -> list[str]:
        """How missing values are spelled, most frequent first."""
        return sorted(self.missing, key=lambda marker: -self.missing[marker])

    @property
    def n_present(self) -> int:
        """Rows with a value."""
        return int(self.counts.sum())

    @property
    def n_distinct(self) -> int:
        """Different values."""
        return len(self.values)


def distinct(raw: TextColumn, markers: tuple[str, ...]) -> Cells:
    """The column's distinct spellings, those in `markers` taken as missing."""
    encoded = raw.cells.dictionary_encode().unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # no rows at all
        encoded = pa.array([], pa.string()).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    found = encoded.dictionary
    counts = np.bincount(codes[codes >= 0], minlength=len(found))
    n_null = int((codes < 0).sum())
    cells = Cells(
        name=raw.name,
        native=raw.native,
        as_found=found,
        values=pc.utf8_trim_whitespace(found),
        codes=codes,
        counts=counts,
        missing={"": n_null} if n_null else {},
    )
    return without(cells, markers)


def without(cells: Cells, markers: tuple[str, ...]) -> Cells:
    """The same cells with the `markers` among the distinct spellings taken as missing."""
    is_missing = pc.is_in(cells.values, pa.array(markers)).to_numpy(zero_copy_only=False)
    if not is_missing.any():
        return cells
    missing = Counter(cells.missing)
    for spelled, n in zip(
        cells.as_found.filter(pa.array(is_missing)).to_pylist(),
        cells.counts[is_missing].tolist(),
        strict=True,
    ):
        missing[spelled] += n
    kept = ~is_missing
    return Cells(
        name=cells.name,
        native=cells.native,
        as_found=cells.as_found.filter(pa.array(kept)),
        values=cells.values.filter(pa.array(kept)),
        codes=recode(cells.codes, kept),
        counts=cells.counts[kept],
        missing=dict(missing),
    )


def recode(codes: npt.NDArray[np.int64], kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Codes after the distinct values were thinned out to `kept`; those of the others are -1."""
    new = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
    return new[codes].astype(np.int64)
