"""The audit of the real rows: made by a worker, once for each choice of data and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import reads
from dashboard.components import escape, on_primary, section, show_chart
from dashboard.inspecting.cards import change_card
from dashboard.state import go, recall, remember
from dashboard.tables import display_name
from dashboard.text import explain, say
from fairgen_core.config import AuditConfig
from fairgen_core.errors import FairGenError
from fairgen_core.numbers import duration, percent
from fairgen_core.results import Report
from fairgen_core.runs import launcher
from fairgen_core.runs.status import RunStatus

if TYPE_CHECKING:
    from fairgen_core.charts.base import Chart

_REFRESH_SECONDS = 1.0
_LAST = "audit.run"
_SHOWN_STATE = "audit.shown_state"
_JUDGE = "gradient boosting"
_FIGURES = ("auroc", "r2", "dp", "dp_any", "ftu", "conditional")
"""The real model's figures that are shown as cards, where they were measured."""


def find_audit(config: AuditConfig) -> str | None:
    """The newest audit run of exactly that data and those roles, or None."""
    for summary in reads.store().list():
        if summary.task == "audit":
            try:
                known = reads.store().config(summary.id)
            except FairGenError:
                continue
            if known.model_copy(update={"name": ""}) == config.model_copy(update={"name": ""}):
                return summary.id
    return None


def audit_run(config: AuditConfig) -> str:
    """The run that audits that data under those roles, started now where there was none.

    The audit that this session looked at before is stopped if it still works: its roles are no
    longer the chosen ones.

    Raises:
        RunError: the home folder cannot be written.
    """
    runs = reads.store()
    run_id = find_audit(config)
    last = recall(_LAST, "")
    if last and last != run_id and last in runs.ids():
        launcher.stop(runs, last)
    if run_id is None:
        name = say("audit.name", data=display_name(config.data))
        run_id = runs.create(config.model_copy(update={"name": name}))
        launcher.start(runs, run_id)
    elif runs.status(run_id).state == "stopped" and last != run_id:
        launcher.resume(runs, run_id)
    remember(_LAST, run_id)
    return run_id


def show_audit(run_id: str, train_page: str) -> None:
    """Show an audit, or how far it is; keeps itself up to date while it is made.

    Args:
        run_id: an audit's id.
        train_page: file of the page where a person goes on.
    """
    section(say("audit.title"))
    status = reads.store().status(run_id)
    remember(_SHOWN_STATE, (run_id, status.state))
    if status.active:
        st.fragment(_progress, run_every=_REFRESH_SECONDS)(run_id)
    elif status.state == "done" and (report := reads.report(run_id)) is not None:
        show_report(report)
    else:
        _not_made(run_id, status)
    if st.button(
        on_primary(say("audit.continue")),
        type="primary",
        icon=":material/arrow_forward:",
        icon_position="right",
        key="audit.continue",
    ):
        go(run="")
        st.switch_page(train_page)


def _progress(run_id: str) -> None:
    try:
        status = reads.store().status(run_id)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    if recall(_SHOWN_STATE, None) != (run_id, status.state):
        st.rerun()
    if status.state == "queued":
        st.caption(say("audit.queued"))
        return
    left = duration(status.seconds_left)
    words = [say("audit.running"), percent(status.fraction)]
    words += [say("time.left", time=left)] if left else []
    st.progress(min(max(status.fraction, 0.0), 1.0), text=" · ".join(words))


def _not_made(run_id: str, status: RunStatus) -> None:
    if status.state == "stopped":
        st.caption(say("audit.stopped"))
    else:
        reason = escape(status.message)
        st.error(say("audit.failed", reason=reason).strip(), icon=":material/error:")
    if st.button(say("audit.again"), icon=":material/refresh:", key="audit.again"):
        try:
            launcher.resume(reads.store(), run_id)
        except FairGenError as error:
            st.error(escape(str(error)), icon=":material/error:")
        else:
            st.rerun()


def show_report(report: Report) -> None:
    """Show what an audit measured: model, groups, proxies, intersections, what to read with care.

    Args:
        report: of the kind ``audit``.
    """
    from fairgen_core import charts

    st.markdown(f"**{escape(report.headline)}**")
    _model(report)
    _warnings(report)
    _told("rates", "interval", charts.rate_by_group(report))
    _told("groups", "representation", charts.group_frequencies(report))
    _told("proxies", "proxy", charts.proxies(report))
    if len(report.sensitive) > 1:
        _told("cells", "intersection", charts.intersections(report))
    if report.curves:
        judge = report.curves[0].judge
        _told("scores", "dp_any", charts.score_curves(report, judge, trained_on="real"))


def _warnings(report: Report) -> None:
    if report.warnings:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f":material/warning: **{say('audit.warnings')}**")
            for warning in report.warnings:
                st.caption(escape(warning))


def _told(name: str, term: str, chart: Chart) -> None:
    """A chart with its title and how it is read beside it."""
    with st.container(border=True):
        left, right = st.columns([1, 2])
        with left:
            st.markdown(f"**{say(f'audit.{name}')}**", help=explain(term))
            st.caption(say(f"audit.{name}.read"))
        with right:
            show_chart(chart, key=f"audit.{name}")


def _model(report: Report) -> None:
    judges = [m.judge for m in report.figures if m.judge]
    judge = _JUDGE if _JUDGE in judges else next(iter(judges), "")
    found = [
        (key, measured)
        for key in _FIGURES
        if key in report.metrics
        and (measured := report.find(key, judge or None)) is not None
        and (key != "conditional" or (measured.real and measured.real.value is not None))
    ]
    if not found:
        return
    st.markdown(f"**{say('audit.model')}**")
    st.caption(
        say(
            "audit.model_caption",
            judge=judge.capitalize(),
            n_train=f"{report.n_train:,}",
            n_test=f"{report.n_test:,}",
        )
    )
    with st.container(horizontal=True):
        for key, measured in found:
            info = report.metrics[key]
            change_card(info, measured)
