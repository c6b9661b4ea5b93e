"""A figure over seeds: every seed a point, the mean with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from fairgen_core.charts.axes import setting_words
from fairgen_core.charts.base import Chart, finish, label_axis, listed, nothing, wrapped
from fairgen_core.charts.palette import LINE, STRUCK_SHAPE, SYNTHETIC
from fairgen_core.figure_words import direction_words
from fairgen_core.numbers import number
from fairgen_core.results import MetricInfo
from fairgen_core.stability import SeedRow
from fairgen_core.words import say

_ROW_HEIGHT = 34


def stability_chart(rows: Sequence[SeedRow], info: MetricInfo) -> Chart:
    """Each setting's values by seed as points, the mean as a tick, its 95 % interval as a line.

    Args:
        rows: see `stability.over_seeds`.
        info: what the figure is.
    """
    if not rows:
        return nothing(say("chart.no_rows.seeds"))
    names = [setting_words(row.settings) for row in rows]
    seeds = pd.DataFrame(
        [
            {
                "Setting": name,
                "Seed": seed,
                "Value": value,
                "Note": say("chart.struck", reason=row.struck) if row.struck else "",
            }
            for name, row in zip(names, rows, strict=True)
            for seed, value in zip(row.seeds, row.values, strict=True)
        ]
    )
    means = pd.DataFrame(
        [
            {"Setting": name, "Mean": row.mean, "Low": row.low, "High": row.high}
            | {"Summary": _words(row)}
            for name, row in zip(names, rows, strict=True)
        ]
    )
    title = say("stability.axis", title=info.title, direction=direction_words(info))
    scale = alt.Scale(zero=info.ideal == 0 and info.better == "lower")
    axis = alt.Axis(format=".3~g", tickCount=8, titleLimit=600)
    x = alt.X("Value:Q", title=wrapped(title), scale=scale, axis=axis)
    y = alt.Y("Setting:N", sort=None, axis=label_axis(300))
    tips: list[Any] = ["Setting:N", "Seed:Q", alt.Tooltip("Value:Q", format=".4f"), "Note:N"]
    summed = ["Setting:N", "Summary:N"]
    interval = alt.Chart(means).mark_rule(strokeWidth=3, color=LINE)
    interval = interval.encode(
        x=alt.X("Low:Q", title=wrapped(title), scale=scale), x2="High:Q", y=y
    )
    mean = alt.Chart(means).mark_tick(thickness=3, size=22, color=LINE, opacity=1)
    dots = alt.Chart(seeds).encode(x=x, y=y, tooltip=tips)
    sound = dots.transform_filter("datum.Note == ''").mark_point(
        filled=True, size=70, color=SYNTHETIC, opacity=0.85
    )
    # With one seed there is no interval, and an empty layer is an image without words.
    layers = [interval.encode(tooltip=summed)] if means["Low"].notna().any() else []
    layers += [
        mean.encode(x=alt.X("Mean:Q", title=wrapped(title), scale=scale), y=y, tooltip=summed),
        sound,
    ]
    if seeds["Note"].ne("").any():
        layers.append(
            dots.transform_filter("datum.Note != ''").mark_point(
                shape=STRUCK_SHAPE, size=60, strokeWidth=2, color=SYNTHETIC, opacity=1
            )
        )
    items = listed(f"{name}: {_words(row)}." for name, row in zip(names, rows, strict=True))
    description = say("stability.description", title=info.title, items=items)
    chart = alt.layer(*layers, data=seeds)
    return finish(chart, description, height=max(2, len(rows)) * _ROW_HEIGHT)


def _words(row: SeedRow) -> str:
    if row.low is None or row.high is None:
        return say("stability.one", mean=number(row.mean))
    words = say("stability.mean", mean=number(row.mean), n=len(row.values))
    words += f", {say('figure.interval', low=number(row.low), high=number(row.high))}"
    return f"{words} ({say('figure.cut')})" if row.cut else words
