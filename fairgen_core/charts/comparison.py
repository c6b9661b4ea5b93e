"""Runs beside each other: differences with their intervals, and who gains and who loses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from fairgen_core.charts.base import Chart, finish, label_axis, listed, nothing, share_axis, wrapped
from fairgen_core.charts.palette import GROUPS, LINE, ON_GROUP, REAL, SHAPES
from fairgen_core.comparison.differences import of_distance
from fairgen_core.comparison.results import ComparedFigure, ComparedGroup, ComparedRun, Difference
from fairgen_core.numbers import number
from fairgen_core.words import say

_HEIGHT_A_RUN, _HEIGHT_A_ROW = 20, 18
_WORD_SHARE = 0.15
"""Of the axis: room for the word beside the longest interval."""


def difference_chart(runs: Sequence[ComparedRun], figures: Sequence[ComparedFigure]) -> Chart:
    """Each figure of B, C, D minus that of A with its 95 % interval; the line at 0 is 'no change'.

    Args:
        runs: the first is what the others are held against.
        figures: of one judge, or of none; those without a difference are left out.
    """
    rows = [
        _difference_row(figure, run, difference)
        for figure in figures
        for run, difference in zip(runs, figure.differences, strict=True)
        if difference is not None and difference.value is not None
    ]
    if not rows:
        return nothing(say("chart.no_rows.differences"))
    frame = pd.DataFrame(rows)
    base = alt.Chart(frame).encode(
        y=alt.Y("Figure:N", sort=None, axis=label_axis(260)),
        yOffset=alt.YOffset("Run:N", sort=None),
    )
    coloured = base.encode(color=_run_colour(runs[1:], first=1))
    title = wrapped(say("differences.axis", a=runs[0].letter), 36)
    low, high = min(0.0, frame["Low"].min()), max(0.0, frame["High"].max())
    x = alt.X(
        "Difference:Q",
        title=title,
        axis=alt.Axis(format="+.2~g", tickCount=8, titleLimit=600),
        scale=alt.Scale(domain=[low, high + _WORD_SHARE * (high - low)]),
    )
    tips: list[Any] = ["Figure:N", "Run:N", _number("Difference"), _number("Low"), _number("High")]
    tips.append("Verdict:N")
    interval = coloured.mark_rule(strokeWidth=2.5).encode(x=_named(x, "Low:Q"), x2="High:Q")
    points = coloured.mark_point(filled=True, size=90, opacity=1).encode(
        x=x, shape=_run_shape(runs[1:], first=1), tooltip=tips
    )
    words = base.mark_text(align="left", dx=8, fontSize=11).encode(
        x=_named(x, "High:Q"), text="Verdict:N"
    )
    zero = alt.Chart(pd.DataFrame({"Zero": [0]})).mark_rule(
        color=LINE, strokeDash=[4, 4], strokeWidth=2
    )
    zero = zero.encode(x=_named(x, "Zero:Q"))
    chart = alt.layer(zero, interval, points, words, data=frame)
    items = listed(f"{r['Figure']}, {r['Run']}: {r['_text']}." for r in rows)
    height = frame["Figure"].nunique() * (_HEIGHT_A_ROW + _HEIGHT_A_RUN * (len(runs) - 1))
    return finish(chart, say("differences.description", a=runs[0].letter, items=items), height)


def group_change_chart(runs: Sequence[ComparedRun], groups: Sequence[ComparedGroup]) -> Chart:
    """One rate in every group, of every run as a lettered point; the real rows' as a grey diamond.

    Args:
        runs: the first is what the others are held against.
        groups: of one measure and one judge.
    """
    rows: list[dict[str, Any]] = []
    for group in groups:
        if group.real is not None and group.real.value is not None:
            rows.append(_rate_row(group, say("series.real"), group.real.value, ""))
        for run, figure, difference in zip(runs, group.figures, group.differences, strict=True):
            if figure is not None and figure.value is not None:
                rows.append(_rate_row(group, run.letter, figure.value, verdict(difference)))
    if not rows:
        return nothing(say("chart.no_rows.groups"))
    frame = pd.DataFrame(rows)
    letters = [run.letter for run in runs]
    y = alt.Y("Group:N", sort=None, axis=label_axis(260))
    title = say(f"measure.{groups[0].measure}")
    x = alt.X("Rate:Q", title=title, axis=share_axis(), scale=alt.Scale(zero=True))
    base = alt.Chart(frame).encode(y=y, x=x)
    span = alt.Chart(frame).mark_rule(strokeWidth=3, color=LINE, opacity=0.35)
    span = span.encode(y=y, x=alt.X("min(Rate):Q", title=title), x2="max(Rate):Q")
    tips: list[Any] = ["Group:N", "Run:N", _number("Rate"), "Change:N"]
    real = base.transform_filter(alt.datum.Run == say("series.real")).mark_point(
        shape="diamond", filled=True, size=110, color=REAL, opacity=1
    )
    own = base.transform_filter(alt.FieldOneOfPredicate("Run", letters))
    points = own.mark_point(filled=True, size=330, opacity=1).encode(
        color=_run_colour(runs), tooltip=tips
    )
    text = own.mark_text(fontSize=11, fontWeight="bold", color=ON_GROUP).encode(text="Run:N")
    # An empty layer has no extent: the browser would complain of it.
    known = (frame["Run"] == say("series.real")).any()
    layers = [span, *([real.encode(tooltip=tips)] if known else []), points, text]
    chart = alt.layer(*layers, data=frame)
    items = listed(f"{r['Group']}, {r['Run']}: {number(r['Rate'])} {r['Change']}." for r in rows)
    height = frame["Group"].nunique() * 44
    return finish(chart, say("group_changes.description", measure=title, items=items), height)


def verdict(difference: Difference | None) -> str:
    """What a difference's interval allows to be said, in a word."""
    return "" if difference is None else say(f"verdict.{difference.verdict}")


def _difference_row(
    figure: ComparedFigure, run: ComparedRun, difference: Difference
) -> dict[str, Any]:
    low, high = difference.low, difference.high
    words = number(difference.value)
    if low is not None and high is not None:
        words += f" ({number(low)} … {number(high)})"
    return {
        "Figure": figure.info.title + ("" if of_distance(figure.info) is None else " *"),
        "Run": run.letter,
        "Difference": difference.value,
        "Low": low if low is not None else difference.value,
        "High": high if high is not None else difference.value,
        "Verdict": verdict(difference),
        "_text": f"{words}, {verdict(difference)}",
    }


def _rate_row(group: ComparedGroup, run: str, rate: float, change: str) -> dict[str, Any]:
    return {"Group": group.group, "Run": run, "Rate": rate, "Change": change}


def _run_colour(runs: Sequence[ComparedRun], first: int = 0) -> alt.Color:
    """One colour a run, the same on every chart of a comparison."""
    letters = [run.letter for run in runs]
    colours = [GROUPS[(i + first) % len(GROUPS)] for i in range(len(runs))]
    legend = alt.Legend(title=say("comparison.run"), orient="top")
    return alt.Color("Run:N", scale=alt.Scale(domain=letters, range=colours), legend=legend)


def _run_shape(runs: Sequence[ComparedRun], first: int = 0) -> alt.Shape:
    letters = [run.letter for run in runs]
    shapes = [SHAPES[(i + first) % len(SHAPES)] for i in range(len(runs))]
    legend = alt.Legend(title=say("comparison.run"), orient="top")
    return alt.Shape("Run:N", scale=alt.Scale(domain=letters, range=shapes), legend=legend)


def _named(x: alt.X, field: str) -> alt.X:
    """The same axis over another field."""
    other = x.copy()
    other.shorthand = field
    return other


def _number(field: str) -> alt.Tooltip:
    return alt.Tooltip(f"{field}:Q", format=".4f")
