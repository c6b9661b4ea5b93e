"""Experiments over several seeds: every seed a point, never an average alone."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from fairgen_core.charts.base import Chart, finish, listed, nothing, two_lines, wrapped
from fairgen_core.charts.palette import GROUPS, LINE, REAL, SYNTHETIC
from fairgen_core.numbers import number
from fairgen_core.stability import SHARES, mean_interval
from fairgen_core.words import say

_ROW_HEIGHT = 46


@dataclass(frozen=True)
class DotRow:
    """One setting.

    Attributes:
        name: what it is called; may hold a line feed.
        values: by seed.
        real: the real rows' value, to stand beside; None: there is none.
    """

    name: str
    values: Mapping[int, float]
    real: float | None = None


def white_by_seed(
    values: Mapping[int, float], training_share: float, guess: float | None, own_seed: int
) -> Chart:
    """Share of white by seed on an axis from 0 to 1; lines at the guess, mean and training share.

    Args:
        values: share of white by seed.
        training_share: of white in the training pictures.
        guess: what was predicted for `own_seed`; None: nothing was.
        own_seed: the seed that the prediction is about: a square among the circles.
    """
    if not values:
        return nothing(say("chart.no_rows.lesson"))
    frame = pd.DataFrame(
        [
            {"Seed": str(seed), "Share": share, "_own": seed == own_seed}
            for seed, share in values.items()
        ]
    )
    lines: list[dict[str, Any]] = [{"Line": say("white.training"), "Level": training_share}]
    lines.append({"Line": say("white.mean"), "Level": statistics.fmean(values.values())})
    if guess is not None:
        lines.append({"Line": say("white.guess"), "Level": guess})
    names = [line["Line"] for line in lines]
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", labelLimit=260)
    colour = alt.Scale(domain=names, range=[LINE, SYNTHETIC, GROUPS[4]][: len(names)])
    dash = alt.Scale(domain=names, range=[[6, 4], [1, 0], [2, 3]][: len(names)])
    title, scale = say("white.axis"), alt.Scale(domain=[0, 1])
    rules = (
        alt.Chart(pd.DataFrame(lines))
        .mark_rule(strokeWidth=2.5)
        .encode(
            y=alt.Y("Level:Q", title=title, scale=scale),
            color=alt.Color("Line:N", scale=colour, legend=legend),
            strokeDash=alt.StrokeDash("Line:N", scale=dash, legend=legend),
            tooltip=["Line:N", alt.Tooltip("Level:Q", format=".2f")],
        )
    )
    axis = say("white.seed_own" if frame["_own"].any() else "white.seed")
    shape = alt.condition("datum._own", alt.value("square"), alt.value("circle"))
    points = (
        alt.Chart(frame)
        .mark_point(filled=True, size=170, color=SYNTHETIC, opacity=1)
        .encode(
            x=alt.X("Seed:N", title=axis, sort=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("Share:Q", title=title, scale=scale, axis=alt.Axis(format=".1f", tickCount=6)),
            shape=shape,
            tooltip=["Seed:N", alt.Tooltip("Share:Q", format=".3f")],
        )
    )
    items = listed(f"{say('white.seed')} {s}: {number(v)}." for s, v in values.items())
    chart = alt.layer(rules, points, data=frame)
    return finish(chart, say("white.description", items=items), height=280)


def dots_by_setting(rows: Sequence[DotRow], title: str, limit: float | None = None) -> Chart:
    """One row a setting: seeds as points, their mean with its interval, the real rows' value.

    Args:
        rows: the settings.
        title: of the axis: the figure, its direction and ideal.
        limit: where a dashed line stands; None: nowhere.
    """
    rows = [row for row in rows if row.values or row.real is not None]
    if not rows:
        return nothing(say("chart.no_rows.lesson"))
    names = [row.name for row in rows]
    dots = pd.DataFrame(
        [
            {"Setting": row.name, "Seed": str(seed), "Value": value}
            for row in rows
            for seed, value in row.values.items()
        ],
        columns=["Setting", "Seed", "Value"],
    )
    means, real = [], []
    for row in rows:
        found = list(row.values.values())
        if found:
            mean = statistics.fmean(found)
            # Two seeds give an interval that says nothing but that they are two.
            low, high = (mean_interval(found, SHARES) if len(found) > 2 else None) or (mean, mean)
            means.append({"Setting": row.name, "Mean": mean, "Low": low, "High": high})
        if row.real is not None:
            real.append({"Setting": row.name, "Seed": say("dots.real"), "Value": row.real})
    top = max([*dots["Value"], *(m["High"] for m in means), *(r["Value"] for r in real), 0.05])
    x_scale = alt.Scale(domain=[0, min(1.0, top * 1.08)], nice=False)
    axis = alt.Axis(format=".2~f", tickCount=6, titleLimit=700)
    y = alt.Y("Setting:N", sort=names, scale=alt.Scale(domain=names), axis=two_lines())

    def x(name: str) -> alt.X:
        return alt.X(f"{name}:Q", title=wrapped(title), scale=x_scale, axis=axis)

    base = alt.Chart(pd.DataFrame(means, columns=["Setting", "Mean", "Low", "High"]))
    tips: list[Any] = ["Setting:N", *(alt.Tooltip(f"{c}:Q", format=".3f") for c in
                                      ("Mean", "Low", "High"))]  # fmt: skip
    layers: list[Any] = [
        base.mark_rule(strokeWidth=3, color=LINE).encode(
            x=x("Low"), x2="High:Q", y=y, tooltip=tips
        ),
        base.mark_tick(thickness=4, size=26, color=LINE, opacity=1).encode(
            x=x("Mean"), y=y, tooltip=tips
        ),
        alt.Chart(dots)
        .mark_point(filled=True, size=80, color=SYNTHETIC, opacity=0.85)
        .encode(x=x("Value"), y=y, tooltip=["Setting:N", "Seed:N",
                                            alt.Tooltip("Value:Q", format=".3f")]),
    ]  # fmt: skip
    if real:
        layers.append(
            alt.Chart(pd.DataFrame(real))
            .mark_point(filled=True, shape="diamond", size=150, color=REAL, opacity=1)
            .encode(x=x("Value"), y=y, tooltip=["Seed:N", alt.Tooltip("Value:Q", format=".3f")])
        )
    if limit is not None:
        level = alt.Chart(pd.DataFrame({"Limit": [limit]}))
        layers.append(
            level.mark_rule(strokeDash=[6, 4], strokeWidth=1.5, color=LINE).encode(x=x("Limit"))
        )
    items = listed(
        say("dots.item", name=row.name, mean=number(statistics.fmean(row.values.values())),
            n=len(row.values))
        for row in rows
        if row.values
    )  # fmt: skip
    words = say("dots.description", title=title, items=items).replace("\n", " ")
    return finish(alt.layer(*layers, data=dots), words, height=max(2, len(rows)) * _ROW_HEIGHT)
