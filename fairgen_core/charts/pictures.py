"""Trainings on pictures, drawn: what the looks at a generator saw, over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from fairgen_core.charts.base import Chart, finish, legend_columns, listed, nothing
from fairgen_core.charts.palette import LINE, SYNTHETIC, group_colours, group_dashes
from fairgen_core.image_results import LOOK_IMAGES, NormPoint, TracePoint
from fairgen_core.numbers import number
from fairgen_core.wilson import wilson
from fairgen_core.words import say

_EVEN_DASH, _LIMIT_DASH = (5, 4), (6, 4)


def _epochs(end: float) -> alt.X:
    axis = alt.Axis(tickCount=6, grid=False)
    scale = alt.Scale(domain=[0, end], nice=False)
    return alt.X("Epoch:Q", title=say("looks.epoch"), scale=scale, axis=axis)


def _end(points: Sequence[TracePoint] | Sequence[NormPoint], end: float | None) -> float:
    return max([end or 0.0, *(p.epoch for p in points)])


def _coloured(names: Sequence[str], groups: Sequence[str]) -> tuple[alt.Color, alt.StrokeDash]:
    """Colour and line pattern of each group; names that are no group are grey and dashed."""
    colours, dashes = group_colours(groups), group_dashes(groups)
    legend = alt.Legend(
        title=None,
        orient="top",
        labelLimit=260,
        columns=legend_columns(names),
        symbolType="stroke",
        symbolOpacity=1,
    )
    of_names = [colours.get(name, LINE) for name in names]
    patterns = [list(dashes.get(name, _LIMIT_DASH)) for name in names]
    return (
        alt.Color("Group:N", scale=alt.Scale(domain=names, range=of_names), legend=legend),
        alt.StrokeDash("Group:N", scale=alt.Scale(domain=names, range=patterns), legend=legend),
    )


def _moment(moment: float | None) -> list[alt.Chart]:
    """A line at the moment that the pictures beside the chart are of."""
    if moment is None:
        return []
    frame = pd.DataFrame({"Epoch": [moment]})
    return [alt.Chart(frame).mark_rule(color=LINE, strokeWidth=1.5).encode(x="Epoch:Q")]


def frequencies_over_time(
    trace: Sequence[TracePoint],
    groups: Sequence[str],
    end: float | None = None,
    moment: float | None = None,
) -> Chart:
    """Each group's share of the pictures of every look, with Wilson intervals and a line at 1/K.

    Args:
        trace: the looks so far.
        groups: the groups' names, in the order of every look's shares.
        end: the training's last epoch, so that the axis stays while it runs; None: the last look.
        moment: the epoch to be marked.
    """
    if not trace:
        return nothing(say("chart.no_rows.looks"))
    rows = []
    for point in trace:
        for group, share in zip(groups, point.shares, strict=True):
            low, high = wilson(share * LOOK_IMAGES, LOOK_IMAGES)
            rows.append(
                {
                    "Epoch": point.epoch,
                    "Group": group,
                    "Share": share,
                    "Low": float(low),
                    "High": float(high),
                    "n": LOOK_IMAGES,
                }
            )
    frame = pd.DataFrame(rows)
    colour, dash = _coloured(groups, groups)
    base = alt.Chart(frame).encode(x=_epochs(_end(trace, end)), color=colour)
    y = alt.Y("Share:Q", title=say("looks.share"), scale=alt.Scale(domain=[0, 1]))
    band = base.mark_area(opacity=0.22).encode(
        y=alt.Y("Low:Q", title=say("looks.share")), y2="High:Q"
    )
    tips = ["Group:N", alt.Tooltip("Epoch:Q", format=".3~g"), alt.Tooltip("Share:Q", format=".3f")]
    tips += [alt.Tooltip("Low:Q", format=".3f"), alt.Tooltip("High:Q", format=".3f"), "n:Q"]
    lines = base.mark_line(strokeWidth=2.5).encode(y=y, strokeDash=dash)
    points = base.mark_circle(size=22, opacity=1).encode(y=y, tooltip=tips)
    k = len(groups)
    even = (
        alt.Chart(pd.DataFrame({"Even": [1 / k], "_words": [say("frequency.even", k=k)]}))
        .mark_rule(strokeDash=list(_EVEN_DASH), color=LINE, strokeWidth=1.5)
        .encode(y="Even:Q", tooltip="_words:N")
    )
    chart = alt.layer(band, even, *_moment(moment), lines, points, data=frame)
    last = zip(groups, trace[-1].shares, strict=True)
    items = listed(f"{group}: {number(share)}." for group, share in last)
    words = say("looks.frequency_description", k=k, n=f"{LOOK_IMAGES:,}", items=items)
    return finish(chart, words, height=200)


def norm_range(
    runs: Sequence[Sequence[NormPoint]], clip_norms: Sequence[float | None] = ()
) -> tuple[float, float] | None:
    """The lowest and highest gradient norm of some runs and their C, for one axis on all charts."""
    found = [n for points in runs for point in points for n in point.norms.values() if n > 0]
    found += [c for c in clip_norms if c is not None]
    return (min(found), max(found)) if found else None


def norms_over_time(
    norms: Sequence[NormPoint],
    groups: Sequence[str],
    clip_norm: float | None,
    end: float | None = None,
    reach: tuple[float, float] | None = None,
    clipped_below: bool | None = None,
) -> Chart:
    """Each group's mean gradient norm before clipping, log y, C dashed; below it the share of
    steps clipped.

    Args:
        norms: one point a look.
        groups: the groups' names.
        clip_norm: C; None where nothing is clipped.
        end: see `frequencies_over_time`.
        reach: of the y axis, see `norm_range`.
        clipped_below: whether to show the share of steps clipped; None: where there is a C.
    """
    rows: list[dict[str, Any]] = [
        {"Epoch": point.epoch, "Group": group, "Norm": point.norms[group]}
        for point in norms
        for group in groups
        if point.norms.get(group, 0) > 0
    ]
    if not rows:
        return nothing(say("chart.no_rows.looks"))
    end = _end(norms, end)
    newest = {group: value for point in norms for group, value in point.norms.items()}
    names = list(groups)
    below = clip_norm is not None if clipped_below is None else clipped_below
    if clip_norm is None and below:
        # As many names as beside a run that clips: legends of like height keep the axes level.
        names.append(say("gradient.clip_off"))
    if clip_norm is not None:
        # A series of its own and no layer: streamlit cannot fit layers inside a vconcat.
        limit = say("gradient.clip", value=f"{clip_norm:g}")
        rows += [{"Epoch": at, "Group": limit, "Norm": clip_norm} for at in (0.0, end)]
        names.append(limit)
    colour, dash = _coloured(names, groups)
    scale = (
        alt.Scale(type="log", nice=False)
        if reach is None
        else alt.Scale(type="log", domain=[reach[0] / 1.15, reach[1] * 1.15], nice=False)
    )
    axis = alt.Axis(format=".2~g", tickCount=4)
    lines = (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(strokeWidth=2.5, point={"size": 22})
        .encode(
            x=_epochs(end),
            y=alt.Y("Norm:Q", title=say("looks.norm"), scale=scale, axis=axis),
            color=colour,
            strokeDash=dash,
            tooltip=["Group:N", alt.Tooltip("Epoch:Q", format=".3~g"),
                     alt.Tooltip("Norm:Q", format=".3~g")],
        )
    )  # fmt: skip
    items = listed(f"{group}: {number(value)}." for group, value in newest.items())
    words = say("gradient.description", items=items)
    if not below:
        return finish(lines, words, height=180)
    clipped = pd.DataFrame(
        [{"Epoch": point.epoch, "Clipped": point.clipped_share} for point in norms]
    )
    share = (
        alt.Chart(clipped)
        .mark_area(color=LINE, opacity=0.5, line={"color": LINE})
        .encode(
            x=_epochs(end),
            y=alt.Y(
                "Clipped:Q",
                title=say("looks.clipped"),
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(tickCount=3, titleLimit=120),
            ),
        )
    )
    words += " " + say("looks.clipped_description", share=number(norms[-1].clipped_share))
    return finish(alt.vconcat(lines.properties(height=180), share.properties(height=64)), words)


def recognisable_over_time(
    trace: Sequence[TracePoint],
    real: float | None = None,
    end: float | None = None,
    moment: float | None = None,
) -> Chart:
    """Share of every look's pictures that are recognised, on an axis from 0 to 1.

    Args:
        trace: the looks so far.
        real: the share of held-out real pictures that are, for a dashed line; None: not known.
        end, moment: see `frequencies_over_time`.
    """
    rows: list[dict[str, Any]] = [
        {"Epoch": point.epoch, "Recognisable": point.recognisable, "n": LOOK_IMAGES}
        for point in trace
        if point.recognisable is not None
    ]
    if not rows:
        return nothing(say("chart.no_rows.classes"))
    frame = pd.DataFrame(rows)
    y = alt.Y("Recognisable:Q", title=say("looks.recognisable"), scale=alt.Scale(domain=[0, 1]))
    line = (
        alt.Chart(frame)
        .mark_line(strokeWidth=2.5, color=SYNTHETIC, point={"color": SYNTHETIC, "size": 22})
        .encode(
            x=_epochs(_end(trace, end)),
            y=y,
            tooltip=[alt.Tooltip("Epoch:Q", format=".3~g"),
                     alt.Tooltip("Recognisable:Q", format=".3f"), "n:Q"],
        )
    )  # fmt: skip
    beside = []
    if real is not None:
        label = say("looks.recognisable_real", value=number(real))
        level = alt.Chart(pd.DataFrame({"Real": [real], "_words": [label]}))
        rule = level.mark_rule(strokeDash=list(_EVEN_DASH), color=LINE, strokeWidth=1.5)
        beside = [
            rule.encode(y="Real:Q", tooltip="_words:N"),
            level.mark_text(align="left", dx=4, dy=10, fontSize=11).encode(
                x=alt.value(0), y="Real:Q", text="_words:N"
            ),
        ]
    chart = alt.layer(*beside, *_moment(moment), line, data=frame)
    words = say("looks.recognisable_description", value=number(rows[-1]["Recognisable"]))
    return finish(chart, words, height=130)
