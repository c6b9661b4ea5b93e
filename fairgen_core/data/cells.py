"""One column as a short list of cells: spellings, single values, intervals, and 'missing'.

A network predicts cells; on the way back a number is drawn inside its cell from a stored, bounded
grid of quantiles. `encoding.py` puts the columns of a table together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.config import ColumnKind
from fairgen_core.data.schema import Column

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]

MAX_SPELLINGS = 100
"""Spellings with a cell of their own, where many columns have many; rarer ones share one cell and
come back by their shares, whatever the rest of a row says."""
MAX_SINGLES = 16
"""Frequent single values of a number with a cell of their own (0 in capital gain)."""
MIN_SINGLE_SHARE = 0.003
MAX_INTERVALS = 24
MIN_ROWS_A_CELL = 15
GRID = 64
"""Points of the stored distribution inside an interval."""
_FIT_ROWS = 200_000
"""Rows that intervals are fitted on at most: quantiles are settled long before."""
_UNITS = (86_400_000_000_000, 60_000_000_000, 1_000_000_000, 1_000_000, 1)
"""Nanoseconds in the steps that a date column may move in."""


@dataclass(frozen=True)
class CategoryCells:
    """A category or boolean column.

    Its values are positions in `spellings` (float, NaN where missing or unknown).

    Attributes:
        spellings: every spelling of the training rows, most frequent first.
        shares: their shares among the rows that are not missing.
        missing: whether the last cell means 'missing'.
        most: cells for spellings at most.
    """

    spellings: tuple[str, ...]
    shares: Floats
    missing: bool
    most: int = MAX_SPELLINGS

    @classmethod
    def fit(cls, series: pd.Series, most: int = MAX_SPELLINGS) -> Self:
        """Count the spellings; ties in the order of the alphabet, whatever the order of rows."""
        counts = series.dropna().astype(str).value_counts()
        pairs = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        shares = np.array([count for _, count in pairs], dtype=np.float64)
        return cls(
            tuple(str(name) for name, _ in pairs),
            shares / max(shares.sum(), 1.0),
            bool(series.isna().any()) or not pairs,
            most,
        )

    @property
    def n_own(self) -> int:
        """Spellings with a cell of their own."""
        return len(self.spellings) if len(self.spellings) <= self.most else self.most - 1

    @property
    def cardinality(self) -> int:
        """Number of cells."""
        return self.n_own + (len(self.spellings) > self.n_own) + self.missing

    @property
    def exact(self) -> bool:
        """Whether every cell is one value."""
        return len(self.spellings) == self.n_own

    def values(self, series: pd.Series) -> Floats:
        """Positions in `spellings`; NaN for missing and unknown ones."""
        codes = pd.Categorical(series, categories=list(self.spellings)).codes
        return np.where(codes < 0, np.nan, codes).astype(np.float64)

    def codes(self, values: Floats) -> Codes:
        """The cell of each value; an unknown spelling counts as missing, or as the rarest cell."""
        last = self.cardinality - 1
        own = np.minimum(np.nan_to_num(values, nan=last), self.n_own)
        return np.where(np.isnan(values), last, own).astype(np.int32)

    def draw(self, codes: Codes, rng: np.random.Generator) -> Floats:
        """A value of each cell."""
        values = codes.astype(np.float64)
        if not self.exact:
            rest = np.flatnonzero(codes == self.n_own)
            shares = self.shares[self.n_own :]
            drawn = np.searchsorted(np.cumsum(shares / shares.sum()), rng.random(len(rest)))
            values[rest] = self.n_own + np.minimum(drawn, len(shares) - 1)
        if self.missing:
            values[codes == self.cardinality - 1] = np.nan
        return values

    def settle(self, values: Floats) -> Floats:
        """Values that a model made, as the column can hold them: positions are kept."""
        return values

    def series(self, values: Floats) -> pd.Series:
        """Values as a column in canonical form."""
        lookup = np.array([*self.spellings, None], dtype=object)
        return pd.Series(lookup[np.nan_to_num(values, nan=len(self.spellings)).astype(np.int64)])

    def state(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Plain values, and arrays by name."""
        names = list(self.spellings)
        plain = {
            "type": "category",
            "spellings": names,
            "missing": self.missing,
            "most": self.most,
        }
        return plain, {"shares": self.shares}

    @classmethod
    def from_state(cls, plain: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `state`."""
        most = plain.get("most", MAX_SPELLINGS)
        return cls(tuple(plain["spellings"]), arrays["shares"], plain["missing"], most)


@dataclass(frozen=True)
class NumberCells:
    """An integer, decimal or datetime column (a date counts in `unit` nanoseconds since 1970).

    Attributes:
        kind: integer, decimal or datetime.
        unit: nanoseconds a step of a date; 1 for numbers.
        decimals: digits that a decimal is rounded to on the way back; None: not rounded.
        singles: (s,) ascending values with a cell of their own: cells 0..s-1.
        starts: (i,) ascending lower ends of the intervals: cells s..s+i-1.
        keys, grid: the distribution inside the intervals as points of one rising function:
            key = interval + level in 0..1, grid = value there.
        missing: whether the last cell means 'missing'.
    """

    kind: str
    unit: int
    decimals: int | None
    singles: Floats
    starts: Floats
    keys: Floats
    grid: Floats
    missing: bool

    @classmethod
    def fit(cls, series: pd.Series, column: Column, cuts: tuple[float, ...] = ()) -> Self:
        """Choose single values and quantile intervals; no interval reaches across a cut."""
        unit = 1
        if column.kind == "datetime":
            stamps = series.dropna().to_numpy(dtype="datetime64[ns]").astype(np.int64)
            unit = next(u for u in _UNITS if not np.any(stamps % u))
        values = _numbers(series, column.kind, unit)
        known = values[~np.isnan(values)]
        missing = len(known) < len(values) or len(known) == 0
        edges = np.asarray(cuts, dtype=np.float64) / unit
        if len(known) > _FIT_ROWS:
            # Evenly spaced order statistics: the same quantiles, and both ends are kept.
            order = np.linspace(0, len(known) - 1, _FIT_ROWS).round().astype(np.int64)
            known = np.sort(known)[order]
        singles, rest = _single_values(known)
        starts, keys, grid = _intervals(rest, edges)
        return cls(column.kind, unit, column.decimals, singles, starts, keys, grid, missing)

    @property
    def cardinality(self) -> int:
        """Number of cells."""
        return len(self.singles) + len(self.starts) + self.missing

    @property
    def exact(self) -> bool:
        """Whether every cell is one value."""
        return len(self.starts) == 0

    @property
    def cell_values(self) -> Floats:
        """(cardinality - missing,) the value that each cell starts at."""
        return np.concatenate([self.singles, self.starts])

    def values(self, series: pd.Series) -> Floats:
        """Numbers as float64, NaN where missing."""
        return _numbers(series, self.kind, self.unit)

    def codes(self, values: Floats) -> Codes:
        """The cell of each value; beyond the ends the nearest cell."""
        n_singles = len(self.singles)
        filled = np.nan_to_num(values, nan=0.0)
        if len(self.starts):
            codes = np.searchsorted(self.starts, filled, side="right") - 1
            codes = n_singles + np.clip(codes, 0, len(self.starts) - 1)
        else:
            middle = (self.singles[1:] + self.singles[:-1]) / 2
            codes = np.searchsorted(middle, filled)
        if n_singles:
            place = np.minimum(np.searchsorted(self.singles, filled), n_singles - 1)
            codes = np.where(self.singles[place] == filled, place, codes)
        return np.where(np.isnan(values), self.cardinality - 1, codes).astype(np.int32)

    def draw(self, codes: Codes, rng: np.random.Generator) -> Floats:
        """A value of each cell, by the distribution inside it."""
        n_singles = len(self.singles)
        values = np.full(len(codes), np.nan)
        single = codes < n_singles
        values[single] = self.singles[codes[single]]
        inside = ~single & (codes < n_singles + len(self.starts))
        points = codes[inside] - n_singles + rng.random(int(inside.sum()))
        if len(points):
            values[inside] = np.interp(points, self.keys, self.grid)
        return self.settle(values)

    def settle(self, values: Floats) -> Floats:
        """Values that a model made, as the column can hold them: whole, or with its decimals."""
        if self.kind != "decimal":
            return np.round(values)
        return values if self.decimals is None else np.round(values, self.decimals)

    def series(self, values: Floats) -> pd.Series:
        """Values as a column in canonical form."""
        if self.kind == "decimal":
            return pd.Series(values)
        missing = np.isnan(values)
        whole = np.where(missing, 0, values).astype(np.int64)
        if self.kind == "integer":
            return pd.Series(pd.arrays.IntegerArray(whole, missing))
        stamps = (whole * self.unit).astype("datetime64[ns]")
        stamps[missing] = np.datetime64("NaT")
        return pd.Series(stamps)

    def state(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Plain values, and arrays by name."""
        plain = {
            "type": "number",
            "kind": self.kind,
            "unit": self.unit,
            "decimals": self.decimals,
            "missing": self.missing,
        }
        names = ("singles", "starts", "keys", "grid")
        return plain, {name: getattr(self, name) for name in names}

    @classmethod
    def from_state(cls, plain: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `state`."""
        return cls(
            kind=plain["kind"],
            unit=plain["unit"],
            decimals=plain["decimals"],
            singles=arrays["singles"],
            starts=arrays["starts"],
            keys=arrays["keys"],
            grid=arrays["grid"],
            missing=plain["missing"],
        )


ColumnCells = CategoryCells | NumberCells


def fit_cells(
    series: pd.Series,
    column: Column,
    cuts: tuple[float, ...] = (),
    most_spellings: int = MAX_SPELLINGS,
) -> ColumnCells:
    """The cells of one column; `cuts` are values that no interval may reach across."""
    if column.kind in {"category", "boolean"}:
        return CategoryCells.fit(series, most_spellings)
    return NumberCells.fit(series, column, cuts)


def fit_rest(rest: Floats, column: NumberCells) -> NumberCells:
    """The cells of what is left of a column, in its own steps and decimals."""
    kind: ColumnKind = "decimal" if column.kind == "decimal" else "integer"
    made = Column(name="rest", kind=kind, decimals=column.decimals)
    return NumberCells.fit(pd.Series(rest), made)


def cells_from_state(plain: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> ColumnCells:
    """The inverse of `state` for either kind."""
    if plain["type"] == "category":
        return CategoryCells.from_state(plain, arrays)
    return NumberCells.from_state(plain, arrays)


def _numbers(series: pd.Series, kind: str, unit: int) -> Floats:
    """A column as float64, NaN where missing or infinite; dates in `unit` nanoseconds."""
    if kind == "datetime":
        stamps = series.to_numpy(dtype="datetime64[ns]")
        whole = stamps.astype(np.int64) // unit
        return np.where(np.isnat(stamps), np.nan, whole.astype(np.float64))
    values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _single_values(known: Floats) -> tuple[Floats, Floats]:
    """The values that get cells of their own, and all rows with other values, sorted."""
    distinct, counts = np.unique(known, return_counts=True)
    if len(distinct) <= MAX_INTERVALS:
        return distinct, np.empty(0)
    frequent = np.argsort(-counts, kind="stable")[:MAX_SINGLES]
    frequent = frequent[counts[frequent] >= max(MIN_SINGLE_SHARE * len(known), MIN_ROWS_A_CELL)]
    singles = np.sort(distinct[frequent])
    return singles, np.sort(known[~np.isin(known, singles)])


def _intervals(rest: Floats, cuts: Floats) -> tuple[Floats, Floats, Floats]:
    """Quantile intervals of sorted values: their starts, and the points of their distributions."""
    if len(rest) == 0:
        return np.empty(0), np.empty(0), np.empty(0)
    n_intervals = int(np.clip(len(rest) // MIN_ROWS_A_CELL, 1, MAX_INTERVALS))
    places = np.arange(n_intervals) * len(rest) // n_intervals
    starts = np.unique(np.concatenate([rest[places], cuts]))
    bounds = np.append(np.searchsorted(rest, starts), len(rest))
    filled = np.flatnonzero(np.diff(bounds) > 0)
    keys, grid = [], []
    for cell, index in enumerate(filled):
        inside = rest[bounds[index] : bounds[index + 1]]
        distinct, counts = np.unique(inside, return_counts=True)
        if len(distinct) <= GRID // 2:
            levels = np.concatenate([[0.0], np.cumsum(counts) / len(inside)])
            keys.append(cell + np.repeat(levels, 2)[1:-1])
            grid.append(np.repeat(distinct, 2))
        else:
            levels = np.linspace(0, 1, GRID)
            keys.append(cell + levels)
            grid.append(np.quantile(inside, levels))
    return starts[filled], np.concatenate(keys), np.concatenate(grid)
