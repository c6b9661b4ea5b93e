"""Charts of an exploration, drawn once and kept: a dial that is moved back draws nothing anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard.components import INK
from fairgen_core import charts
from fairgen_core.charts.base import Chart
from fairgen_core.results import Report

Spec = dict[str, Any]

DRAWN: Mapping[str, Callable[[Report, str], Chart]] = {
    "rates": lambda report, judge: charts.rate_by_group(report, rates="predicted"),
    "scores": lambda report, judge: charts.score_curves(
        report, judge, charts.decision_threshold(report, judge)
    ),
    "frequencies": lambda report, judge: charts.group_frequencies(report),
    "shap": lambda report, judge: charts.shap_bars(report),
}
"""The charts that follow the dial."""


def ink() -> str:
    """The colour of words on this page, light or dark."""
    return INK["dark" if st.context.theme.type == "dark" else "light"]


def show_report_chart(which: str, run_id: str, stamp: float, report: Report, judge: str) -> None:
    """Show one of `DRAWN`.

    Args:
        which: its key.
        run_id: the run whose report it is.
        stamp: changes when the report does.
        report: what is drawn.
        judge: whose scores are drawn.
    """
    spec = _report_spec(which, run_id, stamp, judge, ink(), report)
    st.vega_lite_chart(spec=spec, width="stretch", key=f"dial.{which}")


@st.cache_data(max_entries=600, show_spinner=False)
def _report_spec(
    which: str, run_id: str, stamp: float, judge: str, colour: str, _report: Report
) -> Spec:
    return _plain(DRAWN[which](_report, judge), colour)


@st.cache_data(max_entries=200, show_spinner=False)
def kept_spec(key: tuple[str, ...], colour: str, _draw: Callable[[], Chart]) -> Spec:
    """A chart's specification, drawn once for each key.

    Args:
        key: all that the chart depends on.
        colour: of its words.
        _draw: draws it.
    """
    return _plain(_draw(), colour)


def _plain(chart: Chart, colour: str) -> Spec:
    spec: Spec = charts.inked(chart, colour).to_dict()
    return spec
