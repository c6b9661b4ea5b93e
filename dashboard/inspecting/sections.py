"""The sections of the Inspect page that show figures and charts of a report."""

from __future__ import annotations

from typing import get_args

import pandas as pd
import streamlit as st

from dashboard.components import escape, number, section, show_chart
from dashboard.inspecting.cards import judges, section_cards
from dashboard.text import say
from fairgen_core import charts
from fairgen_core.charts.groups import Rates
from fairgen_core.charts.scores import TrainedOn, curves_of
from fairgen_core.results import Report

COLUMNS_A_PAGE = 10
_N_WIDE = 2


def show_columns(report: Report) -> None:
    """Each column, real beside synthetic, farthest first."""
    columns = charts.sorted_columns(report)
    if not columns:
        st.caption(say("columns.empty"))
        return
    st.caption(say("columns.caption"))
    if len(columns) > COLUMNS_A_PAGE:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            words = st.text_input(
                say("columns.search"), key="inspect.columns.search", icon=":material/search:"
            )
            columns = tuple(c for c in columns if words.strip().lower() in c.column.lower())
            n_pages = max(1, -(-len(columns) // COLUMNS_A_PAGE))
            page = st.number_input(
                say("rows.page"), 1, n_pages, key="inspect.columns.page", width=160
            )
        columns = columns[(page - 1) * COLUMNS_A_PAGE : page * COLUMNS_A_PAGE]
    for start in range(0, len(columns), _N_WIDE):
        for cell, column in zip(
            st.columns(_N_WIDE), columns[start : start + _N_WIDE], strict=False
        ):
            with cell.container(border=True, height="stretch"):
                chart = charts.columns_comparison(column)
                show_chart(chart, key=f"inspect.column:{column.column}", data_toggle=False)
    if columns and st.toggle(say("columns.data"), key="inspect.columns.data"):
        tables = [charts.chart_data(charts.columns_comparison(column)) for column in columns]
        st.dataframe(pd.concat(tables, ignore_index=True), hide_index=True)


def show_groups(report: Report) -> None:
    """Frequencies, rates and disparities by group, and intersections."""
    section(say("groups.frequencies"), say("groups.frequencies_caption"))
    show_chart(charts.group_frequencies(report), key="inspect.frequencies")
    section_cards(report, "representation")
    if report.target_kind != "none":
        _rates(report)
    if len(report.sensitive) > 1 and report.cells:
        section(say("groups.intersections"), say("groups.intersections_caption"))
        show_chart(charts.intersections(report), key="inspect.intersections")


def _rates(report: Report) -> None:
    section(say("groups.rates"))
    options: list[Rates] = ["predicted", "label"]
    rates: Rates = st.segmented_control(
        say("groups.rates_of"),
        options,
        default="predicted",
        required=True,
        format_func=lambda name: say(f"groups.rates.{name}"),
        key="inspect.rates",
    )
    st.caption(say(f"groups.rates.{rates}.means"))
    show_chart(charts.rate_by_group(report, rates=rates), key="inspect.rate_chart")
    section(say("groups.disparity"), say("groups.disparity_caption"))
    reference = report.groups[0]
    if len(report.groups) > 1:
        reference = st.selectbox(
            say("groups.reference"), report.groups, key="inspect.reference", width=280
        )
    show_chart(charts.disparity(report, reference, rates), key="inspect.disparity")


def show_parity(report: Report, judge: str) -> None:
    """Score distributions with a threshold to drag, and every parity figure."""
    if report.target_kind == "none":
        st.caption(say("card.target_none"))
        return
    flag = report.find("one_class", judge)
    if flag is not None and flag.synthetic is not None and flag.synthetic.value:
        reason = escape(flag.synthetic.reason)
        st.warning(say("parity.struck", reason=reason), icon=":material/block:")
    section(say("parity.scores"), say("parity.scores_caption"))
    if any(curves_of(report, judge, rows) for rows in get_args(TrainedOn)):
        _thresholds(report, judge)
    else:
        st.caption(say("parity.no_curves"))
    section(say("parity.figures"))
    section_cards(report, "fairness", judge, without=("one_class", "positive_rate"))


@st.fragment
def _thresholds(report: Report, judge: str) -> None:
    low, high = charts.score_range(report, judge)
    if not low < high:
        low, high = low - 0.5, high + 0.5
    threshold = st.slider(
        say("parity.threshold"),
        low,
        high,
        min(max(charts.decision_threshold(report, judge), low), high),
        step=(high - low) / 100,
        key=f"inspect.threshold:{judge}",
        help=say("parity.threshold_help"),
    )
    here = {
        rows: number(charts.parity_at(report, judge, threshold, rows))
        for rows in get_args(TrainedOn)
    }
    st.caption(say("parity.here", threshold=number(threshold), **here))
    for cell, rows in zip(st.columns(2), get_args(TrainedOn), strict=True):
        with cell:
            st.markdown(f"**{say(f'parity.trained.{rows}')}**")
            chart = charts.score_curves(report, judge, threshold, rows)
            show_chart(chart, key=f"inspect.scores.{rows}")


def show_usefulness(report: Report) -> None:
    """Precision, recall and AUROC by every judge."""
    if report.target_kind == "none":
        st.caption(say("card.target_none"))
        return
    st.caption(say("usefulness.caption", n=f"{report.n_test:,}"))
    for judge in judges(report):
        section(judge.capitalize())
        section_cards(report, "usefulness", judge)


def show_shap(report: Report) -> None:
    """Paired SHAP bars, and a beeswarm on demand."""
    if not report.shap:
        st.caption(say("shap.none"))
        return
    st.caption(say("shap.caption", n=f"{report.shap_n:,}"))
    show_chart(charts.shap_bars(report), key="inspect.shap")
    if not report.shap_points or not st.toggle(say("shap.swarm"), key="inspect.swarm"):
        return
    rows: TrainedOn = st.segmented_control(
        say("shap.swarm_of"),
        ["real", "synthetic"],
        default="synthetic",
        required=True,
        format_func=lambda name: say(f"series.{name}"),
        key="inspect.swarm_of",
    )
    show_chart(charts.shap_beeswarm(report, rows), key=f"inspect.swarm_chart.{rows}")


def show_quality(report: Report, judge: str) -> None:
    """How closely the synthetic rows follow the real ones."""
    st.caption(say("quality.caption"))
    if not section_cards(report, "quality", judge):
        st.caption(say("quality.none"))


def show_privacy(report: Report, judge: str) -> None:
    """Whether rows of real people were copied."""
    st.caption(say("privacy.caption"))
    if not section_cards(report, "privacy", judge):
        st.caption(say("privacy.none"))
