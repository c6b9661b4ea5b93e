"""What every chart shares: numbers in words, figures as rows, descriptions, the data behind."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import Any, TypeAlias

import altair as alt
import pandas as pd

from fairgen_core.charts.palette import REAL, SYNTHETIC
from fairgen_core.results import Figure
from fairgen_core.words import say

Chart: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart | alt.ConcatChart | alt.VConcatChart
"""What the functions of this package return; streamlit and vl-convert take any of them."""

ROW_HEIGHT = 44
"""Pixels of a group's or column's row in a horizontal chart."""

TICK_SIZE = 26
"""Of ticks across bars of shares, in pixels."""

_TITLE_CHARACTERS = 48
_NEAR_END = 0.85
_HARD_BLANK = "\N{NO-BREAK SPACE}"
_HELD_TOGETHER = re.compile(r"\([^()]{1,36}\)|← \w+|\w+ →")
_HOLLOW = "40"
"""Behind a colour: the opacity, out of FF, of what is drawn hollow; its outline is in full."""
_SYMBOL_CHARACTERS = 4
"""As wide as a legend's symbol and the gap beside it."""
_AXIS_TOPS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def axis_top(values: Iterable[float | None]) -> float:
    """The upper end of a share's axis that starts at 0: the next round number above `values`."""
    highest = max((v for v in values if v is not None), default=1.0)
    return next((top for top in _AXIS_TOPS if highest <= top), 1.0)


def figure_cells(figure: Figure | None) -> dict[str, Any]:
    """A figure as cells of a chart's data: value, interval, rows, and the note where it has one."""
    if figure is None:
        return {"Value": None, "Low": None, "High": None, "n": 0, "Note": "", "Struck": False}
    note = ""
    if figure.value is None:
        note = say("chart.not_estimable", reason=figure.reason)
    elif figure.struck:
        note = say("chart.struck", reason=figure.reason)
    return {
        "Value": figure.value,
        "Low": figure.low if figure.low is not None else figure.value,
        "High": figure.high if figure.high is not None else figure.value,
        "n": figure.n,
        "Note": note,
        "Struck": figure.struck,
    }


def finish(chart: Chart, description: str, height: int | None = None) -> Chart:
    """Give a chart its spoken description, its height, and no frame around the plot.

    Args:
        chart: the chart.
        description: what a screen reader says in the chart's place; long ones are cut.
        height: of the plot, in pixels; None leaves it.
    """
    words = description if len(description) <= 900 else description[:899].rstrip() + "…"
    chart = chart.properties(description=words)
    if not isinstance(chart, alt.ConcatChart | alt.VConcatChart):
        # The height given is the plot's own; axes and legends come on top of it.
        chart = chart.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    if height is not None:
        chart = chart.properties(height=height)
    return chart.configure_view(stroke=None)


def inked(chart: Chart, ink: str) -> Chart:
    """The chart with its words in another colour: vega's own is black, also on a dark page.

    Those of axes and legends too: streamlit's own grey for them has less contrast than 4.5:1.

    Args:
        chart: any chart of this package.
        ink: the page's text colour.
    """
    chart = chart.configure_text(color=ink).configure_title(color=ink, subtitleColor=ink)
    chart = chart.configure_axis(labelColor=ink, titleColor=ink)
    return chart.configure_legend(labelColor=ink, titleColor=ink)


def nothing(reason: str) -> Chart:
    """A chart's stand-in where there is nothing to draw: the reason as text."""
    words = say("chart.no_rows", reason=reason)
    frame = pd.DataFrame({"Note": [words]})
    mark = (
        alt.Chart(frame)
        .mark_text(align="left")
        .encode(text="Note:N", x=alt.value(0), y=alt.value(20))
    )
    return finish(mark, words, height=40)


def chart_data(chart: Chart) -> pd.DataFrame:
    """The table behind a chart, for the toggle beside it.

    Columns that only steer the drawing (colours, offsets) are left out.
    """
    if isinstance(chart.data, pd.DataFrame):
        hidden = [c for c in chart.data.columns if str(c).startswith("_")]
        return chart.data.drop(columns=hidden).reset_index(drop=True)
    names = ("layer", "vconcat", "concat")
    parts = [part for name in names for part in getattr(chart, name, ())]
    tables = [table for table in map(chart_data, parts) if not table.empty]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def share_axis(n_ticks: int = 6) -> alt.Axis:
    """An axis of shares: few ticks, short labels, a title that may be long."""
    return alt.Axis(format=".2~f", tickCount=n_ticks, titleLimit=700)


def above_bars(top: float) -> dict[str, Any]:
    """How values stand above the ends of bars of shares, clear of ticks of `TICK_SIZE` there.

    Args:
        top: where the axis ends: values near it end before their bar does, or would be cut off.
    """
    near_end = f"datum.Value > {_NEAR_END * top}"
    return {
        "align": alt.expr(f"{near_end} ? 'right' : 'left'"),
        "dx": alt.expr(f"{near_end} ? -10 : 10"),
        "dy": -20,
        "fontSize": 11,
    }


def wrapped(title: str, n_characters: int = _TITLE_CHARACTERS) -> list[str]:
    """An axis title in lines that a narrow chart has room for, all about equally long."""
    # A remark in brackets and an arrow's word stay in one line: blanks that do not break.
    held = _HELD_TOGETHER.sub(lambda part: part[0].replace(" ", _HARD_BLANK), title)
    lines = textwrap.wrap(held, n_characters)
    longest_word = max(map(len, held.split(" ")))
    shortest = max(1, longest_word, -(-len(title) // max(1, len(lines))))
    wraps = (textwrap.wrap(held, n) for n in range(shortest, n_characters + 1))
    lines = next((wrap for wrap in wraps if len(wrap) == len(lines)), lines)
    return [line.replace(_HARD_BLANK, " ") for line in lines]


def real_and_synthetic(legend: alt.Legend) -> dict[str, Any]:
    """Channels of bars by 'Rows': real ones grey and hollow, synthetic ones full, so that they can
    be told apart without colours too.
    """
    names = [say("series.real"), say("series.synthetic")]
    inside = alt.Scale(domain=names, range=[f"{REAL}{_HOLLOW}", SYNTHETIC])
    outline = alt.Scale(domain=names, range=[REAL, SYNTHETIC])
    return {
        "fill": alt.Fill("Rows:N", scale=inside, legend=legend),
        "stroke": alt.Stroke("Rows:N", scale=outline, legend=legend),
    }


def legend_columns(names: Iterable[str]) -> int:
    """How many of a legend's names stand in a line, so that a chart of half a page has room."""
    longest = max(map(len, names), default=0)
    return min(3, max(1, _TITLE_CHARACTERS // (longest + _SYMBOL_CHARACTERS)))


def label_axis(limit: int = 220) -> alt.Axis:
    """An axis of names without ticks or title."""
    return alt.Axis(title=None, labelLimit=limit, ticks=False)


def two_lines() -> alt.Axis:
    """An axis whose labels break at a line feed and may be long."""
    return alt.Axis(title=None, labelExpr="split(datum.value, '\\n')", labelLimit=260, ticks=False)


def listed(parts: Iterable[str], limit: int = 8) -> str:
    """Some sentences in a row, the rest counted."""
    items = list(parts)
    more = f" … ({len(items) - limit} more)" if len(items) > limit else ""
    return " ".join(items[:limit]) + more
