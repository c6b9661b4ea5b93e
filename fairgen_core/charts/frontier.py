"""Usefulness against disparity: one point a setting, its seeds as a cross, and the limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from fairgen_core.charts.axes import axis_title, setting_words, value_words
from fairgen_core.charts.base import Chart, finish, listed, nothing
from fairgen_core.charts.palette import DASHES, GROUPS, LINE, REAL, SHAPES, STRUCK_SHAPE
from fairgen_core.figure_words import direction_words
from fairgen_core.numbers import number
from fairgen_core.results import MetricInfo
from fairgen_core.sweep_results import Frontier, FrontierPoint, Setting, Spread
from fairgen_core.words import say

SELECTION = "setting"
"""The name of the selection that a click on a point makes; its field is `KEY`."""
KEY = "Setting"

_HEIGHT = 440
_COLOUR_AXES = ("fairness", "grouping", "enforce", "objective")
"""What gives a point its colour: the first of these that is varied."""
_SHAPE_AXES = ("generator", "synthesizer", "clip_norm", "representation", "preset")
"""Likewise its shape."""
_FIXED = {
    "fairness": ("none", "ftu", "dp", "both"),
    "generator": ("mixture", "lsgan", "wgan-gp", "diffusion"),
    "grouping": ("mixed", "alternate", "random", "per-group", "reweight", "condition"),
}
"""Values whose colour and shape are the same in every exploration."""


def frontier_chart(found: Frontier, selected: Mapping[str, Setting] | None = None) -> Chart:
    """Draw a frontier. A click on a point selects it (`SELECTION`).

    Points that prove nothing are crossed out; no step line passes them.

    Args:
        found: the frontier of a sweep.
        selected: the settings of a point to be ringed.
    """
    if not found.points:
        return nothing(say("chart.no_rows.points"))
    colour_axis = _varied(found.points, _COLOUR_AXES)
    # Where one choice gives the colour, it gives the shape as well: never colour alone.
    shape_axis = _varied(found.points, _SHAPE_AXES) or colour_axis
    ring = setting_words(selected) if selected is not None else None
    frame = pd.DataFrame([_row(p, colour_axis, shape_axis, ring) for p in found.points])
    x, y = _scales(found)
    layers = [*_limits(found, x, y), *_anchors(found, x, y), *_steps(found, x, y)]
    layers += _points(found, frame, colour_axis, shape_axis, x, y)
    chart = alt.layer(*layers, data=frame)
    return finish(chart, _description(found), height=_HEIGHT)


def why_no_limit(found: Frontier) -> str:
    """A sentence that says why no limit is drawn; empty where one is."""
    if not found.no_limit or not found.points:
        return ""
    up, down = (_name(found, key) for key in (found.usefulness, found.disparity))
    return say(f"frontier.no_limit.{found.no_limit}", usefulness=up, disparity=down)


def _varied(points: Sequence[FrontierPoint], axes: Sequence[str]) -> str:
    """The first axis with two values or more; empty where there is none."""
    for name in axes:
        if len({p.settings[name] for p in points if name in p.settings}) > 1:
            return name
    return ""


def _order(points: Sequence[FrontierPoint], axis: str) -> list[Setting]:
    """The values of an axis, those with a fixed place first."""
    fixed = _FIXED.get(axis, ())
    values = list(dict.fromkeys(p.settings[axis] for p in points if axis in p.settings))
    known: list[Setting] = [value for value in fixed if value in values]
    return known + [value for value in values if value not in fixed]


def _row(
    point: FrontierPoint, colour_axis: str, shape_axis: str, ring: str | None
) -> dict[str, Any]:
    words = setting_words(point.settings)
    return {
        KEY: words,
        "Disparity": point.disparity.mean,
        "Usefulness": point.usefulness.mean,
        "Disparity low": point.disparity.low,
        "Disparity high": point.disparity.high,
        "Usefulness low": point.usefulness.low,
        "Usefulness high": point.usefulness.high,
        "Seeds": point.disparity.n,
        "Spread": _spread(point.usefulness),
        "Note": say("chart.struck", reason=point.struck) if point.struck else "",
        "On the frontier": point.best,
        "_colour": _word(point, colour_axis),
        "_shape": _word(point, shape_axis),
        "_struck": bool(point.struck),
        "_ring": words == ring,
    }


def _word(point: FrontierPoint, axis: str) -> str:
    return value_words(axis, point.settings[axis]) if axis in point.settings else ""


def _spread(spread: Spread) -> str:
    if spread.n < 2:
        return say("frontier.seed")
    low, high = number(spread.low), number(spread.high)
    return say("frontier.seeds", n=spread.n, low=low, high=high)


def _title(info: MetricInfo | None, key: str) -> str:
    if info is None:
        return key
    return say("frontier.axis", title=info.title, direction=direction_words(info))


def _scales(found: Frontier) -> tuple[Any, Any]:
    """Disparity from its ideal on; usefulness over what occurs, better always further up."""
    down, up = found.metrics.get(found.disparity), found.metrics.get(found.usefulness)
    anchors = [(a.disparity.value, a.usefulness.value) for a in found.anchors]
    xs = [v for p in found.points for v in (p.disparity.low, p.disparity.high)]
    xs += [x for x, _ in anchors if x is not None]
    ys = [v for p in found.points for v in (p.usefulness.low, p.usefulness.high)]
    ys += [y for _, y in anchors if y is not None]
    ys += [y for curve in found.limits for _, y in curve.points]
    margin = max((max(ys) - min(ys)) * 0.08, 1e-3)
    left = min(0.0, *xs) if len(xs) > 1 else 0.0
    x_scale = alt.Scale(
        domain=[left, max(max(xs) * 1.08, 1e-3)], nice=False, zero=False, clamp=True
    )
    y_scale = alt.Scale(
        domain=[min(ys) - margin, max(ys) + margin],
        zero=False,
        nice=False,
        reverse=up is not None and up.better == "lower",
    )
    axis = alt.Axis(format=".3~g", tickCount=7, titleLimit=600)
    x = alt.X("Disparity:Q", title=_title(down, found.disparity), scale=x_scale, axis=axis)
    y = alt.Y("Usefulness:Q", title=_title(up, found.usefulness), scale=y_scale, axis=axis)
    return x, y


def _limits(found: Frontier, x: Any, y: Any) -> list[alt.Chart]:
    """A dashed line for each limit, named in the legend."""
    rows = [
        {"Limit": say(f"frontier.limit.{curve.kind}"), "Disparity": a, "Usefulness": b}
        for curve in found.limits
        for a, b in curve.points
    ]
    if not rows:
        return []
    frame = pd.DataFrame(rows)
    names = list(frame["Limit"].unique())
    legend = alt.Legend(
        title=say("frontier.limit"), orient="top", labelLimit=240, symbolStrokeColor=LINE
    )
    scale = alt.Scale(domain=names, range=[list(dash) for dash in DASHES[1 : 1 + len(names)]])
    line = alt.Chart(frame).mark_line(color=LINE, strokeWidth=2)
    return [
        line.encode(
            x=x,
            y=y,
            strokeDash=alt.StrokeDash("Limit:N", scale=scale, legend=legend),
            tooltip=["Limit:N", _number("Disparity"), _number("Usefulness")],
        )
    ]


def _anchors(found: Frontier, x: Any, y: Any) -> list[alt.Chart]:
    rows = [(say("frontier.real"), a.disparity.value, a.usefulness.value) for a in found.anchors]
    if not rows:
        return []
    frame = pd.DataFrame(rows, columns=["Anchor", "Disparity", "Usefulness"])
    base = alt.Chart(frame).encode(x=x, y=y)
    tips = ["Anchor:N", _number("Disparity"), _number("Usefulness")]
    point = base.mark_point(shape="diamond", size=170, filled=True, color=REAL, opacity=1)
    # Left of its point: the limit passes above it, settings of little strength lie below.
    label = base.mark_text(align="right", baseline="middle", dx=-12, fontSize=12)
    return [point.encode(tooltip=tips), label.encode(text="Anchor:N")]


def _steps(found: Frontier, x: Any, y: Any) -> list[alt.Chart]:
    if len(found.steps) < 2:
        return []
    frame = pd.DataFrame(found.steps, columns=["Disparity", "Usefulness"])
    line = alt.Chart(frame).mark_line(interpolate="step-after", color=LINE, strokeWidth=2)
    return [line.encode(x=x, y=y)]


def _points(
    found: Frontier, frame: pd.DataFrame, colour_axis: str, shape_axis: str, x: Any, y: Any
) -> list[alt.Chart]:
    """The crosses of the seeds, the points, and a ring round the selected one."""
    colour, shape = _encodings(found, colour_axis, shape_axis)
    base = alt.Chart(frame).encode(color=colour)
    crosses = base.mark_rule(strokeWidth=1.5, opacity=0.8)
    from_left, from_below = x.copy(), y.copy()
    from_left.shorthand, from_below.shorthand = "Disparity low:Q", "Usefulness low:Q"
    across = crosses.encode(x=from_left, x2="Disparity high:Q", y=y)
    upright = crosses.encode(x=x, y=from_below, y2="Usefulness high:Q")
    tips = [KEY, _number("Disparity"), _number("Usefulness"), "Spread:N", "Note:N"]
    click = alt.selection_point(name=SELECTION, fields=[KEY], empty=False)
    sound = frame["_struck"].eq(False)
    layers = [across, upright]
    if sound.any():
        points = base.transform_filter("!datum._struck").mark_point(
            filled=True, size=120, opacity=1, cursor="pointer"
        )
        layers.append(points.encode(x=x, y=y, shape=shape, tooltip=tips).add_params(click))
    if not sound.all():
        struck = base.transform_filter("datum._struck").mark_point(
            shape=STRUCK_SHAPE, size=90, strokeWidth=2.5, opacity=1
        )
        layers.append(struck.encode(x=x, y=y, tooltip=tips))
    if frame["_ring"].any():
        ring = alt.Chart(frame).transform_filter("datum._ring")
        ring = ring.mark_point(shape="circle", size=420, strokeWidth=2.5, color=LINE, opacity=1)
        layers.append(ring.encode(x=x, y=y))
    return layers


def _encodings(found: Frontier, colour_axis: str, shape_axis: str) -> tuple[Any, Any]:
    colour: Any = alt.value(GROUPS[_FIXED["fairness"].index("both")])
    shape: Any = alt.value(SHAPES[0])
    if colour_axis:
        scale = _scale(found.points, colour_axis, GROUPS)
        colour = alt.Color("_colour:N", scale=scale, legend=_legend(colour_axis))
    if shape_axis:
        scale = _scale(found.points, shape_axis, SHAPES)
        # One field for both makes one legend of both.
        field = "_colour:N" if shape_axis == colour_axis else "_shape:N"
        shape = alt.Shape(field, scale=scale, legend=_legend(shape_axis, shape_axis != colour_axis))
    return colour, shape


def _scale(points: Sequence[FrontierPoint], axis: str, looks: Sequence[str]) -> alt.Scale:
    """One look a value; values that every exploration knows always have the same one."""
    values, fixed = _order(points, axis), _FIXED.get(axis, ())
    places = [
        fixed.index(value) if isinstance(value, str) and value in fixed else len(fixed) + i
        for i, value in enumerate(values)
    ]
    names = [value_words(axis, value) for value in values]
    return alt.Scale(domain=names, range=[looks[place % len(looks)] for place in places])


def _legend(axis: str, grey: bool = False) -> alt.Legend:
    """A legend; symbols without a colour of their own are grey, as black is lost on a dark page."""
    ink = LINE if grey else alt.Undefined
    return alt.Legend(
        title=axis_title(axis),
        orient="top",
        labelLimit=240,
        symbolStrokeWidth=2,
        symbolFillColor=ink,
        symbolStrokeColor=ink,
    )


def _number(field: str) -> alt.Tooltip:
    return alt.Tooltip(f"{field}:Q", format=".3f")


def _description(found: Frontier) -> str:
    titles = {key: _name(found, key) for key in (found.usefulness, found.disparity)}
    ordered = sorted(found.points, key=lambda p: (not p.best, p.disparity.mean))
    items = listed(
        say(
            "frontier.item",
            setting=setting_words(p.settings),
            disparity_title=titles[found.disparity],
            disparity=number(p.disparity.mean),
            usefulness_title=titles[found.usefulness],
            usefulness=number(p.usefulness.mean),
            best=say("frontier.best") if p.best else say("frontier.struck") if p.struck else "",
        )
        for p in ordered
    )
    described = say(
        "frontier.description",
        usefulness=titles[found.usefulness],
        disparity=titles[found.disparity],
        items=items,
    )
    return f"{described} {why_no_limit(found)}".strip()


def _name(found: Frontier, metric: str) -> str:
    info = found.metrics.get(metric)
    return metric if info is None else info.title
