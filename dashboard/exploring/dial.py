"""The dial: moves through settings that were computed, everything in step, nothing recomputed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import reads
from dashboard.components import escape, section
from dashboard.exploring.frontier_view import Choose
from dashboard.exploring.selection import Settings, dials, members_of, neighbour, turned
from dashboard.exploring.specs import show_report_chart
from dashboard.inspecting.cards import card, change_card, help_for, notes, shown
from dashboard.looks import beside, show_grid
from dashboard.state import MAX_COMPARED, go, place
from dashboard.text import say
from fairgen_core import charts
from fairgen_core.numbers import number
from fairgen_core.results import Figure, Report
from fairgen_core.runs.pictures import grids, image_report
from fairgen_core.sweep_results import Setting, SweepPoint, SweepResults

CARDS = ("dp", "dp_any", "ftu", "auroc", "r2")
NO_TARGET_CARDS = ("share_gap", "pair_trends", "detector")
PICTURE_CARDS = ("gap", "late_gap", "latent_attacker", "content_kept", "recognisable")
"""Of these, those that the run has."""
N_ROWS = 8
_CARD_PIXELS = 226
"""Four cards beside each other in a wide window, two in a narrow one."""


def show_dial(
    sweep_id: str, results: SweepResults, selected: Settings, judge: str, choose: Choose
) -> None:
    """Show the dial and the run that it stands at.

    Args:
        sweep_id: the exploration.
        results: what it has found.
        selected: the setting that is looked at.
        judge: whose figures are shown.
        choose: called with the setting that the dial was moved to.
    """
    section(say("dial.title"), say("dial.caption"))
    point = _controls(sweep_id, results, selected, choose)
    if point is None:
        st.caption(say("dial.not_yet"))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        words = charts.setting_words(point.settings)
        st.markdown(f"**{escape(words)}** · {say('dial.seed', seed=point.seed)}", width="content")
        opened = st.button(
            say("dial.open"), key="dial.open", icon=":material/query_stats:", type="tertiary"
        )
        st.button(
            say("dial.beside"), key="dial.beside", icon=":material/compare_arrows:",
            type="tertiary", on_click=_put_beside, args=(point.run,), help=say("dial.beside_help"),
        )  # fmt: skip
    if opened:
        st.switch_page("views/inspect.py", query_params={"run": point.run})
    if results.task == "train":
        _table_run(point, results, judge)
    else:
        _picture_run(point, results)


def _put_beside(run_id: str) -> None:
    """Keep a run for 'side by side'; the oldest one makes room where there are too many."""
    before = [one for one in place().compared if one != run_id]
    runs = [*before, run_id][-MAX_COMPARED:]
    go(runs=",".join(runs))
    st.toast(say("dial.put_beside", n=len(runs)), icon=":material/compare_arrows:")


def _controls(
    sweep_id: str, results: SweepResults, selected: Settings, choose: Choose
) -> SweepPoint | None:
    """The slider, which axis it moves, and the seed; the member that they point at."""
    found = dials(results, selected)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if found:
            _slider(sweep_id, found, selected, choose)
        done = [p for p in members_of(results, selected) if p.state == "done"]
        if not done:
            return None
        seeds = [p.seed for p in done]
        chosen = seeds[0]
        if len(seeds) > 1:
            key = f"dial.seed:{sweep_id}"
            if st.session_state.get(key) not in seeds:
                st.session_state[key] = seeds[0]
            picked = st.segmented_control(say("dial.seeds"), seeds, key=key, required=True)
            chosen = seeds[0] if picked is None else picked
    return next(p for p in done if p.seed == chosen)


def _slider(
    sweep_id: str, found: Mapping[str, Sequence[Setting]], selected: Settings, choose: Choose
) -> None:
    axes = list(found)
    axis = axes[0]
    if len(axes) > 1:
        key = f"dial.axis:{sweep_id}"
        if st.session_state.get(key) not in axes:
            st.session_state[key] = axes[0]
        picked = st.segmented_control(
            say("dial.axis"), axes, key=key, required=True, format_func=charts.axis_title
        )
        axis = picked or axes[0]
    values = list(found[axis])
    key = f"dial.value:{sweep_id}:{axis}"
    # The dial follows a click on the frontier: what is looked at is kept in one place.
    st.session_state[key] = neighbour(values, selected[axis])
    st.select_slider(
        charts.axis_title(axis),
        values,
        key=key,
        format_func=lambda value: charts.value_words(axis, value),
        on_change=lambda: choose(turned(selected, axis, st.session_state[key])),
        help=say("dial.help"),
    )


def _table_run(point: SweepPoint, results: SweepResults, judge: str) -> None:
    report = reads.report(point.run)
    if report is None:
        st.caption(say("inspect.not_judged"))
        return
    keys = NO_TARGET_CARDS if report.target is None else CARDS
    found = [(k, report.find(k, judge) or report.find(k, "")) for k in keys]
    known = [(report.metrics[k], m) for k, m in found if m is not None]
    with st.container(horizontal=True):
        for info, measured in known:
            with st.container(width=_CARD_PIXELS, height="stretch"):
                change_card(info, measured)
    stamp = reads.report_stamp(point.run)
    if report.target is None:
        left, right = beside("dial-bottom", 2)
        with left:
            st.markdown(f"**{say('groups.frequencies')}**")
            show_report_chart("frequencies", point.run, stamp, report, judge)
        with right:
            st.markdown(f"**{say('dial.rows')}**")
            _rows(point, results, report)
        return
    left, right = beside("dial-top", 2)
    with left:
        st.markdown(f"**{say('dial.rates')}**")
        show_report_chart("rates", point.run, stamp, report, judge)
    with right:
        st.markdown(f"**{say('parity.scores')}**")
        show_report_chart("scores", point.run, stamp, report, judge)
    left, right = beside("dial-bottom", 2)
    with left:
        st.markdown(f"**{say('section.shap')}**")
        if report.shap:
            show_report_chart("shap", point.run, stamp, report, judge)
        else:
            st.caption(say("shap.none"))
    with right:
        st.markdown(f"**{say('dial.rows')}**")
        _rows(point, results, report)


def _rows(point: SweepPoint, results: SweepResults, report: Report) -> None:
    """The first rows, the target first; cells that differ from the start of the dial are marked."""
    rows = reads.first_rows(point.run, N_ROWS)
    if rows is None:
        st.caption(say("rows.missing", reason=say("rows.gone")))
        return
    before = _start_of_dial(point, results)
    reference = reads.first_rows(before.run, N_ROWS) if before is not None else None
    first = [c for c in (report.target, *report.sensitive) if c is not None and c in rows.columns]
    ordered = rows[[*first, *(c for c in rows.columns if c not in first)]]
    marks = _marks(ordered, reference)
    st.dataframe(
        ordered.style.apply(lambda _: marks, axis=None) if marks is not None else ordered,
        hide_index=True,
        alt=say("dial.rows"),
    )
    st.caption(say("dial.rows_caption"))


def _start_of_dial(point: SweepPoint, results: SweepResults) -> SweepPoint | None:
    for axis, values in dials(results, point.settings).items():
        start = turned(point.settings, axis, values[0])
        same = [p for p in members_of(results, start) if p.seed == point.seed]
        return same[0] if same else None
    return None


def _marks(rows: pd.DataFrame, reference: pd.DataFrame | None) -> pd.DataFrame | None:
    """A background for each cell that is not as in `reference`."""
    if reference is None or len(reference) != len(rows) or set(reference) != set(rows):
        return None
    changed = rows.astype(str) != reference[list(rows.columns)].astype(str)
    return changed.replace({True: "background-color: #7A5FCB40; font-weight: 600", False: ""})


def _picture_run(point: SweepPoint, results: SweepResults) -> None:
    """The newest look at pictures of fixed noise, and the groups' shares."""
    found = grids(reads.store(), point.run)
    left, right = beside("dial-pictures", 2)
    with left:
        if found:
            setting = charts.setting_words(point.settings)
            words = say("dial.pictures_alt", setting=setting, seed=point.seed)
            show_grid(found[max(found)], say("dial.pictures"), words)
        else:
            st.caption(say("dial.no_pictures"))
    with right:
        for key in PICTURE_CARDS:
            figure, info = point.figure(key), results.metrics.get(key)
            if figure is not None and info is not None:
                lines = notes(info, figure)
                card(info.title, shown(figure), lines, help_for(info), struck=figure.struck)
        report = image_report(reads.store(), point.run)
        if report is not None:
            lines = [_share(one.group, one.share) for one in report.group_frequencies]
            st.caption("  \n".join([say("dial.shares"), *lines]))


def _share(group: str, share: Figure) -> str:
    words = f"{escape(group)}: {number(share.value)}"
    if share.low is None or share.high is None:
        return words
    return f"{words}, {say('figure.interval', low=number(share.low), high=number(share.high))}"
