"""How far a figure moves from seed to seed. Needs neither torch nor scikit-learn."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.special import stdtrit

from fairgen_core.sweep_results import Setting, SweepPoint, SweepResults

UNBOUNDED = (-math.inf, math.inf)
SHARES = (0.0, 1.0)
"""The range of shares and of AUROC, and so of every figure of the lessons."""


@dataclass(frozen=True)
class SeedRow:
    """One setting's figure over its seeds.

    Attributes:
        settings: what was varied.
        seeds, values: one each a finished run, by rising seed.
        mean: of the values.
        low, high: Student's 95 % interval of the mean; None with one seed.
        struck: why the figure proves nothing; empty where it does.
        cut: whether the interval reached past the figure's range, and ends there.
    """

    settings: Mapping[str, Setting]
    seeds: tuple[int, ...]
    values: tuple[float, ...]
    mean: float
    low: float | None
    high: float | None
    struck: str = ""
    cut: bool = False


def over_seeds(results: SweepResults, metric: str, judge: str = "") -> list[SeedRow]:
    """Every setting that has the figure, in the order of the sweep's members.

    Args:
        results: what a sweep has found so far.
        metric: the figure's key.
        judge: the downstream model whose figures count.
    """
    by_setting: dict[tuple[tuple[str, Setting], ...], list[SweepPoint]] = {}
    for point in results.points:
        figure = point.figure(metric, judge)
        if figure is not None and figure.value is not None:
            by_setting.setdefault(tuple(point.settings.items()), []).append(point)
    info = results.metrics.get(metric)
    bounds = UNBOUNDED if info is None else info.range
    return [_row(points, metric, judge, bounds) for points in by_setting.values()]


def mean_interval(
    values: Sequence[float], bounds: tuple[float, float] = UNBOUNDED
) -> tuple[float, float] | None:
    """Student's 95 % interval of the mean of independent values; None with fewer than two.

    Cut at the values' range: the mean lies in it for certain, so the part that is kept holds the
    mean exactly as often as the whole.

    Args:
        values: of one figure.
        bounds: the smallest and the largest value that it can have.

    Source: Student (1908).
    """
    if len(values) < 2:
        return None
    mean, n = statistics.fmean(values), len(values)
    half = float(stdtrit(n - 1, 0.975)) * statistics.stdev(values) / math.sqrt(n)
    return max(mean - half, bounds[0]), min(mean + half, bounds[1])


def _row(
    points: Sequence[SweepPoint], metric: str, judge: str, bounds: tuple[float, float]
) -> SeedRow:
    ordered = sorted(points, key=lambda p: p.seed)
    figures = [f for p in ordered if (f := p.figure(metric, judge)) is not None]
    values = tuple(f.value for f in figures if f.value is not None)
    interval, whole = mean_interval(values, bounds), mean_interval(values)
    return SeedRow(
        settings=ordered[0].settings,
        seeds=tuple(p.seed for p in ordered),
        values=values,
        mean=statistics.fmean(values),
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        struck=next((f.reason for f in figures if f.struck), ""),
        cut=interval != whole,
    )
