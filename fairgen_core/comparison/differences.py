"""Differences of two figures with their intervals, and which way they point."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from fairgen_core.comparison.results import Difference
from fairgen_core.judged import FloatArray
from fairgen_core.results import Figure, MetricInfo
from fairgen_core.words import say

Better = Literal["lower", "higher", "closer", "neither"]


def paired(
    a: Figure,
    b: Figure,
    draws: FloatArray,
    better: Better,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Difference:
    """B minus A from figures of the same redrawn rows: the basic bootstrap interval.

    It mirrors the draws at the value, which can lead past what a difference can be: it ends there.

    Args:
        a, b: the reported figures, both with a value.
        draws: (draws,) B minus A in each redraw.
        better: which way the figure is better.
        bounds: the smallest and the largest difference that there can be.
    """
    value = (b.value or 0.0) - (a.value or 0.0)
    known = draws[np.isfinite(draws)]
    if len(known) < len(draws) / 2:
        return unpaired(a, b, better)
    low, high = np.quantile(known, [0.025, 0.975])
    ends = (
        max(bounds[0], min(value, 2 * value - float(high))),
        min(bounds[1], max(value, 2 * value - float(low))),
    )
    return Difference(
        value=value, low=ends[0], high=ends[1], paired=True, verdict=_verdict(*ends, better)
    )


def unpaired(a: Figure, b: Figure, better: Better) -> Difference:
    """B minus A from the figures' own intervals (MOVER, Zou and Donner 2008).

    It takes the two as independent, so it is too wide where the same rows were judged.
    """
    if a.value is None or b.value is None:
        return absent(a, b)
    value = b.value - a.value
    if None in (a.low, a.high, b.low, b.high):
        return Difference(value=value, reason=say("compare.no_interval"))
    below = math.hypot(b.value - (b.low or 0.0), (a.high or 0.0) - a.value)
    above = math.hypot((b.high or 0.0) - b.value, a.value - (a.low or 0.0))
    low, high = value - below, value + above
    return Difference(value=value, low=low, high=high, verdict=_verdict(low, high, better))


def absent(a: Figure | None, b: Figure | None) -> Difference:
    """No difference, and why."""
    missing = next((f.reason for f in (a, b) if f is not None and f.value is None), "")
    return Difference(value=None, reason=missing or say("compare.not_in_both"))


def to_ideal(figure: Figure, info: MetricInfo) -> Figure:
    """How far a figure lies from its ideal, with the folded interval; for 'the nearer the better'.

    The figure itself where it has no value or no ideal.
    """
    if figure.value is None or info.ideal is None:
        return figure
    value = abs(figure.value - info.ideal)
    if figure.low is None or figure.high is None:
        return figure.model_copy(update={"value": value})
    ends = (figure.low - info.ideal, figure.high - info.ideal)
    low = 0.0 if ends[0] <= 0 <= ends[1] else min(map(abs, ends))
    return figure.model_copy(update={"value": value, "low": low, "high": max(map(abs, ends))})


def of_distance(info: MetricInfo) -> str | None:
    """What 'the nearer the better' is compared by, ``distance to 1``; None of all other figures."""
    if info.better != "closer" or info.ideal is None:
        return None
    return say("compare.to_ideal", ideal=f"{info.ideal:g}")


def direction(info: MetricInfo) -> Better:
    """Which way a figure is better; of one without an ideal to be near, neither."""
    return "neither" if info.better == "closer" and info.ideal is None else info.better


def _verdict(
    low: float, high: float, better: Better
) -> Literal["better", "worse", "higher", "lower", "unclear"]:
    if low <= 0 <= high:
        return "unclear"
    rises = low > 0
    if better == "neither":
        return "higher" if rises else "lower"
    return "better" if rises == (better == "higher") else "worse"
