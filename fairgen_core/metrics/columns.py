"""Each column's distribution, real beside synthetic, over the same cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.schema import Column, Schema
from fairgen_core.metrics.features import code_column, is_categorical
from fairgen_core.metrics.intervals import LEVEL, MIN_ROWS, from_draws, too_few
from fairgen_core.results import ColumnComparison, Figure

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

MAX_CATEGORIES = 30
MAX_VALUES = 20
"""A number with so few different values has a cell for each."""
N_BINS = 10
"""Quantile bins of other numbers: the more, the farther apart lie two samples of one table."""
_DRAWS = 300


@dataclass(frozen=True)
class Cells:
    """What one column's values are counted into; the last count is that of missing values."""

    column: Column
    labels: tuple[str, ...]
    edges: tuple[float, ...]

    def places(self, values: pd.Series) -> IntArray:
        """(n,) the cell of each row; ``len(labels)`` where the value is missing."""
        n_cells = len(self.labels)
        if not self.edges:
            raw = values.astype(object)
            places = pd.Index(self.labels[:MAX_CATEGORIES]).get_indexer(pd.Index(raw))
            # Spellings without a cell of their own share the last one, 'other'.
            places = np.where(places < 0, n_cells - 1, places)
            missing = raw.isna().to_numpy()
        else:
            codes = code_column(self.column, values)
            places = np.searchsorted(np.asarray(self.edges[1:-1]), codes, side="right")
            missing = np.isnan(codes)
        return np.where(missing, n_cells, places).astype(np.int64)

    def count(self, values: pd.Series) -> IntArray:
        """Rows in each cell, then the missing ones."""
        return np.bincount(self.places(values), minlength=len(self.labels) + 1)


def make_cells(column: Column, train: pd.Series, n_bins: int = N_BINS) -> Cells:
    """Cells from the training rows: spellings, or bins between quantiles.

    A number that is frequent enough to fill a bin gets a cell of its own.
    """
    if is_categorical(column):
        names = column.categories[:MAX_CATEGORIES]
        return Cells(column, (*names, _other_name(names)), ())
    codes = code_column(column, train)
    known = np.sort(codes[~np.isnan(codes)])
    if known.size == 0:
        return Cells(column, ("any",), (0.0, 1.0))
    distinct = np.unique(known)
    if distinct.size > MAX_VALUES:
        places = np.linspace(0, known.size - 1, n_bins + 1).round().astype(int)
        starts, counts = np.unique(known[places], return_counts=True)
        after = np.searchsorted(distinct, starts[counts > 1], side="right")
        starts = np.unique(np.concatenate([starts, distinct[after[after < distinct.size]]]))
        if counts[-1] == 1 and starts.size > 1:
            starts = starts[:-1]
    else:
        starts = distinct
    ends = np.append(distinct[np.searchsorted(distinct, starts[1:]) - 1], distinct[-1])
    labels = tuple(
        _spell(column, a) if a == b else f"{_spell(column, a)} to {_spell(column, b)}"
        for a, b in zip(starts, ends, strict=True)
    )
    return Cells(column, labels, (*map(float, starts), float(distinct[-1])))


def _other_name(names: tuple[str, ...]) -> str:
    name = "other"
    while name in names:
        name = f"({name})"
    return name


def _spell(column: Column, code: float) -> str:
    if column.kind == "datetime":
        stamp = pd.Timestamp(0) + pd.Timedelta(days=code)
        return stamp.round("s").isoformat(sep=" ").removesuffix(" 00:00:00")
    if column.kind == "integer" or column.decimals == 0:
        return f"{code:.0f}"
    return f"{code:.4g}" if column.decimals is None else f"{round(code, column.decimals):.6g}"


def total_variation(a: npt.ArrayLike, b: npt.ArrayLike) -> FloatArray:
    """Half the summed absolute differences of two rows of counts' shares, on the last axis."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    p = first / np.maximum(1, first.sum(axis=-1, keepdims=True))
    q = second / np.maximum(1, second.sum(axis=-1, keepdims=True))
    distances: FloatArray = np.abs(p - q).sum(axis=-1) / 2
    return distances


@dataclass(frozen=True)
class Marginals:
    """All columns compared, and the mean of their distances."""

    comparisons: tuple[ColumnComparison, ...]
    mean_distance: Figure


def compare_columns(
    schema: Schema, train: pd.DataFrame, real: pd.DataFrame, synthetic: pd.DataFrame, seed: int
) -> Marginals:
    """Compare every modelled column of two tables over cells made from the training rows.

    The distance is the total variation distance, missing values being a cell. Intervals from
    redrawn counts of both tables. Two samples of one distribution lie some distance apart too.

    Args:
        train: where the cells come from.
        real: held-out real rows.
        synthetic: the rows to be judged.
        seed: of the redraws.
    """
    generator = np.random.default_rng([seed, 4])
    comparisons: list[ColumnComparison] = []
    values: list[float] = []
    draws: list[FloatArray] = []
    draws_of_equals: list[FloatArray] = []
    n = min(len(real), len(synthetic))
    for column in schema.modelled:
        cells = make_cells(column, train[column.name])
        a, b = cells.count(real[column.name]), cells.count(synthetic[column.name])
        if is_categorical(column) and a[-2] + b[-2] == 0:
            cells = Cells(column, cells.labels[:-1], ())
            a, b = np.delete(a, -2), np.delete(b, -2)
        p, q = a / max(1, a.sum()), b / max(1, b.sum())
        pooled = (a + b) / max(1, (a + b).sum())
        figure = too_few(n, "rows")
        if n >= MIN_ROWS:
            values.append(float(total_variation(a, b)))
            redrawn, same = _redraw(a, b, p, q, generator), _redraw(a, b, pooled, pooled, generator)
            figure = _distance(values[-1], redrawn, same, n)
            draws.append(redrawn)
            draws_of_equals.append(same)
        comparisons.append(
            ColumnComparison(
                column=column.name,
                kind=column.kind,
                distance=figure,
                labels=cells.labels,
                edges=cells.edges,
                real=tuple(map(float, p[:-1])),
                synthetic=tuple(map(float, q[:-1])),
                missing_real=float(p[-1]),
                missing_synthetic=float(q[-1]),
            )
        )
    if not values:
        return Marginals(tuple(comparisons), too_few(n, "rows"))
    average = _distance(
        float(np.mean(values)), np.mean(draws, axis=0), np.mean(draws_of_equals, axis=0), n
    )
    return Marginals(tuple(comparisons), average)


def _redraw(
    a: IntArray, b: IntArray, p: FloatArray, q: FloatArray, generator: np.random.Generator
) -> FloatArray:
    """Distances of redrawn counts of the sizes of `a` and `b` with shares `p` and `q`."""
    return total_variation(
        generator.multinomial(a.sum(), p, size=_DRAWS),
        generator.multinomial(b.sum(), q, size=_DRAWS),
    )


def _distance(value: float, draws: FloatArray, draws_of_equals: FloatArray, n: int) -> Figure:
    """The distance with its interval, from 0 where equal shares give as large a distance."""
    figure = from_draws(value, draws, n, 0, 1)
    noise = float(np.quantile(draws_of_equals, LEVEL))
    return figure.model_copy(update={"low": 0.0}) if value <= noise else figure
