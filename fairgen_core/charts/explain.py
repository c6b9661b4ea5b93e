"""What moves a model, and what gives the group away: SHAP bars, SHAP beeswarm, proxies."""

from __future__ import annotations

from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from fairgen_core.charts.base import (
    Chart,
    figure_cells,
    finish,
    label_axis,
    listed,
    nothing,
    real_and_synthetic,
    wrapped,
)
from fairgen_core.charts.palette import LEVELS, LINE, REAL, SENSITIVE, SYNTHETIC
from fairgen_core.numbers import number
from fairgen_core.results import Report, ShapBar
from fairgen_core.words import say

MAX_COLUMNS = 15
_NARROW = 28
"""Characters in a line of the axis title beside long column names, in a window of 800 pixels."""
MAX_POINTS_PER_COLUMN = 300
N_LAYERS = 9
"""Points that lie on each other in a beeswarm are spread over at most this many layers."""


def shown_bars(report: Report) -> list[ShapBar]:
    """The columns that move either model most, and every sensitive one, strongest first."""
    ranked = sorted(report.shap, key=lambda bar: -max(bar.real, bar.synthetic))
    return [bar for i, bar in enumerate(ranked) if i < MAX_COLUMNS or bar.sensitive]


def _unit(report: Report) -> str:
    """What SHAP values are measured in: those of a number target in its own units."""
    if report.target_kind == "number":
        return say("shap.unit_number", target=report.target)
    return say("shap.unit")


def _named(column: str, sensitive: bool) -> str:
    return say("shap.sensitive", column=column) if sensitive else column


def shap_bars(report: Report) -> Chart:
    """Paired bars of mean absolute SHAP value by column: trained on real, trained on synthetic.

    The sensitive columns are marked by a word beside their name and a colour of their own.
    """
    bars = shown_bars(report)
    if not bars:
        return nothing(say("chart.no_rows.shap"))
    rows = [
        {
            "Column": _named(bar.column, bar.sensitive),
            "Rows": say(f"series.{name}"),
            "Mean absolute SHAP value": value,
            "Sensitive": bar.sensitive,
        }
        for bar in bars
        for name, value in (("real", bar.real), ("synthetic", bar.synthetic))
    ]
    frame = pd.DataFrame(rows)
    names = [say("series.real"), say("series.synthetic")]
    told = real_and_synthetic(alt.Legend(title=None, orient="top"))
    value_axis = alt.Axis(format="~r", tickCount=8)
    marked = (alt.datum.Sensitive == True) & (alt.datum.Rows == names[1])  # noqa: E712
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            y=alt.Y("Column:N", sort=None, axis=label_axis()),
            yOffset=alt.YOffset("Rows:N", sort=None),
            x=alt.X(
                "Mean absolute SHAP value:Q",
                title=wrapped(say("shap.axis", unit=_unit(report))),
                axis=value_axis,
            ),
            fill=alt.condition(marked, alt.value(SENSITIVE), told["fill"]),
            stroke=alt.condition(marked, alt.value(SENSITIVE), told["stroke"]),
            tooltip=["Column:N", "Rows:N", alt.Tooltip("Mean absolute SHAP value:Q", format=".3")],
        )
    )
    items = listed(
        f"{_named(b.column, b.sensitive)}: real {number(b.real)}, synthetic {number(b.synthetic)}."
        for b in bars
    )
    return finish(chart, say("shap.description", items=items), height=len(bars) * 30)


def _spread(values: np.ndarray) -> np.ndarray:
    """Vertical places in [-1, 1] that keep points of like value apart: layers by count in a bin."""
    if len(values) == 0:
        return values
    width = float(np.ptp(values)) or 1.0
    bins = np.floor((values - values.min()) / width * 40).astype(int)
    places = np.zeros(len(values))
    for one in np.unique(bins):
        members = np.flatnonzero(bins == one)
        order = np.arange(len(members))
        layer = (order + 1) // 2 * np.where(order % 2, 1, -1)
        reach = max(N_LAYERS, len(members)) / 2
        places[members] = layer / reach
    return np.clip(places, -1, 1)


def shap_beeswarm(report: Report, trained_on: Literal["real", "synthetic"] = "synthetic") -> Chart:
    """One point a row and column: how far the column moved that row's score, coloured by its value.

    Args:
        report: an evaluation with SHAP points.
        trained_on: the rows that the explained classifier was trained on.
    """
    bars = shown_bars(report)
    parts = []
    for bar in bars:
        points = [
            p for p in report.shap_points if p.column == bar.column and p.trained_on == trained_on
        ]
        step = max(1, -(-len(points) // MAX_POINTS_PER_COLUMN))
        points = points[::step]
        values = np.array([p.shap for p in points])
        parts.append(
            pd.DataFrame(
                {
                    "Column": _named(bar.column, bar.sensitive),
                    "SHAP value": values,
                    "Level": [p.level for p in points],
                    "_place": _spread(values),
                }
            )
        )
    parts = [part for part in parts if len(part)]
    if not parts:
        return nothing(say("chart.no_rows.shap"))
    frame = pd.concat(parts, ignore_index=True)
    levels = alt.Color(
        "Level:Q",
        scale=alt.Scale(domain=[0, 0.5, 1], range=list(LEVELS)),
        legend=alt.Legend(
            title=say("swarm.level"),
            values=[0, 1],
            labelExpr=f"datum.value < .5 ? '{say('swarm.low')}' : '{say('swarm.high')}'",
            orient="right",
            gradientLength=120,
        ),
    )
    points = (
        alt.Chart(frame)
        .mark_circle(size=16, opacity=0.9)
        .encode(
            x=alt.X("SHAP value:Q", title=wrapped(say("swarm.axis", unit=_unit(report)))),
            y=alt.Y("Column:N", sort=None, axis=label_axis()),
            yOffset=alt.YOffset("_place:Q", scale=alt.Scale(domain=[-1.1, 1.1])),
            color=alt.condition("isValid(datum.Level)", levels, alt.value(LINE)),
            tooltip=["Column:N", alt.Tooltip("SHAP value:Q", format=".3"),
                     alt.Tooltip("Level:Q", format=".2")],
        )
    )  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"Zero": [0.0]})).mark_rule(color=LINE).encode(x="Zero:Q")
    n_rows = max(len(part) for part in parts)
    words = say("swarm.description", n=n_rows, rows=say(f"series.{trained_on}").lower())
    return finish(alt.layer(zero, points, data=frame), words, height=len(parts) * 36)


def proxies(report: Report) -> Chart:
    """How well each column alone tells the group: AUROC with interval, .5 (not at all) to 1."""
    known = sorted(report.proxies, key=lambda p: -(p.auroc.value or 0.0))[:MAX_COLUMNS]
    if not known:
        return nothing(say("chart.no_rows.proxies"))
    frame = pd.DataFrame([{"Column": p.column} | figure_cells(p.auroc) for p in known])
    frame["_text"] = [number(v) if v is not None else "" for v in frame["Value"]]
    frame["_chance"] = 0.5
    low = min(0.5, frame["Low"].min())
    title = say("proxies.axis")
    if len(known) < len(report.proxies):
        title += say("proxies.cut", shown=len(known), total=len(report.proxies))
    x = alt.X("Value:Q", title=wrapped(title, _NARROW), scale=alt.Scale(domain=[low, 1]))
    base = alt.Chart(frame).encode(y=alt.Y("Column:N", sort=None, axis=label_axis()))
    tips = ["Column:N", alt.Tooltip("Value:Q", format=".3f", title="AUROC"), "n:Q", "Note:N"]
    stems = base.mark_bar(height=8, color=REAL, opacity=0.6).encode(x=x, x2="_chance:Q")
    interval = base.mark_rule(strokeWidth=2, color=SYNTHETIC).encode(x="Low:Q", x2="High:Q")
    points = base.mark_circle(size=90, color=SYNTHETIC, opacity=1).encode(x=x, tooltip=tips)
    values = base.mark_text(align="left", dx=10, fontSize=11).encode(x="High:Q", text="_text:N")
    notes = base.mark_text(align="left", dx=4, fontSize=11).encode(x=alt.value(0), text="Note:N")
    items = listed(f"{p.column}: {number(p.auroc.value)}." for p in known)
    chart = alt.layer(stems, interval, points, values, notes, data=frame)
    return finish(chart, say("proxies.description", items=items), height=len(known) * 26)
