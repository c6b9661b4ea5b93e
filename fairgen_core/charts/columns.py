"""Each column, real beside synthetic: grouped bars for categories, densities for numbers."""

from __future__ import annotations

from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from fairgen_core.charts.base import (
    Chart,
    finish,
    label_axis,
    nothing,
    real_and_synthetic,
    share_axis,
    wrapped,
)
from fairgen_core.charts.palette import REAL, SYNTHETIC
from fairgen_core.numbers import number
from fairgen_core.results import ColumnComparison, Report
from fairgen_core.words import say

MAX_BARS = 10
"""Categories drawn one by one; the rarer ones are summed into one bar."""

_NOTE_CHARACTERS = 28
"""In a line under a column's name: three charts stand side by side."""

_MOST_UNEVEN_BINS = 40.0
"""Bins whose widths differ more than this are drawn side by side instead of as a density."""


def sorted_columns(report: Report) -> tuple[ColumnComparison, ...]:
    """The compared columns, the one farthest from the real data first."""
    return tuple(
        sorted(
            report.columns, key=lambda c: -1.0 if c.distance.value is None else -c.distance.value
        )
    )


def columns_comparison(what: Report | ColumnComparison, n_wide: int = 3) -> Chart:
    """One column's real and synthetic distribution; of a report, all columns as small multiples.

    Args:
        what: an evaluation, or one of its columns.
        n_wide: of a report, the charts side by side.
    """
    if isinstance(what, Report):
        columns = sorted_columns(what)
        if not columns:
            return nothing(say("chart.no_rows.columns"))
        parts = [_one(column) for column in columns]
        words = say("columns.description_all", n=len(columns))
        grid = alt.concat(*parts, columns=n_wide).resolve_scale(yOffset="independent")
        return finish(grid, words)
    words = say("columns.description", column=what.column, value=_distance(what))
    return finish(_one(what), words)


def _distance(column: ColumnComparison) -> str:
    if column.distance.value is None:
        return say("chart.not_estimable", reason=column.distance.reason)
    return number(column.distance.value)


def _colour() -> alt.Color:
    names = [say("series.real"), say("series.synthetic")]
    legend = alt.Legend(title=None, orient="top", symbolOpacity=1, offset=4)
    return alt.Color(
        "Rows:N", scale=alt.Scale(domain=names, range=[REAL, SYNTHETIC]), legend=legend
    )


def _one(column: ColumnComparison) -> Chart:
    notes = [say("columns.distance", value=_distance(column))]
    if column.missing_real or column.missing_synthetic:
        shares = (
            f"{100 * share:.3g} %" for share in (column.missing_real, column.missing_synthetic)
        )
        words = say("columns.missing_shares", real=next(shares), synthetic=next(shares))
        notes += wrapped(words, _NOTE_CHARACTERS)
    title = alt.TitleParams(column.column, subtitle=notes, anchor="start", offset=4)
    widths = np.diff(column.edges)
    even = len(widths) > 0 and widths.min() > 0 and widths.max() <= _MOST_UNEVEN_BINS * widths.min()
    chart = _density(column, widths) if even else _bars(column)
    return chart.properties(title=title)


def _bars(column: ColumnComparison) -> Chart:
    """Grouped bars, the most frequent first (bins in their order); the rare ones summed."""
    cells = list(zip(column.labels, column.real, column.synthetic, strict=True))
    if not column.edges:
        cells.sort(key=lambda cell: -cell[1])
    if len(cells) > MAX_BARS and not column.edges:
        rest = cells[MAX_BARS - 1 :]
        other = say("columns.other", n=len(rest))
        summed = (other, sum(c[1] for c in rest), sum(c[2] for c in rest))
        cells = [*cells[: MAX_BARS - 1], summed]
    if column.missing_real or column.missing_synthetic:
        cells.append((say("columns.missing"), column.missing_real, column.missing_synthetic))
    names = (say("series.real"), say("series.synthetic"))
    frame = pd.DataFrame(
        [
            {"Column": column.column, "Value": label, "Rows": name, "Share": share}
            for label, *shares in cells
            for name, share in zip(names, shares, strict=True)
        ]
    )
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            y=alt.Y("Value:N", sort=None, axis=label_axis(150)),
            yOffset=alt.YOffset("Rows:N", sort=None),
            x=alt.X("Share:Q", title=say("columns.share"), axis=share_axis(4)),
            tooltip=["Column:N", "Value:N", "Rows:N", alt.Tooltip("Share:Q", format=".4f")],
            **real_and_synthetic(alt.Legend(title=None, orient="top", offset=4)),
        )
        .properties(height=max(2, len(cells)) * 22)
    )


def _density(column: ColumnComparison, widths: np.ndarray) -> Chart:
    """Densities over the shared bins: the real rows filled, the synthetic rows as a line."""
    is_time = column.kind == "datetime"
    edges = pd.Series(pd.to_datetime(column.edges, unit="D") if is_time else column.edges)
    kind: Literal["temporal", "quantitative"] = "temporal" if is_time else "quantitative"
    form = alt.Undefined if is_time else "~s"
    axis = alt.Axis(title=None, format=form, labelOverlap=True, grid=False)
    bins = pd.DataFrame({"Column": column.column, "Value": column.labels})
    bins = bins.assign(_from=edges[:-1].to_numpy(), _to=edges[1:].to_numpy())
    parts = [bins.assign(Rows=say("series.real"), Share=column.real)]
    parts.append(bins.assign(Rows=say("series.synthetic"), Share=column.synthetic))
    for part in parts:
        part["_density"] = part["Share"].to_numpy() / widths
    frame = pd.concat(parts, ignore_index=True)
    line = parts[1].rename(columns={"_from": "_at"})
    line = pd.concat([line, line.tail(1).assign(_at=edges.iloc[-1])])

    y = alt.Y(
        "_density:Q",
        title=say("columns.density"),
        axis=alt.Axis(labels=False, ticks=False, grid=False),
    )
    tips = ["Column:N", "Value:N", "Rows:N", alt.Tooltip("Share:Q", format=".4f")]
    scale = alt.Scale(nice=False) if is_time else alt.Scale(zero=False, nice=False)
    filled = (
        alt.Chart(frame)
        .transform_filter(alt.datum.Rows == say("series.real"))
        .mark_rect(opacity=0.6)
        .encode(
            x=alt.X("_from", type=kind, axis=axis, scale=scale),
            x2="_to",
            y=y,
            y2=alt.datum(0),
            color=_colour(),
            tooltip=tips,
        )
    )
    outline = (
        alt.Chart(line)
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(x=alt.X("_at", type=kind, axis=axis), y=y, color=_colour(), tooltip=tips)
    )
    return alt.layer(filled, outline, data=frame).properties(height=160)
