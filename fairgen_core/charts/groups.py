"""Charts by group: rates, disparities, frequencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

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
from fairgen_core.charts.palette import LINE, REAL, STRUCK_SHAPE, group_colours, group_shapes
from fairgen_core.numbers import number
from fairgen_core.results import Figure, GroupResult, Report
from fairgen_core.words import say

Rates = Literal["label", "predicted"]

_ROOM_FOR_WORDS = 0.4
"""Of an axis' length: as wide as a value and its kind of rows in a narrow chart."""


def _pair(result: GroupResult, rates: Rates) -> tuple[Figure | None, Figure | None]:
    if rates == "label":
        return result.label_rate_real, result.label_rate_synthetic
    return result.predicted_rate_real, result.predicted_rate_synthetic


def _value_words(figure: Figure, rows: str) -> str:
    """What stands beside a point: its value, and of which rows it is where there are two kinds."""
    return f"{number(figure.value)} {rows.lower()}".strip() if figure.value is not None else ""


Pair = tuple[str, Figure | None, Figure | None]
"""A group's name, and a figure of it: of real rows, of synthetic rows."""


def pair_rows(
    pairs: Sequence[Pair], groups: Sequence[str], palette: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One row a group and kind of rows, with its interval, its n and the colour it is drawn in."""
    rows: list[dict[str, Any]] = []
    shapes = group_shapes(groups)
    for group, real, synthetic in pairs:
        n_real, n_synthetic = (f.n if f else 0 for f in (real, synthetic))
        if real and synthetic and n_real != n_synthetic:
            sizes = say("chart.n_both", real=f"{n_real:,}", synthetic=f"{n_synthetic:,}")
        else:
            sizes = say("chart.n", n=f"{max(n_real, n_synthetic):,}")
        for name, figure in ((say("series.real"), real), (say("series.synthetic"), synthetic)):
            if figure is None:
                continue
            own_colour = figure is synthetic or synthetic is None
            cells = figure_cells(figure)
            rows.append(
                {"Group": group, "Rows": name}
                | cells
                | {
                    "_label": f"{group}\n{sizes}",
                    "_colour": palette[group] if own_colour else REAL,
                    "_filled": own_colour,
                    "_shape": STRUCK_SHAPE if figure.struck else shapes[group],
                    "_text": _value_words(figure, name if synthetic else ""),
                }
            )
    return rows


def _rate_rows(report: Report, rates: Rates, palette: Mapping[str, str]) -> list[dict[str, Any]]:
    pairs = [(result.group, *_pair(result, rates)) for result in report.group_results]
    return pair_rows(pairs, report.groups, palette)


def _weighted(frame: pd.DataFrame) -> pd.DataFrame:
    """The overall rate of each kind of rows: the groups' rates weighted by their sizes."""
    known = frame[frame["Value"].notna() & (frame["n"] > 0)]
    out = []
    for name, part in known.groupby("Rows", sort=False):
        overall = float((part["Value"] * part["n"]).sum() / part["n"].sum())
        words = f"{say('rate.overall')}, {str(name).lower()}: {number(overall)}"
        out.append({"Rows": name, "Overall": overall, "_words": words})
    return pd.DataFrame(out, columns=["Rows", "Overall", "_words"])


def _rate_title(report: Report, rates: Rates) -> str:
    if report.target_kind == "number":
        return say(f"rate.axis_number.{rates}", target=report.target)
    if rates == "predicted":
        return say("rate.axis_predicted")
    if report.target is None or report.positive is None:
        return say("rate.axis_any")
    return say("rate.axis", target=f"{report.target} = {report.positive}")


def rate_by_group(
    report: Report, palette: Mapping[str, str] | None = None, rates: Rates = "label"
) -> Chart:
    """Rates of the favourable value by group: points with 95 % intervals on a fixed axis from 0.

    Where there are synthetic rows they have the group's colour and the real ones are grey and
    hollow; in an audit the real rows have the group's colour.

    Args:
        report: an audit or an evaluation.
        palette: the colour of each group; None: `group_colours`.
        rates: ``label``, as the tables have it; ``predicted``, as the downstream models decide on
            the held-out real rows.
    """
    rows = _rate_rows(report, rates, palette or group_colours(report.groups))
    title = f"{_rate_title(report, rates)} {say('rate.key')}"
    return points_by_group(rows, title, "rate.description")


def points_by_group(rows: Sequence[Mapping[str, Any]], title: str, description: str) -> Chart:
    """Points with 95 % intervals by group on a stated axis from 0, a dashed line at the overall
    rate.

    Args:
        rows: of `pair_rows`.
        title: of the axis.
        description: key of the sentence for screen readers, with a place for ``items``.
    """
    if not rows:
        return nothing(say("chart.no_rows.groups"))
    frame = pd.DataFrame(rows)
    top = axis_top(frame["High"].dropna())
    lines = _weighted(frame)
    if len(lines) > 1:
        title = f"{title} {say('rate.key_real')}"
    base = alt.Chart(frame).encode(
        y=alt.Y("_label:N", sort=list(frame["_label"].unique()), axis=two_lines()),
        yOffset=alt.YOffset("Rows:N", sort=None),
    )
    x = alt.X("Value:Q", title=wrapped(title), scale=alt.Scale(domain=[0, top]), axis=share_axis())
    tips = ["Group:N", "Rows:N", alt.Tooltip("Value:Q", format=".3f"), "n:Q", "Note:N"]
    tips[3:3] = [alt.Tooltip("Low:Q", format=".3f"), alt.Tooltip("High:Q", format=".3f")]
    colour = alt.Color("_colour:N", scale=None)
    interval = base.mark_rule(strokeWidth=2.5).encode(x=x, x2="High:Q", color=colour)
    interval = interval.encode(x=alt.X("Low:Q", title=wrapped(title)))
    points = base.mark_point(size=110, strokeWidth=2, opacity=1).encode(
        x=x,
        color=colour,
        fill=alt.condition("datum._filled", colour, alt.value("transparent")),
        shape=alt.Shape("_shape:N", scale=None),
        tooltip=tips,
    )
    # Words to the right of a point near the axis' end would be cut off there in a narrow chart.
    room = top - frame["High"]
    frame["_before"] = (room < _ROOM_FOR_WORDS * top) & (frame["Low"] > room)
    frame["_words_at"] = frame["Low"].where(frame["_before"], frame["High"])
    values = base.mark_text(
        align=alt.expr("datum._before ? 'right' : 'left'"),
        dx=alt.expr("datum._before ? -9 : 9"),
        fontSize=11,
    ).encode(x="_words_at:Q", text="_text:N")
    notes = base.mark_text(align="left", dx=4, fontSize=11).encode(x=alt.value(0), text="Note:N")
    lines["_dotted"] = (lines["Rows"] == say("series.real")) & (len(lines) > 1)
    overall = (
        alt.Chart(lines)
        .mark_rule(color=LINE, strokeWidth=1.5)
        .encode(
            x="Overall:Q",
            tooltip="_words:N",
            strokeDash=alt.condition("datum._dotted", alt.value([1.5, 3]), alt.value([5, 4])),
        )
    )
    items = listed(
        f"{r['Group']}, {r['Rows'].lower()}: {r['Note'] or number(r['Value'])}, n {r['n']:,}."
        for r in rows
    )
    chart = alt.layer(overall, interval, points, values, notes, data=frame)
    n_offsets = frame["Rows"].nunique()
    height = max(1, frame["Group"].nunique()) * (ROW_HEIGHT + 20 * (n_offsets - 1))
    return finish(chart, say(description, items=items), height=height)


def disparity(
    report: Report, reference_group: str | None = None, rates: Rates = "predicted"
) -> Chart:
    """Each group's rate minus the reference group's: 'smaller, equal, larger', bubbles by size.

    Args:
        report: an audit or an evaluation.
        reference_group: the group that the others are held against; None: the first (largest).
        rates: see `rate_by_group`; falls back to ``label`` where no model was judged.
    """
    reference = reference_group or (report.groups[0] if report.groups else "")
    rows = _rate_rows(report, rates, group_colours(report.groups))
    if not rows:
        rows = _rate_rows(report, "label", group_colours(report.groups))
    against = {r["Rows"]: r["Value"] for r in rows if r["Group"] == reference}
    for row in rows:
        base_rate = against.get(row["Rows"])
        known = row["Value"] is not None and base_rate is not None
        row["Difference"] = row["Value"] - base_rate if known else None
        told = [number(row["Difference"])]
        told += [row["Rows"].lower()] if len(against) > 1 else []
        row["_text"] = " ".join(told) if row["Group"] != reference else ""
    if not any(r["Difference"] is not None for r in rows):
        return nothing(say("chart.no_rows.groups"))
    frame = pd.DataFrame(rows).drop(columns=["Low", "High"])
    reach = axis_top(frame["Difference"].abs().dropna())
    title = say("disparity.axis", group=reference)
    x = alt.X(
        "Difference:Q",
        title=wrapped(title),
        scale=alt.Scale(domain=[-reach, reach]),
        axis=share_axis(),
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("_label:N", sort=list(frame["_label"].unique()), axis=two_lines()),
        yOffset=alt.YOffset("Rows:N", sort=None),
        x=x,
    )
    colour = alt.Color("_colour:N", scale=None)
    is_reference = alt.datum.Group == reference
    bubbles = (
        base.transform_filter(~is_reference)
        .mark_circle(opacity=0.85)
        .encode(
            size=alt.Size("n:Q", scale=alt.Scale(range=[60, 700], zero=True), legend=None),
            color=colour,
            tooltip=["Group:N", "Rows:N", alt.Tooltip("Difference:Q", format="+.3f"), "n:Q"],
        )
    )
    crosses = (
        base.transform_filter(is_reference)
        .mark_point(shape=STRUCK_SHAPE, size=90, strokeWidth=3)
        .encode(color=colour)
    )
    values = base.mark_text(dy=-18, fontSize=11).encode(text="_text:N")
    notes = base.mark_text(align="left", fontSize=11).encode(x=alt.value(4), text="Note:N")
    zero = alt.Chart(pd.DataFrame({"Equal": [0.0]})).mark_rule(color=LINE).encode(x="Equal:Q")
    items = listed(
        f"{r['Group']}, {r['Rows'].lower()}: {r['Note'] or number(r['Difference'])}."
        for r in rows
        if r["Group"] != reference
    )
    chart = alt.layer(zero, bubbles, crosses, values, notes, data=frame)
    height = frame["Group"].nunique() * (ROW_HEIGHT + 24 * (frame["Rows"].nunique() - 1))
    words = say("disparity.description", group=reference, items=items)
    return finish(chart, words, height=max(height, 80))


def group_frequencies(report: Report) -> Chart:
    """How often each group occurs: generated share with Wilson interval, a tick at the training
    share, a dashed line at the even share 1/K. In an audit the bars are the training shares.
    """
    if not report.group_results:
        return nothing(say("chart.no_rows.groups"))
    colours = group_colours(report.groups)
    rows: list[dict[str, Any]] = []
    for result in report.group_results:
        shown = result.share_synthetic or result.share_train
        n_rows = result.n_synthetic if result.share_synthetic else result.n_train
        cells = figure_cells(shown) | {"n": n_rows}
        rows.append(
            {"Group": result.group}
            | cells
            | {
                "Training share": result.share_train.value if result.share_synthetic else None,
                "_label": f"{result.group}\n{say('chart.n', n=f'{n_rows:,}')}",
                "_colour": colours[result.group],
                "_text": number(shown.value) if shown.value is not None else cells["Note"],
            }
        )
    frame = pd.DataFrame(rows)
    k = len(report.groups)
    top = axis_top([*frame["High"].dropna(), *frame["Training share"].dropna(), 1 / k])
    generated = any(r.share_synthetic for r in report.group_results)
    title = say("frequency.axis" if generated else "frequency.axis_real", k=k)
    x = alt.X("Value:Q", title=wrapped(title), scale=alt.Scale(domain=[0, top]), axis=share_axis())
    base = alt.Chart(frame).encode(
        y=alt.Y("_label:N", sort=list(frame["_label"]), axis=two_lines())
    )
    bars = base.mark_bar(height=20).encode(
        x=x,
        color=alt.Color("_colour:N", scale=None),
        tooltip=["Group:N", alt.Tooltip("Value:Q", format=".3f"), "n:Q"],
    )
    interval = base.mark_rule(strokeWidth=2, color=LINE).encode(x="Low:Q", x2="High:Q")
    ticks = base.mark_tick(thickness=4, size=TICK_SIZE, color=REAL).encode(
        x="Training share:Q", tooltip=["Group:N", alt.Tooltip("Training share:Q", format=".3f")]
    )
    values = base.mark_text(**above_bars(top)).encode(x=x, text="_text:N")
    even = (
        alt.Chart(pd.DataFrame({"Even": [1 / k], "_words": [say("frequency.even", k=k)]}))
        .mark_rule(strokeDash=[5, 4], color=LINE, strokeWidth=1.5)
        .encode(x="Even:Q", tooltip="_words:N")
    )
    items = listed(
        f"{r['Group']}: {number(r['Value'])}, n {r['n']:,}"
        + (f", in training {number(r['Training share'])}." if r["Training share"] else ".")
        for r in rows
    )
    key = "frequency.description" if generated else "frequency.description_real"
    # An empty layer of ticks would be an image without words to a screen reader.
    layers = [bars, interval, *([ticks] if generated else []), values, even]
    chart = alt.layer(*layers, data=frame)
    return finish(chart, say(key, k=k, items=items), height=len(rows) * (ROW_HEIGHT + 6))
