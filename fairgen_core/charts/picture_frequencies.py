"""How often each group occurs among generated pictures: overall, class by class, seed by seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from fairgen_core.charts.base import (
    ROW_HEIGHT,
    TICK_SIZE,
    Chart,
    above_bars,
    axis_top,
    figure_cells,
    finish,
    listed,
    nothing,
    share_axis,
    two_lines,
    wrapped,
)
from fairgen_core.charts.palette import LINE, REAL, SYNTHETIC, group_colours, group_shapes
from fairgen_core.image_results import ImageReport
from fairgen_core.numbers import number
from fairgen_core.results import Figure
from fairgen_core.words import say

_OFFSET_HEIGHT = 16
"""Pixels of one group's line inside a class's row."""


def _even(k: int) -> alt.Chart:
    frame = pd.DataFrame({"Even": [1 / k], "_words": [say("frequency.even", k=k)]})
    rule = alt.Chart(frame).mark_rule(strokeDash=[5, 4], color=LINE, strokeWidth=1.5)
    return rule.encode(x="Even:Q", tooltip="_words:N")


def _count(share: Figure) -> str:
    """How many pictures a share is, of how many."""
    if share.value is None:
        return say("chart.n", n=f"{share.n:,}")
    return say("chart.count", n=f"{round(share.value * share.n):,}", total=f"{share.n:,}")


def picture_frequencies(report: ImageReport) -> Chart:
    """Bars of each group's generated share with Wilson intervals, a tick at its training share, a
    dashed line at 1/K; where a classifier tells groups, a diamond at the share corrected for its
    confusion.
    """
    colours = group_colours(report.groups)
    rows: list[dict[str, Any]] = []
    for found in report.group_frequencies:
        cells = figure_cells(found.share)
        rows.append(
            {"Group": found.group}
            | cells
            | {
                "Corrected": found.corrected,
                "Training share": found.training_share,
                "_label": f"{found.group}\n{_count(found.share)}",
                "_colour": colours[found.group],
                "_text": number(found.share.value) if found.share.value is not None else "",
            }
        )
    if not rows:
        return nothing(say("chart.no_rows.groups"))
    frame = pd.DataFrame(rows)
    k = len(report.groups)
    marked = [*frame["High"].dropna(), *frame["Training share"], *frame["Corrected"].dropna()]
    corrected = bool(frame["Corrected"].notna().any())
    title = wrapped(say("pictures.axis_corrected" if corrected else "pictures.axis", k=k))
    top = axis_top([*marked, 1 / k])
    scale = alt.Scale(domain=[0, top])
    x = alt.X("Value:Q", title=title, scale=scale, axis=share_axis())
    base = alt.Chart(frame).encode(
        y=alt.Y("_label:N", sort=list(frame["_label"]), axis=two_lines())
    )
    tips = ["Group:N", alt.Tooltip("Value:Q", format=".3f"), alt.Tooltip("Low:Q", format=".3f"),
            alt.Tooltip("High:Q", format=".3f"), "n:Q"]  # fmt: skip
    bars = base.mark_bar(height=20).encode(
        x=x, color=alt.Color("_colour:N", scale=None), tooltip=tips
    )
    interval = base.mark_rule(strokeWidth=2, color=LINE).encode(x="Low:Q", x2="High:Q")
    ticks = base.mark_tick(thickness=4, size=TICK_SIZE, color=REAL).encode(
        x="Training share:Q", tooltip=["Group:N", alt.Tooltip("Training share:Q", format=".3f")]
    )
    values = base.mark_text(**above_bars(top)).encode(x=x, text="_text:N")
    notes = base.mark_text(align="left", dx=4, fontSize=11).encode(x=alt.value(0), text="Note:N")
    layers = [bars, interval, ticks, values, notes, _even(k)]
    if corrected:
        diamonds = base.mark_point(shape="diamond", size=110, strokeWidth=2.5, color=SYNTHETIC)
        tip = ["Group:N", alt.Tooltip("Corrected:Q", format=".3f")]
        layers.append(diamonds.encode(x="Corrected:Q", tooltip=tip))
    items = listed(
        f"{r['Group']}: {r['Note'] or number(r['Value'])}, n {r['n']:,}"
        + (f", corrected {number(r['Corrected'])}" if r["Corrected"] is not None else "")
        + f", in training {number(r['Training share'])}."
        for r in rows
    )
    words = say("pictures.description", k=k, items=items)
    return finish(alt.layer(*layers, data=frame), words, height=len(rows) * (ROW_HEIGHT + 6))


def class_frequencies(report: ImageReport) -> Chart:
    """The groups' shares among the generated pictures of each class, as points with intervals."""
    colours, shapes = group_colours(report.groups), group_shapes(report.groups)
    rows = [
        {"Class": found.label, "Group": group}
        | figure_cells(share)
        | {"_label": f"{found.label}\n{say('chart.n', n=f'{found.n:,}')}"}
        for found in report.class_frequencies
        for group, share in zip(report.groups, found.shares, strict=True)
    ]
    if not rows:
        return nothing(say("chart.no_rows.classes"))
    frame = pd.DataFrame(rows)
    # A class that is too rare says so once, not once a group.
    frame.loc[frame["Group"] != report.groups[0], "Note"] = ""
    names = list(report.groups)
    legend = alt.Legend(title=None, orient="top", labelLimit=260, columns=3)
    colour = alt.Color(
        "Group:N", scale=alt.Scale(domain=names, range=[colours[n] for n in names]), legend=legend
    )
    shape = alt.Shape(
        "Group:N", scale=alt.Scale(domain=names, range=[shapes[n] for n in names]), legend=legend
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("_label:N", sort=list(frame["_label"].unique()), axis=two_lines()),
        yOffset=alt.YOffset("Group:N", sort=names),
    )
    k = len(names)
    title = wrapped(say("pictures.class_axis", column=report.class_column, k=k))
    scale = alt.Scale(domain=[0, 1])
    interval = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("Low:Q", title=title, scale=scale, axis=share_axis()), x2="High:Q", color=colour
    )
    tips = ["Class:N", "Group:N", alt.Tooltip("Value:Q", format=".3f"),
            alt.Tooltip("Low:Q", format=".3f"), alt.Tooltip("High:Q", format=".3f"), "n:Q",
            "Note:N"]  # fmt: skip
    points = base.mark_point(size=70, filled=True, opacity=1).encode(
        x=alt.X("Value:Q", title=title, scale=scale), color=colour, shape=shape, tooltip=tips
    )
    notes = base.mark_text(align="left", dx=4, fontSize=11).encode(x=alt.value(0), text="Note:N")
    items = listed(f"{r['Class']}, {r['Group']}: {r['Note'] or number(r['Value'])}." for r in rows)
    height = frame["Class"].nunique() * (10 + max(2, k) * _OFFSET_HEIGHT)
    words = say("pictures.class_description", column=report.class_column, k=k, items=items)
    return finish(alt.layer(_even(k), interval, points, notes, data=frame), words, height=height)


def frequencies_by_seed(
    groups: Sequence[str], runs: Sequence[tuple[int, Sequence[float | None]]], seed: int
) -> Chart:
    """Every seed's share of each group as a dot, the mean over seeds as a tick.

    Args:
        groups: the groups' names.
        runs: (seed, shares in the groups' order) of runs that differ in nothing else.
        seed: of the run that is looked at; its dot is filled.
    """
    rows = [
        {"Group": group, "Seed": own, "Value": share, "_filled": own == seed}
        for own, shares in runs
        for group, share in zip(groups, shares, strict=True)
        if share is not None
    ]
    if not rows:
        return nothing(say("chart.no_rows.groups"))
    frame = pd.DataFrame(rows)
    colours = group_colours(groups)
    frame["_colour"] = frame["Group"].map(colours)
    means = frame.groupby("Group", sort=False)["Value"].mean().rename("Mean").reset_index()
    k = len(groups)
    y = alt.Y("Group:N", sort=list(groups), axis=alt.Axis(title=None, ticks=False, labelLimit=260))
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("Value:Q", title=say("pictures.seed_axis", k=k), scale=scale, axis=share_axis())
    colour = alt.Color("_colour:N", scale=None)
    dots = (
        alt.Chart(frame)
        .mark_point(size=90, strokeWidth=2, opacity=1)
        .encode(
            x=x,
            y=y,
            color=colour,
            fill=alt.condition("datum._filled", colour, alt.value("transparent")),
            tooltip=["Group:N", "Seed:Q", alt.Tooltip("Value:Q", format=".3f")],
        )
    )
    ticks = (
        alt.Chart(means)
        .mark_tick(thickness=3, size=30, color=LINE)
        .encode(x="Mean:Q", y=y, tooltip=["Group:N", alt.Tooltip("Mean:Q", format=".3f")])
    )
    items = listed(
        f"{group}: {', '.join(map(number, part['Value']))}, mean {number(part['Value'].mean())}."
        for group, part in frame.groupby("Group", sort=False)
    )
    words = say("pictures.seed_description", n=len(runs), items=items)
    return finish(alt.layer(_even(k), ticks, dots, data=frame), words, height=k * ROW_HEIGHT)
