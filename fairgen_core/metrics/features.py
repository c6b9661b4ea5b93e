"""Rows as numbers: codes for tree models, and a space in which distances mean something."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.schema import Column, Schema

FloatMatrix = npt.NDArray[np.float32]

MAX_ONE_HOT = 30
"""Spellings of a category that get a coordinate of their own in the distance space."""
_LARGEST = 1e30
_NANOSECONDS_A_DAY = 86_400e9


class Coder:
    """Canonical rows as an (n, d) matrix of ordinal codes, missing as NaN.

    A category's code is the place of its spelling in alphabetical order (scikit-learn's
    `OrdinalEncoder`; RESULTS' judges were trained on these codes). Not one-hot, because the trees
    do not need it, and not native categorical splits, because shap's tree explainer misreads
    those silently. Dates become days since 1970.

    Args:
        schema: columns as found in the training rows; unknown spellings become missing.
        names: the columns to code, in order.
    """

    def __init__(self, schema: Schema, names: tuple[str, ...]) -> None:
        self.columns: tuple[Column, ...] = tuple(schema[name] for name in names)
        self.names = names

    def __call__(self, frame: pd.DataFrame) -> FloatMatrix:
        """Code `frame`; its index is ignored."""
        codes = np.empty((len(frame), len(self.columns)), dtype=np.float32)
        for j, column in enumerate(self.columns):
            codes[:, j] = code_column(column, frame[column.name])
        return codes

    @property
    def n_codes(self) -> tuple[int, ...]:
        """For each column the number of spellings; 0 for numbers and dates."""
        return tuple(len(c.categories) if is_categorical(c) else 0 for c in self.columns)


def is_categorical(column: Column) -> bool:
    """Whether a column's values are spellings and not quantities."""
    return column.kind in {"category", "boolean"}


def code_column(column: Column, values: pd.Series) -> npt.NDArray[np.float64]:
    """One column as float64 codes, missing (and unknown spellings) as NaN."""
    if is_categorical(column):
        index = pd.Index(sorted(column.categories))
        places = index.get_indexer(pd.Index(values.astype(object)))
        return np.where(places < 0, np.nan, places)
    if column.kind == "datetime":
        stamps = pd.to_datetime(values).to_numpy(dtype="datetime64[ns]")
        days = stamps.astype(np.int64) / _NANOSECONDS_A_DAY
        return np.where(np.isnat(stamps), np.nan, days)
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.clip(numbers, -_LARGEST, _LARGEST)


class DistanceSpace:
    """Codes as points whose Euclidean distances treat all columns alike.

    Numbers are standardised by the training rows and clipped at 4 standard deviations; a category
    is one-hot over sqrt(2), so that two different values are 1 apart; a missing value has a
    coordinate of its own.

    Args:
        coder: says which columns are categories.
        train_codes: (n, d) codes of the training rows.
    """

    def __init__(self, coder: Coder, train_codes: FloatMatrix) -> None:
        self._centres = np.zeros(train_codes.shape[1])
        self._scales = np.ones(train_codes.shape[1])
        self._levels: list[npt.NDArray[np.float32] | None] = []
        self._has_missing = [bool(np.isnan(column).any()) for column in train_codes.T]
        for j, n_codes in enumerate(coder.n_codes):
            known = train_codes[~np.isnan(train_codes[:, j]), j]
            if n_codes:
                levels, counts = np.unique(known, return_counts=True)
                self._levels.append(levels[np.argsort(-counts, kind="stable")][:MAX_ONE_HOT])
                continue
            self._levels.append(None)
            if known.size:
                self._centres[j] = known.mean(dtype=np.float64)
                self._scales[j] = known.std(dtype=np.float64) or 1.0

    def __call__(self, codes: FloatMatrix) -> FloatMatrix:
        """Place coded rows (n, d) in the space: (n, coordinates) float32."""
        parts: list[npt.NDArray[np.float32]] = []
        root = np.float32(np.sqrt(0.5))
        for j, levels in enumerate(self._levels):
            column = codes[:, j]
            missing = np.isnan(column)
            if levels is None:
                z = np.clip((column - self._centres[j]) / self._scales[j], -4, 4)
                parts.append(np.where(missing, 0, z).astype(np.float32)[:, None])
            else:
                one_hot = column[:, None] == levels
                rest = ~one_hot.any(axis=1) & ~missing
                parts.append(np.column_stack([one_hot, rest]).astype(np.float32) * root)
            if self._has_missing[j]:
                parts.append(missing.astype(np.float32)[:, None] * root)
        return np.concatenate(parts, axis=1)


def subsample(n_rows: int, at_most: int, generator: np.random.Generator) -> npt.NDArray[np.int64]:
    """Indices of at most `at_most` of `n_rows` rows, drawn without replacement, in order."""
    if n_rows <= at_most:
        return np.arange(n_rows)
    return np.sort(generator.choice(n_rows, size=at_most, replace=False))
