"""A training while it runs: quality and parity of previews, losses, gradient norms by group."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from fairgen_core.charts.base import Chart, finish, listed, nothing
from fairgen_core.charts.palette import DASHES, GROUPS, LINE, group_colours, group_dashes
from fairgen_core.numbers import number
from fairgen_core.runs.status import ProgressEvent
from fairgen_core.words import TEXT, say

MAX_POINTS = 400
"""Points a line; longer trainings are thinned evenly, the newest point always kept."""

GRADIENT_NORM = "gradient_norm:"
"""Prefix of a figure that is a group's gradient norm before clipping (``gradient_norm:Female``)."""
CLIPPED_SHARE = "clipped_share"
"""The figure that is the share of steps clipped."""


def _series(events: Sequence[ProgressEvent], part: str) -> pd.DataFrame:
    """One row an event and name: seconds since the start, the stage, the value."""
    start = events[0].t if events else 0.0
    rows = [
        {"Seconds": event.t - start, "Stage": event.stage, "Name": name, "Value": value}
        for event in events
        for name, value in getattr(event, part).items()
    ]
    frame = pd.DataFrame(rows, columns=["Seconds", "Stage", "Name", "Value"])
    thinned = []
    for _, one in frame.groupby("Name", sort=False):
        step = max(1, -(-len(one) // MAX_POINTS))
        thinned.append(one.iloc[::-1].iloc[::step].iloc[::-1])
    return pd.concat(thinned, ignore_index=True) if thinned else frame


def _lines(frame: pd.DataFrame, y: alt.Y) -> Chart:
    names = list(frame["Name"].unique())
    colours = [GROUPS[i % len(GROUPS)] for i in range(len(names))]
    dashes = [list(DASHES[i % len(DASHES)]) for i in range(len(names))]
    legend = alt.Legend(title=None, orient="top", labelLimit=260, columns=3)
    # A line of one value is no line: it is seen as a point until the next one comes.
    single = bool(frame["Name"].value_counts().min() == 1)
    return (
        alt.Chart(frame)
        .mark_line(strokeWidth=2.5, point=single)
        .encode(
            x=alt.X("Seconds:Q", title=say("progress.time"), scale=alt.Scale(domainMin=0)),
            y=y,
            color=alt.Color("Name:N", scale=alt.Scale(domain=names, range=colours), legend=legend),
            strokeDash=alt.StrokeDash(
                "Name:N", scale=alt.Scale(domain=names, range=dashes), legend=legend
            ),
            tooltip=["Name:N", alt.Tooltip("Value:Q", format=".4"), "Stage:N",
                     alt.Tooltip("Seconds:Q", format=".0f")],
        )
    )  # fmt: skip


def _newest(frame: pd.DataFrame) -> str:
    last = frame.groupby("Name", sort=False).tail(1)
    return listed(
        f"{name}: {number(v)}." for name, v in zip(last["Name"], last["Value"], strict=True)
    )


def progress_lines(events: Sequence[ProgressEvent]) -> Chart:
    """Quality and parity of the previews over time, on a fixed axis from 0 to 1."""
    frame = _series(events, "figures")
    known = {key: TEXT.get(f"progress.{key}", key) for key in frame["Name"].unique()}
    apart = frame["Name"].str.startswith(GRADIENT_NORM) | (frame["Name"] == CLIPPED_SHARE)
    frame = frame[~apart].assign(Name=frame["Name"].map(known)).reset_index(drop=True)
    if frame.empty:
        return nothing(say("chart.no_rows.events"))
    y = alt.Y("Value:Q", title=say("progress.value"), scale=alt.Scale(domain=[0, 1], clamp=True))
    return finish(_lines(frame, y), say("progress.description", items=_newest(frame)), height=220)


def loss_lines(events: Sequence[ProgressEvent]) -> Chart:
    """Training losses over time, small; a symmetrical log axis holds small and negative ones."""
    frame = _series(events, "losses")
    if frame.empty:
        return nothing(say("chart.no_rows.events"))
    y = alt.Y("Value:Q", title=say("loss.value"), scale=alt.Scale(type="symlog"))
    return finish(_lines(frame, y), say("loss.description", items=_newest(frame)), height=130)


def gradient_norms(events: Sequence[ProgressEvent], clip_norm: float | None = None) -> Chart:
    """Each group's gradient norm before clipping, log y, dashed line at C; below it the share of
    steps clipped.

    Args:
        events: of a training whose figures hold `GRADIENT_NORM` and `CLIPPED_SHARE`.
        clip_norm: C; None where nothing is clipped.
    """
    every = _series(events, "figures")
    frame = every[every["Name"].str.startswith(GRADIENT_NORM) & (every["Value"] > 0)].copy()
    if frame.empty:
        return nothing(say("chart.no_rows.events"))
    frame["Name"] = frame["Name"].str.removeprefix(GRADIENT_NORM)
    words = say("gradient.description", items=_newest(frame))
    groups = list(frame["Name"].unique())
    colours, dashes = group_colours(groups), group_dashes(groups)
    if clip_norm is not None:
        # A series of its own and no layer: streamlit cannot fit layers inside a vconcat.
        limit = say("gradient.clip", value=f"{clip_norm:g}")
        ends = {"Seconds": [frame["Seconds"].min(), frame["Seconds"].max()], "Value": clip_norm}
        frame = pd.concat([frame, pd.DataFrame(ends).assign(Name=limit)], ignore_index=True)
        colours, dashes = colours | {limit: LINE}, dashes | {limit: (6, 4)}
    names = list(colours)
    legend = alt.Legend(title=None, orient="top", labelLimit=260, columns=3)
    y = alt.Y("Value:Q", title=say("gradient.value"), scale=alt.Scale(type="log"))
    lines = _lines(frame, y).encode(
        color=alt.Color(
            "Name:N",
            scale=alt.Scale(domain=names, range=list(colours.values())),
            legend=legend,
        ),
        strokeDash=alt.StrokeDash(
            "Name:N",
            scale=alt.Scale(domain=names, range=[list(dashes[n]) for n in names]),
            legend=legend,
        ),
    )
    clipped = every[every["Name"] == CLIPPED_SHARE]
    if clipped.empty:
        return finish(lines, words, height=200)
    share = (
        alt.Chart(clipped)
        .mark_area(color=LINE, opacity=0.5, line=True)
        .encode(
            x=alt.X("Seconds:Q", title=say("progress.time"), scale=alt.Scale(domainMin=0)),
            y=alt.Y("Value:Q", title=say("gradient.clipped"), scale=alt.Scale(domain=[0, 1])),
        )
    )
    return finish(alt.vconcat(lines.properties(height=180), share.properties(height=70)), words)
