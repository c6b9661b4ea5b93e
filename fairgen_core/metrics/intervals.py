"""95 % intervals, analytic or from resampled counts: no model is refitted for an interval.

Every interval speaks of the rows that were judged. How much a figure moves when the generator is
trained anew is another question; only several seeds answer it.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.stats import kstwobign, norm

from fairgen_core.results import Figure
from fairgen_core.wilson import LEVEL as LEVEL
from fairgen_core.wilson import Z as Z
from fairgen_core.wilson import wilson as wilson

FloatArray = npt.NDArray[np.float64]

MIN_ROWS = 30
"""Below this many rows a figure is not estimable (METRICS)."""


def absent(reason: str, n: int = 0) -> Figure:
    """A figure that cannot be had, with the reason in plain words."""
    return Figure(value=None, n=n, reason=reason)


def too_few(n: int, what: str) -> Figure:
    """The figure of fewer rows than `MIN_ROWS`: never a number."""
    name = what.replace("rows", "row", 1) if n == 1 else what
    return absent(f"{n} {name}; not estimable below {MIN_ROWS}", n)


def share(hits: int, n: int, what: str = "rows") -> Figure:
    """A share of `n` rows with its Wilson interval; not estimable below `MIN_ROWS`."""
    if n < MIN_ROWS:
        return too_few(n, what)
    low, high = wilson(hits, n)
    return Figure(value=hits / n, low=float(low), high=float(high), n=n)


def mean(values: npt.ArrayLike, low: float = -np.inf, high: float = np.inf) -> Figure:
    """A mean with its normal interval, clipped to the figure's bounds."""
    rows = np.asarray(values, dtype=np.float64)
    if rows.size < MIN_ROWS:
        return too_few(rows.size, "rows")
    value = float(rows.mean())
    return around(value, float(rows.std(ddof=1)) / np.sqrt(rows.size), rows.size, low, high)


def around(
    value: float, standard_error: float, n: int, low: float = -np.inf, high: float = np.inf
) -> Figure:
    """A value with the normal interval of its standard error, clipped to the figure's bounds."""
    half = Z * standard_error
    return Figure(
        value=value,
        low=float(np.clip(value - half, low, high)),
        high=float(np.clip(value + half, low, high)),
        n=n,
    )


def fold(low: float, high: float) -> tuple[float, float]:
    """The interval of an absolute difference from that of the signed difference."""
    if low <= 0 <= high:
        return 0.0, max(-low, high)
    return min(abs(low), abs(high)), max(abs(low), abs(high))


def largest_rate_gap(hits: npt.ArrayLike, totals: npt.ArrayLike, what: str) -> Figure:
    """The largest gap of a rate between any two groups, over one or several outcomes.

    Point: max over outcomes and pairs of |p_a - p_b|. Interval: Newcombe's hybrid score interval
    of each pair's difference (Newcombe 1998, method 10), at a level that all pairs hold at once
    (Bonferroni), folded at 0; the largest lower and the largest upper end. So a maximum over many
    groups is not mistaken for a finding.

    Args:
        hits: (outcomes, groups) or (groups,) counts.
        totals: rows behind them, same shape. Entries below `MIN_ROWS` take no part.
        what: the rows' name in the reason of an absent figure.
    """
    counts = np.atleast_2d(np.asarray(hits, dtype=np.float64))
    rows = np.atleast_2d(np.asarray(totals, dtype=np.float64))
    pairs = [
        (o, a, b)
        for o in range(rows.shape[0])
        for a, b in combinations(np.flatnonzero(rows[o] >= MIN_ROWS), 2)
    ]
    if not pairs:
        return _no_pair(rows, what)
    z = float(norm.isf((1 - LEVEL) / 2 / len(pairs)))
    safe = np.maximum(rows, 1)
    p = counts / safe
    low, high = wilson(counts, safe, z)
    lows, highs = [], []
    for o, a, b in pairs:
        d = p[o, a] - p[o, b]
        below = np.hypot(p[o, a] - low[o, a], high[o, b] - p[o, b])
        above = np.hypot(high[o, a] - p[o, a], p[o, b] - low[o, b])
        ends = fold(d - below, d + above)
        lows.append(ends[0])
        highs.append(ends[1])
    value = max(abs(p[o, a] - p[o, b]) for o, a, b in pairs)
    used = int(np.where(rows >= MIN_ROWS, rows, 0).sum(axis=1).max())
    return Figure(value=float(value), low=max(lows), high=min(1.0, max(highs)), n=used)


def _no_pair(rows: FloatArray, what: str) -> Figure:
    sizes = sorted(int(n) for n in rows.max(axis=0))
    second = sizes[-2] if len(sizes) > 1 else 0
    return absent(
        f"Two groups with at least {MIN_ROWS} {what} are needed; the second largest has {second}",
        int(rows.max(initial=0)),
    )


def largest_ks(scores: FloatArray, groups: npt.NDArray[np.int64], n_groups: int) -> Figure:
    """The largest Kolmogorov-Smirnov distance between two groups' scores, over outcomes.

    Interval: the distance plus and minus the 95 % quantile of Kolmogorov's distribution, scaled
    by sqrt(1/n_a + 1/n_b), Bonferroni over the pairs. It holds for every threshold at once and is
    on the safe (wide) side where scores tie.

    Args:
        scores: (n, outcomes).
        groups: (n,) 0..n_groups-1, -1 for none.
    """
    sizes = np.bincount(groups[groups >= 0], minlength=n_groups)
    usable = np.flatnonzero(sizes >= MIN_ROWS)
    if len(usable) < 2:
        return _no_pair(np.atleast_2d(sizes.astype(np.float64)), "rows")
    pairs = list(combinations(usable, 2))
    quantile = float(kstwobign.isf((1 - LEVEL) / len(pairs) / scores.shape[1]))
    # Every score is a threshold, but of hundreds of pairs and outcomes a grid is enough.
    points = max(1000, 10_000_000 // (len(pairs) * scores.shape[1]))
    value, low, high = 0.0, 0.0, 0.0
    for column in scores.T:
        grid = np.unique(column)
        if len(grid) > points:
            grid = grid[np.linspace(0, len(grid) - 1, points).round().astype(int)]
        cdf = {a: step_cdf(column[groups == a], grid) for a in usable}
        for a, b in pairs:
            distance = float(np.abs(cdf[a] - cdf[b]).max())
            half = quantile * float(np.sqrt(1 / sizes[a] + 1 / sizes[b]))
            value, low, high = (
                max(value, distance),
                max(low, distance - half),
                max(high, distance + half),
            )
    return Figure(value=value, low=low, high=min(1.0, high), n=int(sizes[usable].sum()))


def step_cdf(values: FloatArray, grid: FloatArray) -> FloatArray:
    """Share of `values` at or below each grid point."""
    ordered = np.sort(values)
    shares: FloatArray = np.searchsorted(ordered, grid, side="right") / max(1, len(ordered))
    return shares


def from_draws(value: float, draws: FloatArray, n: int, low: float, high: float) -> Figure:
    """A value with its basic bootstrap interval, clipped to the bounds; the point lies inside."""
    q_low, q_high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Figure(
        value=value,
        low=float(min(value, np.clip(2 * value - q_high, low, high))),
        high=float(max(value, np.clip(2 * value - q_low, low, high))),
        n=n,
    )
