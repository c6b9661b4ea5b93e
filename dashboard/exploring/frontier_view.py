"""Usefulness against disparity: the chart, what its axes are, and the same as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.exploring.selection import Settings
from dashboard.exploring.specs import ink, kept_spec
from dashboard.inspecting.cards import help_for
from dashboard.state import seed
from dashboard.text import explain, say
from fairgen_core import charts
from fairgen_core.charts.frontier import KEY, SELECTION
from fairgen_core.sweep_results import DISPARITY, USEFULNESS, Frontier, SweepResults, frontier

Choose = Callable[[Settings], None]
_ROW_PIXELS, _MAX_PIXELS = 35, 420


def choose_frontier(results: SweepResults, sweep_id: str) -> Frontier | None:
    """Show what the axes may be, and give the frontier; None while nothing has figures."""
    up = results.choices(USEFULNESS[results.task])
    down = results.choices(DISPARITY[results.task])
    if not up or not down:
        return None
    judges = results.judges()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        usefulness = _metric(results, say("explore.usefulness"), up, f"explore.up:{sweep_id}")
        disparity = _metric(results, say("explore.disparity"), down, f"explore.down:{sweep_id}")
        judge = judges[0] if judges else ""
        if len(judges) > 1:
            picked = st.segmented_control(
                say("inspect.judge"),
                judges,
                required=True,
                key=seed(f"explore.judge:{sweep_id}", judges[0]),
                help=say("inspect.judge_help"),
            )
            judge = picked or judges[0]
    return frontier(results, usefulness, disparity, judge)


def _metric(results: SweepResults, label: str, keys: Sequence[str], key: str) -> str:
    def title(metric: str) -> str:
        info = results.metrics.get(metric)
        return info.title if info is not None else metric

    chosen = st.session_state.get(key, keys[0])
    info = results.metrics.get(chosen)
    picked = st.selectbox(
        label,
        keys,
        key=seed(key, keys[0]),
        format_func=title,
        width=280,
        help=help_for(info) if info is not None else None,
    )
    return str(picked)


def show_frontier(
    found: Frontier, selected: Settings | None, sweep_id: str, choose: Choose
) -> None:
    """Show the chart; a click on a point chooses its setting.

    Args:
        found: what is drawn.
        selected: the setting that is looked at.
        sweep_id: the exploration.
        choose: called with the setting of the point that was clicked.
    """
    key = f"explore.frontier:{sweep_id}"
    words = charts.setting_words(selected) if selected is not None else ""
    spec = kept_spec(
        (found.model_dump_json(), words), ink(), lambda: charts.frontier_chart(found, selected)
    )

    def clicked() -> None:
        names = [row.get(KEY) for row in _chosen_rows(st.session_state[key])]
        for point in found.points:
            if names and charts.setting_words(point.settings) == names[0]:
                choose(point.settings)

    st.vega_lite_chart(
        spec=spec,
        width="stretch",
        key=key,
        on_select=clicked if not all(point.struck for point in found.points) else "ignore",
    )
    words = " ".join(filter(None, [say("explore.frontier_caption"), charts.why_no_limit(found)]))
    st.caption(words, help=explain("frontier"))


def _chosen_rows(state: Any) -> list[dict[str, Any]]:
    selection = state.get("selection", {}) if hasattr(state, "get") else {}
    rows = selection.get(SELECTION, [])
    return list(rows) if isinstance(rows, list) else []


def show_settings(
    found: Frontier, selected: Settings | None, sweep_id: str, choose: Choose
) -> None:
    """Every setting as a row; a ticked row is the setting that is looked at."""
    points = sorted(found.points, key=lambda p: (not p.best, p.disparity.mean))
    if not points:
        return
    key = f"explore.settings:{sweep_id}"
    place = next((i for i, p in enumerate(points) if p.settings == selected), None)
    st.session_state[key] = {
        "selection": {"rows": [] if place is None else [place], "columns": [], "cells": []}
    }

    def ticked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(points):
            choose(points[rows[0]].settings)

    st.dataframe(
        settings_frame(found),
        hide_index=True,
        height=min(_MAX_PIXELS, _ROW_PIXELS * (len(points) + 1) + 3),
        column_config=_columns(found),
        key=key,
        on_select=ticked,
        selection_mode="single-row",
        placeholder="",
        alt=say("explore.settings_alt"),
    )


def settings_frame(found: Frontier) -> pd.DataFrame:
    """The points of a frontier as a table: the best first, by rising disparity."""
    points = sorted(found.points, key=lambda p: (not p.best, p.disparity.mean))
    return pd.DataFrame(
        [
            {
                "setting": charts.setting_words(p.settings),
                "disparity": p.disparity.mean,
                "usefulness": p.usefulness.mean,
                "disparity_sd": p.disparity.sd,
                "usefulness_sd": p.usefulness.sd,
                "seeds": p.disparity.n,
                "note": say("explore.best") if p.best else p.struck,
            }
            for p in points
        ]
    ).dropna(axis="columns", how="all")


def _columns(found: Frontier) -> dict[str, Any]:
    column = st.column_config

    def title(metric: str) -> str:
        info = found.metrics.get(metric)
        return info.title if info is not None else metric

    named: dict[str, Any] = {
        f"{name}{end}": column.NumberColumn(words.format(title(metric)), format="%.4f")
        for name, metric in (("disparity", found.disparity), ("usefulness", found.usefulness))
        for end, words in (("", "{}"), ("_sd", say("explore.sd", figure="{}")))
    }
    return named | {
        "setting": column.TextColumn(say("explore.setting"), width=260),
        "seeds": column.NumberColumn(say("explore.seeds"), format="%d", width="small"),
        "note": column.TextColumn(say("explore.note"), width=200),
    }
