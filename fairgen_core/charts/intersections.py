"""Rates in the intersections of several sensitive columns."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from fairgen_core.charts.base import Chart, axis_top, finish, listed, nothing
from fairgen_core.charts.palette import LINE
from fairgen_core.numbers import number
from fairgen_core.results import Report
from fairgen_core.words import say

_HATCHING = alt.Gradient(
    gradient="linear",
    x1=0,
    y1=0,
    x2=1,
    y2=1,
    stops=[
        alt.GradientStop(offset=i / 24 + half / 48 + edge, color=colour)
        for i in range(24)
        for half, colour in ((0, "#8585853D"), (1, "#858585A0"))
        for edge in (0.0, 1 / 48 - 1e-4)
    ],
)


def intersections(report: Report) -> Chart:
    """The rate in each intersection of the sensitive columns as a heat map, n printed; cells with
    too few rows are hatched.
    """
    if not report.cells or len(report.sensitive) < 2:
        return nothing(say("chart.no_rows.cells"))
    rows: list[dict[str, Any]] = []
    for cell in report.cells:
        known = cell.rate.value is not None
        first, rest = cell.values[0], " & ".join(cell.values[1:])
        rate = number(cell.rate.value) if known else say("cells.few")
        rows.append(
            {
                "Row": first,
                "Column": rest,
                "n": cell.n,
                "Rate": cell.rate.value,
                "Note": "" if known else say("chart.not_estimable", reason=cell.rate.reason),
                "_text": f"{rate}\n{say('chart.n', n=f'{cell.n:,}')}",
            }
        )
    frame = pd.DataFrame(rows)
    top = axis_top(frame["Rate"].dropna())
    base = alt.Chart(frame).encode(
        x=alt.X(
            "Column:N",
            title=" & ".join(report.sensitive[1:]),
            sort=None,
            axis=alt.Axis(labelAngle=0, orient="top", labelLimit=160),
        ),
        y=alt.Y("Row:N", title=report.sensitive[0], sort=None, axis=alt.Axis(labelLimit=200)),
    )
    tips = ["Row:N", "Column:N", alt.Tooltip("Rate:Q", format=".3f"), "n:Q", "Note:N"]
    scale = alt.Scale(domain=[0, top], scheme="cividis")
    legend = alt.Legend(title=say("cells.rate"), orient="right", gradientLength=120)
    known_cells = (
        base.transform_filter("isValid(datum.Rate)")
        .mark_rect()
        .encode(color=alt.Color("Rate:Q", scale=scale, legend=legend), tooltip=tips)
    )
    few = (
        base.transform_filter("!isValid(datum.Rate)")
        .mark_rect(color=_HATCHING, stroke=LINE, strokeDash=[3, 3])
        .encode(tooltip=tips)
    )
    words = base.mark_text(lineBreak="\n", fontSize=12, lineHeight=14, dy=-6)
    dark = alt.datum.Rate <= top / 2
    words_known = words.transform_filter("isValid(datum.Rate)").encode(
        text="_text:N", color=alt.condition(dark, alt.value("white"), alt.value("black"))
    )
    words_few = words.transform_filter("!isValid(datum.Rate)").encode(text="_text:N")
    items = listed(
        f"{r['Row']} & {r['Column']}: {r['Note'] or number(r['Rate'])}, n {r['n']:,}." for r in rows
    )
    # An empty layer would be an image without words to a screen reader.
    estimable = frame["Rate"].notna()
    layers = [known_cells, words_known] if estimable.any() else []
    layers += [few, words_few] if not estimable.all() else []
    chart = alt.layer(*layers, data=frame)
    height = frame["Row"].nunique() * 52
    return finish(chart, say("cells.description", items=items), height=height)
