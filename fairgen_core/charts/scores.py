"""The groups' score distributions: where demographic parity over every threshold is read off."""

from __future__ import annotations

from typing import Literal, NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from fairgen_core.charts.base import Chart, finish, nothing, wrapped
from fairgen_core.charts.palette import LINE, group_colours, group_dashes
from fairgen_core.numbers import number, struck_out
from fairgen_core.results import Report, ScoreCurve
from fairgen_core.words import say

TrainedOn = Literal["real", "synthetic"]


class LargestDistance(NamedTuple):
    """Where two groups' distribution functions lie farthest apart."""

    distance: float
    score: float
    lower: float
    """The smaller of the two shares there."""
    upper: float


def curves_of(report: Report, judge: str, trained_on: TrainedOn) -> tuple[ScoreCurve, ...]:
    """The distribution functions of one model, one a group, in the report's order of groups."""
    found = {c.group: c for c in report.curves if c.judge == judge and c.trained_on == trained_on}
    return tuple(found[group] for group in report.groups if group in found)


def score_range(report: Report, judge: str) -> tuple[float, float]:
    """The smallest and largest score on any curve of that judge; (0, 1) where there is none."""
    grids = [c.grid for c in report.curves if c.judge == judge and c.grid]
    if not grids:
        return 0.0, 1.0
    return min(min(g) for g in grids), max(max(g) for g in grids)


def decision_threshold(report: Report, judge: str) -> float:
    """The threshold that the judge's decisions were made at, within the curves' grid.

    .5 for probabilities. A number's decision is 'above the training rows' median', which the report
    does not hold: it is the score that the reported rate of favourable decisions lies above.
    """
    low, high = score_range(report, judge)
    measured = report.find("positive_rate", judge)
    rate = measured.real.value if measured and measured.real else None
    curves = curves_of(report, judge, "real")
    n_rows = sum(c.n for c in curves)
    if report.target_kind != "number" or rate is None or not n_rows:
        return 0.5 if low < 0.5 < high else (low + high) / 2
    grid = np.unique(np.concatenate([c.grid for c in curves]))
    above = sum(np.array([share_above(c, float(s)) for s in grid]) * c.n for c in curves) / n_rows
    return float(grid[np.abs(above - rate).argmin()])


def share_above(curve: ScoreCurve, threshold: float) -> float:
    """The share of the group's rows whose score is greater than `threshold`."""
    place = int(np.searchsorted(np.asarray(curve.grid), threshold, side="right")) - 1
    return 1.0 - (curve.cdf[place] if place >= 0 else 0.0)


def parity_at(
    report: Report, judge: str, threshold: float, trained_on: TrainedOn = "synthetic"
) -> float | None:
    """The demographic parity difference if scores above `threshold` were decided favourably.

    None with fewer than two groups' curves.
    """
    shares = [share_above(curve, threshold) for curve in curves_of(report, judge, trained_on)]
    return max(shares) - min(shares) if len(shares) > 1 else None


def largest_distance(
    report: Report, judge: str, trained_on: TrainedOn = "synthetic"
) -> LargestDistance | None:
    """The largest Kolmogorov-Smirnov distance between two groups, and the score it occurs at.

    None with fewer than two groups' curves. Found on the curves' own grid, so it may fall short of
    the report's figure by the grid's width.
    """
    curves = curves_of(report, judge, trained_on)
    if len(curves) < 2:
        return None
    grid = np.unique(np.concatenate([c.grid for c in curves]))
    below = np.array([[1.0 - share_above(c, float(score)) for score in grid] for c in curves])
    gaps = below.max(axis=0) - below.min(axis=0)
    place = int(gaps.argmax())
    lower, upper = float(below[:, place].min()), float(below[:, place].max())
    return LargestDistance(float(gaps[place]), float(grid[place]), lower, upper)


def _lines(report: Report, judge: str, trained_on: TrainedOn) -> pd.DataFrame:
    parts = []
    for curve in curves_of(report, judge, trained_on):
        label = f"{curve.group} ({say('chart.n', n=f'{curve.n:,}')})"
        share = np.asarray(curve.cdf)
        parts.append(
            pd.DataFrame({"Group": label, "Score": curve.grid, "Share": share, "n": curve.n})
        )
    return pd.concat(parts, ignore_index=True)


def score_curves(
    report: Report,
    judge: str,
    threshold: float | None = None,
    trained_on: TrainedOn = "synthetic",
) -> Chart:
    """Step distribution functions of the groups' scores over each other.

    A bracket marks the largest distance between two groups, which is demographic parity over every
    threshold; a dashed line marks `threshold` and what the difference is there.

    Args:
        report: an audit or an evaluation.
        judge: the downstream classifier's name.
        threshold: scores above it are decided favourably; None draws no line.
        trained_on: the rows that the classifier was trained on.
    """
    curves = curves_of(report, judge, trained_on)
    if not curves:
        return nothing(say("chart.no_rows.curves"))
    frame = _lines(report, judge, trained_on)
    colours, dashes = group_colours(report.groups), group_dashes(report.groups)
    labels = list(frame["Group"].unique())
    names = [c.group for c in curves]
    legend = alt.Legend(
        title=None,
        orient="top",
        labelLimit=260,
        symbolStrokeWidth=3,
        columns=1 if len(names) <= 4 else 2,
    )
    low, high = score_range(report, judge)
    if low >= 0.0 and high <= 1.0:
        low, high = 0.0, 1.0
    title = say("scores.axis")
    if report.target_kind == "number":
        title = say("scores.axis_number", target=report.target)
    x = alt.X("Score:Q", title=wrapped(title), scale=alt.Scale(domain=[low, high]))
    share = alt.Scale(domain=[0, 1])
    steps = (
        alt.Chart(frame)
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=x,
            y=alt.Y("Share:Q", title=say("scores.share"), scale=share),
            color=alt.Color(
                "Group:N",
                scale=alt.Scale(domain=labels, range=[colours[n] for n in names]),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "Group:N",
                scale=alt.Scale(domain=labels, range=[list(dashes[n]) for n in names]),
                legend=legend,
            ),
            tooltip=["Group:N", alt.Tooltip("Score:Q", format=".3f"),
                     alt.Tooltip("Share:Q", format=".3f"), "n:Q"],
        )
    )  # fmt: skip
    layers: list[alt.Chart] = [steps]
    farthest = largest_distance(report, judge, trained_on)
    reported = _reported_distance(report, judge, trained_on)
    words = ""
    if farthest is not None:
        words = reported or number(farthest.distance)
        layers += _bracket(farthest, words, low, high)
    here = parity_at(report, judge, threshold, trained_on) if threshold is not None else None
    if threshold is not None:
        layers += _threshold(threshold, here, (low + high) / 2)
    description = say(
        "scores.description",
        rows=say(f"series.{trained_on}").lower(),
        judge=judge,
        largest=words or say("number.missing"),
        threshold=number(threshold),
        here=number(here),
    )
    return finish(alt.layer(*layers, data=frame), description, height=280)


def _reported_distance(report: Report, judge: str, trained_on: TrainedOn) -> str:
    """The report's own figure for the largest distance, in words; struck ones say so."""
    measured = report.find("dp_any", judge)
    figure = getattr(measured, trained_on) if measured else None
    if figure is None or figure.value is None:
        return ""
    if figure.struck:
        return f"{struck_out(number(figure.value))} ({say('chart.struck_short')})"
    return number(figure.value)


def _bracket(found: LargestDistance, words: str, low: float, high: float) -> list[alt.Chart]:
    """A vertical bracket; its label where no curve runs: right and below, or left and above."""
    row = {"Score": found.score, "Lower": found.lower, "Upper": found.upper}
    frame = pd.DataFrame([row | {"Label": say("scores.largest", value=words)}])
    base = alt.Chart(frame)
    bar = base.mark_rule(strokeWidth=2, color=LINE).encode(x="Score:Q", y="Lower:Q", y2="Upper:Q")
    serif = (high - low) * 0.012
    ends = [
        {"From": found.score - serif, "To": found.score + serif, "End": end}
        for end in (found.lower, found.upper)
    ]
    caps = (
        alt.Chart(pd.DataFrame(ends))
        .mark_rule(strokeWidth=2, color=LINE)
        .encode(x="From:Q", x2="To:Q", y="End:Q")
    )
    left = found.score > (low + high) / 2
    mark = (
        base.mark_text(align="right", baseline="bottom", dx=-8, dy=-4, fontSize=12)
        if left
        else base.mark_text(align="left", baseline="top", dx=8, dy=4, fontSize=12)
    )
    label = mark.encode(x="Score:Q", y="Upper:Q" if left else "Lower:Q", text="Label:N")
    return [bar, caps, label]


def _threshold(threshold: float, here: float | None, middle: float) -> list[alt.Chart]:
    words = say("scores.here", value=number(here), threshold=number(threshold))
    frame = pd.DataFrame([{"Threshold": threshold, "Label": words}])
    rule = alt.Chart(frame).mark_rule(strokeDash=[4, 4], strokeWidth=2, color=LINE)
    left = threshold > middle
    label = alt.Chart(frame).mark_text(
        align="right" if left else "left", dx=-6 if left else 6, fontSize=12, baseline="bottom"
    )
    place = alt.Y(value=272)
    x = alt.X("Threshold:Q")
    return [rule.encode(x=x), label.encode(x=x, y=place, text="Label:N")]
